"""The match picture: a patient's findings joined by lines to a disease's, or another patient's, findings.

Left the patient, right the other; a line's thickness is its evidence, a dashed line speaks against, a thin dotted one
says "weak", or why the same finding on both sides says little. Findings are
grouped by body system, in the system's colour; what nothing explains stands alone below. Colour is never the only
sign: names, dashes, hollow marks and strokes say the same in black and white. A text that was cut stands whole
in the mark's title.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from kakehashi.engines.pictures.lettering import ems, wrap
from kakehashi.engines.pictures.systems import COLOURS, OTHER, SYSTEMS, System

WIDTH = 720
COLUMN = 262  # width of either column of words
MARK_LEFT, MARK_RIGHT = COLUMN + 12, WIDTH - COLUMN - 12
SIZE, LINE, ROW_GAP, HEAD = 14, 19, 7, 30
SMALL, SMALL_LINE = 11, 15
THINNEST, THICKEST = 1.5, 11.0
FULL_STRENGTH = 4.0  # evidence (natural logarithm) that is drawn thickest when nothing is stronger
Weak = Literal["", "weak", "common", "seldom"]
CLEAR = 0.7
"""From here on (natural logarithm; twice as likely) evidence counts as a match; below it is weak."""
SILENT = 0.1
"""Below this (natural logarithm; 1.1 times as likely) evidence says nothing either way: no line is drawn."""

WORDS = {
    "unexplained": ("Not explained", "説明されない所見"),
    "only_here": ("Only in this patient", "この患者のみの所見"),
    "absent": ("Absent", "認めない所見"),
    "not_seen": ("Not recorded in the patient", "この患者で記録のない所見"),
    "not_shared": ("Only in the other patient", "相手の患者のみの所見"),
    "more": ("and {n} more", "ほか{n}件"),
    "left": ("This patient", "この患者"),
    "excluded": ("absent", "認めない"),
    "against": ("speaks against", "不利な証拠"),
    "for": ("speaks for", "有利な証拠"),
    "weak": ("weak", "弱い"),
    "common": ("common finding, says little", "ありふれた所見"),
    "seldom": ("rare in it, says little", "この疾患ではまれ"),
}


@dataclass(frozen=True)
class Node:
    """One finding: its term id (unique on its side), label in the reader's language, body system (a key of SYSTEMS).

    ``note`` stands small behind the label (an onset, a frequency such as 12/15), ``original`` small beneath it: the
    label that a translated one stands for.
    """

    id: str
    label: str
    system: str = ""
    excluded: bool = False
    note: str = ""
    original: str = ""


@dataclass(frozen=True)
class Link:
    """A line from a left to a right finding. ``weight``: evidence, above zero for, below zero against the match.

    ``label`` says it in words (see likelihood_words). ``weak``: it is shown and said, but does not count as a match;
    the word says why: the findings are merely alike, or the same finding is common, or seldom in the disease.
    """

    left: str
    right: str
    weight: float
    label: str = ""
    weak: Weak = ""


@dataclass(frozen=True)
class Reason:
    """What counts beside the findings (a gene, the onset), in the unit of the links; ``strength`` in words."""

    label: str
    weight: float
    strength: str = ""


@dataclass(frozen=True)
class Picture:
    """All that is drawn. ``of_case``: the right side is another patient, not a disease."""

    left: Sequence[Node]
    right: Sequence[Node]
    links: Sequence[Link]
    title: str
    right_title: str
    left_title: str = ""
    language: str = "en"
    of_case: bool = False
    reasons: Sequence[Reason] = ()
    alone_at_most: int = 8
    key: str = "match"  # makes element ids unique when a page draws several

    def word(self, name: str) -> str:
        return WORDS[name][self.language == "ja"]

    def noted(self, text: str, note: str) -> str:
        """The text with the note in brackets, as the language sets them."""
        return f"{text}（{note}）" if self.language == "ja" else f"{text} ({note})"

    def linked(self) -> list[Link]:
        """The links whose ends both exist, strongest first."""
        lefts, rights = {node.id for node in self.left}, {node.id for node in self.right}
        known = [link for link in self.links if link.left in lefts and link.right in rights]
        return sorted(known, key=lambda link: (-abs(link.weight), link.left, link.right))


@dataclass
class _Side:
    """One column while it is laid out: what stands where, as (y, node) and headings as (y, text, colour)."""

    y: float = 0.0
    rows: dict[str, float] = field(default_factory=dict)
    out: list[str] = field(default_factory=list)


def likelihood_words(log_ratio: float, language: str = "en") -> str:
    """A log-likelihood ratio (natural) in words: how many times likelier the finding is with the disease."""
    number = _factor(log_ratio)
    if abs(log_ratio) < SILENT:
        return "どちらとも言えない" if language == "ja" else "says little either way"
    if language == "ja":
        return f"この疾患なら{number}倍起こりやすい" if log_ratio > 0 else f"この疾患なら{number}倍起こりにくい"
    return f"{number} times {'likelier' if log_ratio > 0 else 'less likely'} with this disease"


def _factor(log_ratio: float) -> str:
    ratio = math.exp(min(abs(log_ratio), 20.0))
    return f"{ratio:.1f}" if ratio < 9.95 else f"{round(ratio, 2 - len(str(int(ratio)))):,.0f}"


def times_words(log_ratio: float, language: str = "en") -> str:
    """A log-likelihood ratio (natural) as a factor: "×99" or "99倍", "÷3.0" or "1/3.0倍" where it speaks against."""
    number = _factor(log_ratio)
    if language == "ja":
        return f"{number}倍" if log_ratio >= 0 else f"1/{number}倍"
    return f"×{number}" if log_ratio >= 0 else f"÷{number}"


def summary(picture: Picture) -> str:
    """The picture's finding in one or two sentences: its alternative text."""
    links = picture.linked()
    observed = [node for node in picture.left if not node.excluded]
    clear = {link.left for link in links if link.weight > 0 and not link.weak}
    matched = [node for node in observed if node.id in clear]
    touched = {link.left for link in links}
    labels = {node.id: node.label for node in picture.left}
    strongest = _strongest(picture, links, labels)
    alone = [node.label for node in observed if node.id not in touched]
    weak = [labels[link.left] for link in links if link.weight > 0 and link.weak == "weak"]
    same = [labels[link.left] for link in links if link.weight >= 0 and link.weak in {"common", "seldom"}]
    against = [labels[link.left] for link in links if link.weight < 0]
    if picture.language == "ja":
        parts = [f"{picture.right_title}：所見{len(observed)}件のうち{len(matched)}件が明らかに対応"]
        parts += [f"最も強い根拠は「{strongest}」"] if strongest else []
        parts += [f"一致するが根拠としては弱い所見は{'、'.join(same)}"] if same else []
        parts += [f"対応が弱い所見は{'、'.join(weak)}"] if weak else []
        parts += [f"対応しない所見は{'、'.join(alone)}"] if alone else []
        parts += [f"不利な所見は{'、'.join(against)}"] if against else []
        return "。".join(parts) + "。"
    parts = [f"{picture.right_title}: {len(matched)} of {_findings(len(observed))} with a clear counterpart"]
    parts += [f"the strongest reason is {strongest}"] if strongest else []
    parts += [f"the same, but saying little: {', '.join(same)}"] if same else []
    parts += [f"weak: {', '.join(weak)}"] if weak else []
    parts += [f"without counterpart: {', '.join(alone)}"] if alone else []
    parts += [f"speaking against: {', '.join(against)}"] if against else []
    return "; ".join(parts) + "."


