"""What all plots are made of: the frame with its alternative text, words, bars, and an axis that begins at nought."""

from xml.sax.saxutils import escape, quoteattr

from kakehashi.engines.pictures.systems import COLOURS

WIDTH = 720
SIZE, SMALL = 14, 12
ACCENT, TINT, RULES = "#1f4e79", "#c9dcee", "#d9dce1"


def frame(kind: str, key: str, title: str, told: str, height: float, body: list[str]) -> str:
    """The plot as one <svg> element, 720 units wide, with its title and its finding in words; in a frame that can be
    reached by keyboard, for it is scrolled where the page is narrower than the words can be read in."""
    marks = "\n".join(body)
    return (
        f'<div class="plot-frame" role="group" aria-labelledby="{key}-title" tabindex="0">'
        f'<svg class="plot plot-{kind}" viewBox="0 0 {WIDTH} {round(height)}" role="img" '
        f'aria-labelledby="{key}-title {key}-desc" font-size="{SIZE}" fill="currentColor">'
        f'<title id="{key}-title">{escape(title)}</title><desc id="{key}-desc">{escape(told)}</desc>\n'
        f"{marks}\n</svg></div>"
    )


def words(text: str, x: float, y: float, *, anchor: str = "start", quiet: bool = False, bold: bool = False) -> str:
    """A line of text; quiet ones small and grey."""
    size = f' font-size="{SMALL}"' if quiet else ""
    weight = ' font-weight="600"' if bold else ""
    kind = "plot-quiet" if quiet else "plot-words"
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{size}{weight}>{escape(text)}</text>'


def block(x: float, y: float, width: float, height: float, kind: str, colour: str, told: str = "") -> str:
    """A filled rectangle, its meaning in its title."""
    title = f"<title>{escape(told)}</title>" if told else ""
    return (
        f'<rect class={quoteattr(kind)} x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" '
        f'height="{height:.1f}" fill="{colour}">{title}</rect>'
    )


def rule(x1: float, y1: float, x2: float, y2: float, *, kind: str = "plot-rule", width: float = 1) -> str:
    """A straight line."""
    return (
        f'<path class="{kind}" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" fill="none" '
        f'stroke="{RULES if kind == "plot-rule" else "currentColor"}" stroke-width="{width:g}"/>'
    )


def colour(name: str) -> str:
    """A data colour (Okabe and Ito) by its name."""
    return COLOURS[name]


def scale_end(largest: float) -> int:
    """Where an axis that begins at nought ends: 1, 2 or 5 times a power of ten, no less than the largest value."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if factor * step >= largest:
                return factor * step
        step *= 10


def ticks(end: int) -> list[int]:
    """The whole numbers, evenly apart, that an axis from nought to a ``scale_end`` names."""
    step = end // 2 if end % 2 == 0 else 1  # those that have no whole half are 1 and 5
    return list(range(0, end + 1, step))


def number(value: int) -> str:
    """1,016."""
    return f"{value:,}"
