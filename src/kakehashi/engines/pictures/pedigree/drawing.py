"""A pedigree as SVG, in the nomenclature of Bennett et al. (2008, 2022; J Genet Couns): symbols, lines and words."""

from xml.sax.saxutils import escape, quoteattr

from kakehashi.engines.pictures.pedigree.family import Individual, Pedigree
from kakehashi.engines.pictures.pedigree.layout import BESIDE, HALF, LABEL_SIZE, TEXT_LINE, Layout, Line, Place, lay_out

PAPER, INK = "#fcfcfa", "#1b1f24"
NUMBER_SIZE, ROMAN_SIZE, THICK = 12, 15, 1.5
WORDS = {
    "male": ("male", "男性"),
    "female": ("female", "女性"),
    "unknown": ("sex not known", "性別不明"),
    "affected": ("affected", "罹患"),
    "unaffected": ("not affected", "非罹患"),
    "unsure": ("not known whether affected", "罹患の有無は不明"),
    "deceased": ("deceased", "死亡"),
    "proband": ("proband", "発端者"),
    "twin": ("twin", "双生児"),
}


def word(pedigree: Pedigree, name: str) -> str:
    return WORDS[name][pedigree.language == "ja"]


def roman(number: int) -> str:
    """1, 2, 3, … as I, II, III, …"""
    text = ""
    for value, sign in (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        text += sign * (number // value)
        number %= value
    return text


def summary(pedigree: Pedigree) -> str:
    """The family in a few sentences, the picture's alternative text: how many, who is affected, who is related."""
    return _told(pedigree, lay_out(pedigree))


def draw(pedigree: Pedigree) -> str:
    """The pedigree as one <svg> element in its natural size, coloured by attributes that a style sheet may override."""
    plan = lay_out(pedigree)
    marks = [_line(line) for line in sorted(plan.lines, key=lambda line: line.double)]
    marks += [_generation(plan, at) for at in range(len(plan.heights))]
    marks += [_text("?", x, y, "middle", "pedigree-zygosity", NUMBER_SIZE) for x, y in plan.unsure]
    marks += [_person(pedigree, place) for place in plan.places]
    width, height = round(plan.width), round(plan.height)
    body = "\n".join(marks)
    return (
        f'<svg class="pedigree-picture" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-labelledby="{pedigree.key}-title {pedigree.key}-desc" fill="currentColor" color="{INK}">'
        f'<title id="{pedigree.key}-title">{escape(pedigree.title)}</title>'
        f'<desc id="{pedigree.key}-desc">{escape(_told(pedigree, plan))}</desc>\n{body}\n</svg>'
    )


def name(place: Place) -> str:
    """The person's place in words of the field: "II-3"."""
    return f"{roman(place.generation + 1)}-{place.number}"


def _told(pedigree: Pedigree, plan: Layout) -> str:
    names = {place.person.id: name(place) for place in plan.places}
    affected = [names[place.person.id] for place in plan.places if place.person.affected]
    unsure = [names[place.person.id] for place in plan.places if place.person.affected is None]
    probands = [names[place.person.id] for place in plan.places if place.person.proband]
    related = [
        " × ".join(names[partner] for partner in couple.partners) for couple in pedigree.all_couples if couple.related
    ]
    people, generations = len(plan.places), len(plan.heights)
    if pedigree.language == "ja":
        parts = [f"{people}人、{generations}世代"]
        parts += [f"罹患者{len(affected)}人：{'、'.join(affected)}" if affected else "罹患者なし"]
        parts += [f"罹患の有無が不明：{'、'.join(unsure)}"] if unsure else []
        parts += [f"発端者：{'、'.join(probands)}"] if probands else []
        parts += [f"血族婚：{'、'.join(related)}"] if related else []
        return "。".join(parts) + "。"
    parts = [f"{_count(people, 'member')} in {_count(generations, 'generation')}"]
    parts += [f"{len(affected)} affected: {', '.join(affected)}" if affected else "nobody affected"]
    parts += [f"not known whether affected: {', '.join(unsure)}"] if unsure else []
    parts += [f"proband: {', '.join(probands)}"] if probands else []
    parts += [f"related partners: {', '.join(related)}"] if related else []
    return "; ".join(parts) + "."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _line(line: Line) -> str:
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in line.corners)
    if not line.double:
        return _path(path, f"pedigree-{line.kind}", "currentColor", THICK)
    outer = _path(path, "pedigree-partners pedigree-related", "currentColor", 3 * THICK + 1)
    return outer + _path(path, "pedigree-gap", PAPER, THICK + 1)


def _path(path: str, kind: str, colour: str, width: float) -> str:
    return f'<path class="{kind}" d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}"/>'


def _generation(plan: Layout, at: int) -> str:
    return _text(roman(at + 1), 22, plan.heights[at] + 5, "middle", "pedigree-generation", ROMAN_SIZE)


def _person(pedigree: Pedigree, place: Place) -> str:
    one, x, y = place.person, place.x, place.y
    parts = [f"<g><title>{escape(_sentence(pedigree, place))}</title>", _symbol(one, x, y)]
    if one.affected is None:
        parts.append(_text("?", x, y + 6, "middle", "pedigree-unsure", 17))
    if one.deceased:
        reach = HALF + 7
        slash = f"M{x - reach:g} {y + reach:g}L{x + reach:g} {y - reach:g}"
        parts.append(_path(slash, "pedigree-deceased", "currentColor", THICK))
    if one.proband:
        parts.append(_arrow(x - HALF - 3, y + HALF - (2 if one.sex == "male" else 6)))
    at, anchor = (x + BESIDE, "start") if place.beside else (x, "middle")
    below = y + HALF + TEXT_LINE
    parts.append(_text(str(place.number), at, below, anchor, "pedigree-number", NUMBER_SIZE))
    for row, line in enumerate(place.label, start=1):
        parts.append(_text(line, at, below + row * TEXT_LINE, anchor, "pedigree-label", LABEL_SIZE))
    return "".join(parts) + "</g>"


def _symbol(one: Individual, x: float, y: float) -> str:
    kind, inside = ("pedigree-affected", "currentColor") if one.affected else ("pedigree-empty", PAPER)
    drawn = f'class="{kind}" fill="{inside}" stroke="currentColor" stroke-width="{THICK}"'
    if one.sex == "female":
        return f'<circle cx="{x:g}" cy="{y:g}" r="{HALF:g}" {drawn}/>'
    if one.sex == "male":
        return f'<rect x="{x - HALF:g}" y="{y - HALF:g}" width="{2 * HALF:g}" height="{2 * HALF:g}" {drawn}/>'
    return f'<path d="M{x:g} {y - HALF:g}l{HALF:g} {HALF:g}l{-HALF:g} {HALF:g}l{-HALF:g} {-HALF:g}z" {drawn}/>'


def _arrow(x: float, y: float) -> str:
    """The proband's arrow, its point at the symbol's lower left, with its P."""
    shaft = _path(f"M{x - 13:g} {y + 13:g}L{x - 3:g} {y + 3:g}", "pedigree-proband", "currentColor", THICK)
    head = f'<path class="pedigree-proband" d="M{x:g} {y:g}l-9 3l6 6z"/>'
    return shaft + head + _text("P", x - 19, y + 13, "middle", "pedigree-proband", NUMBER_SIZE)


def _sentence(pedigree: Pedigree, place: Place) -> str:
    """What the symbol says, in words."""
    one = place.person
    state = "unsure" if one.affected is None else "affected" if one.affected else "unaffected"
    said = [one.sex, state]
    said += [kind for kind, true in (("deceased", one.deceased), ("twin", one.twins), ("proband", one.proband)) if true]
    words = ("、" if pedigree.language == "ja" else ", ").join(word(pedigree, kind) for kind in said)
    return " · ".join(part for part in (name(place), one.label, words) if part)


def _text(text: str, x: float, y: float, anchor: str, kind: str, size: int) -> str:
    return (
        f'<text class={quoteattr(kind)} x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size}">'
        f"{escape(text)}</text>"
    )