def _findings(number: int) -> str:
    return f"{number} finding" if number == 1 else f"{number} findings"


def _strongest(picture: Picture, links: Sequence[Link], labels: dict[str, str]) -> str:
    """What speaks for the match most of all, findings and other reasons alike; a disease's with its factor."""
    said = [(link.weight, labels[link.left]) for link in links] + [(one.weight, one.label) for one in picture.reasons]
    weight, label = max(said, key=lambda one: one[0], default=(0.0, ""))
    if weight <= 0:
        return ""
    if picture.of_case:
        return label
    factor = times_words(weight, picture.language)
    return picture.noted(label, factor)


def draw(picture: Picture) -> str:
    """The picture as one <svg> element, 720 units wide, coloured by attributes that a style sheet may override."""
    links = picture.linked()
    left, right = _Side(), _Side()
    for side, title, x, anchor in (
        (left, picture.left_title or picture.word("left"), COLUMN, "end"),
        (right, picture.right_title, WIDTH - COLUMN, "start"),
    ):
        side.y = _title(side, title, x, anchor)
    _lay_left(picture, links, left)
    _lay_right(picture, links, right, left)
    lines = [_line(picture, link, left, right, _strength(links)) for link in reversed(links)]
    height = math.ceil(max(left.y, right.y)) + 4
    body = "\n".join([*lines, *left.out, *right.out])
    return (
        f'<svg class="match-picture" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="{picture.key}-title {picture.key}-desc" font-size="{SIZE}" fill="currentColor">'
        f'<title id="{picture.key}-title">{escape(picture.title)}</title>'
        f'<desc id="{picture.key}-desc">{escape(summary(picture))}</desc>\n{body}\n</svg>'
    )


def _lay_left(picture: Picture, links: Sequence[Link], side: _Side) -> None:
    joined = {link.left for link in links}
    strength = _sums(links)
    groups = _by_system([node for node in picture.left if node.id in joined], strength)
    for system, nodes in groups:
        _heading(side, system.name(picture.language), COLUMN, "end", system.colour)
        for node in nodes:
            _row(picture, side, node, hollow=False, at_left=True)
    alone = [node for node in picture.left if node.id not in joined]
    for name, nodes in (
        ("only_here" if picture.of_case else "unexplained", [node for node in alone if not node.excluded]),
        ("absent", [node for node in alone if node.excluded]),
    ):
        if nodes:
            _heading(side, picture.word(name), COLUMN, "end", "", gap=10)
            for node in nodes:
                _row(picture, side, node, hollow=True, at_left=True)


def _lay_right(picture: Picture, links: Sequence[Link], side: _Side, left: _Side) -> None:
    joined: dict[str, list[float]] = {}
    for link in links:
        joined.setdefault(link.right, []).append(left.rows[link.left])
    place = {term: sum(ys) / len(ys) for term, ys in joined.items()}
    groups = _by_system(
        [node for node in picture.right if node.id in joined], {term: -y for term, y in place.items()}, by_best=True
    )
    for system, nodes in groups:
        _heading(side, system.name(picture.language), WIDTH - COLUMN, "start", system.colour)
        for node in nodes:
            _row(picture, side, node, hollow=False, at_left=False)
    alone = [node for node in picture.right if node.id not in joined]
    if alone:
        name = "not_shared" if picture.of_case else "not_seen"
        _heading(side, picture.word(name), WIDTH - COLUMN, "start", "", gap=10)
        for node in alone[: picture.alone_at_most]:
            _row(picture, side, node, hollow=True, at_left=False)
        if len(alone) > picture.alone_at_most:
            more = picture.word("more").format(n=len(alone) - picture.alone_at_most)
            side.out.append(_text(more, WIDTH - COLUMN, side.y + 14, "start", "match-quiet"))
            side.y += LINE + ROW_GAP


def _by_system(
    nodes: Sequence[Node], strength: dict[str, float], *, by_best: bool = False
) -> list[tuple[System, list[Node]]]:
    """Nodes grouped by body system; systems and nodes with the greatest strength first, ties by id."""
    groups: dict[str, list[Node]] = {}
    for node in sorted(nodes, key=lambda node: (-strength.get(node.id, 0.0), node.id)):
        groups.setdefault(node.system if node.system in SYSTEMS else "", []).append(node)

    def weight(system: str) -> float:
        values = [strength.get(node.id, 0.0) for node in groups[system]]
        return sum(values) / len(values) if by_best else sum(values)

    return [(SYSTEMS.get(system, OTHER), groups[system]) for system in sorted(groups, key=lambda s: (-weight(s), s))]


def _sums(links: Sequence[Link]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for link in links:
        sums[link.left] = sums.get(link.left, 0.0) + abs(link.weight)
    return sums


def _strength(links: Sequence[Link]) -> float:
    return max([FULL_STRENGTH, *(abs(link.weight) for link in links)])


def _title(side: _Side, text: str, x: float, anchor: str) -> float:
    lines = wrap(text, COLUMN / SIZE)
    for number, line in enumerate(lines):
        side.out.append(_text(line, x, 16 + number * LINE, anchor, "match-title", bold=True))
    return 12 + len(lines) * LINE


def _heading(side: _Side, text: str, x: float, anchor: str, colour: str, gap: float = 0) -> None:
    side.y += gap or 4
    end = x - COLUMN if anchor == "end" else x + COLUMN
    drawn = _colour(colour, "stroke") if colour else 'stroke="currentColor" stroke-dasharray="2 3"'
    side.out.append(f'<path d="M{x} {side.y + 20:g}H{end}" {drawn} stroke-width="1.5"/>')
    side.out.append(_text(text, x, side.y + 15, anchor, "match-system", size=12, bold=True))
    side.y += HEAD


def _row(picture: Picture, side: _Side, node: Node, *, hollow: bool, at_left: bool) -> None:
    room = COLUMN / SIZE - (ems(node.note) * 0.86 + 0.6 if node.note else 0)
    lines = wrap(node.label, max(room, 8.0))
    middle = side.y + len(lines) * LINE / 2
    side.rows[node.id] = middle
    x, anchor, mark = (COLUMN, "end", MARK_LEFT) if at_left else (WIDTH - COLUMN, "start", MARK_RIGHT)
    told = " · ".join(said for said in (picture.noted(node.label, node.id), node.original, node.note) if said)
    told += f" · {picture.word('excluded')}" if node.excluded else ""
    parts = [f"<g><title>{escape(told)}</title>"]
    for number, line in enumerate(lines):
        y = side.y + 14 + number * LINE
        note = node.note if number == len(lines) - 1 else ""
        parts.append(_text(line, x, y, anchor, "match-label", struck=node.excluded, note=note))
    below = side.y + len(lines) * LINE
    if node.original:
        cut = wrap(node.original, COLUMN / SMALL, most=1)[0]
        parts.append(_text(cut, x, below + 9, anchor, "match-quiet", size=SMALL))
        below += SMALL_LINE
    colour = SYSTEMS.get(node.system, OTHER).colour
    inside = 'fill="none"' if hollow else _colour(colour, "fill")
    parts.append(
        f'<circle cx="{mark}" cy="{middle:g}" r="4" {inside} '
        f'{_colour(colour, "stroke", only_attribute=not hollow)} stroke-width="1.5"/></g>'
    )
    side.out.append("".join(parts))
    side.y = below + ROW_GAP


def _line(picture: Picture, link: Link, left: _Side, right: _Side, strongest: float) -> str:
    node = next(node for node in picture.left if node.id == link.left)
    other = next(node for node in picture.right if node.id == link.right)
    y1, y2 = left.rows[link.left], right.rows[link.right]
    middle = (MARK_LEFT + MARK_RIGHT) / 2
    width = THINNEST + (0.0 if link.weak else (THICKEST - THINNEST) * min(abs(link.weight) / strongest, 1.0))
    colour = SYSTEMS.get(node.system, OTHER).colour
    dash = ' stroke-dasharray="4 4"' if link.weight < 0 else ' stroke-dasharray="1 4"' if link.weak else ""
    why = picture.word(link.weak) if link.weak else ""
    weak = _text(why, MARK_LEFT + 8, y1 - 4, "start", "match-quiet", size=12) if why else ""
    said = picture.word("for" if link.weight >= 0 else "against")
    told = " · ".join(filter(None, (f"{node.label} – {other.label}", said, why, link.label)))
    return (
        f'<path class="match-line match-{colour}" d="M{MARK_LEFT} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} '
        f'{MARK_RIGHT} {y2:g}" fill="none" stroke="{COLOURS[colour]}" stroke-width="{width:.2f}"{dash} '
        f'stroke-opacity="0.75"><title>{escape(told)}</title></path>{weak}'
    )


def _colour(name: str, kind: str, *, only_attribute: bool = False) -> str:
    return f'{kind}="{COLOURS[name]}"' if only_attribute else f'class="match-{kind}-{name}" {kind}="{COLOURS[name]}"'


def _text(
    text: str,
    x: float,
    y: float,
    anchor: str,
    kind: str,
    *,
    size: int = SIZE,
    bold: bool = False,
    struck: bool = False,
    note: str = "",
) -> str:
    weight = ' font-weight="600"' if bold else ""
    stroke = ' text-decoration="line-through"' if struck else ""
    words = f"<tspan{stroke}>{escape(text)}</tspan>"
    if note:
        words += f'<tspan class="match-quiet" font-size="12" dx="6">{escape(note)}</tspan>'
    return (
        f'<text class={quoteattr(kind)} x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size}"{weight}>'
        f"{words}</text>"
    )
