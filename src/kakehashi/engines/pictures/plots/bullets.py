"""Bullet charts: how far each of several things has come towards its own target (Few, 2006)."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from kakehashi.engines.pictures.lettering import wrap
from kakehashi.engines.pictures.plots import marks

LABEL, ROOM, ROW, BAR = 285, 190, 34, 14
HEAD = 8


@dataclass(frozen=True)
class Bullet:
    """One row: what was reached (None: not told yet) and what was promised, with the words that say both."""

    label: str
    reached: float | None
    target: float | None
    words: str
    note: str = ""


@dataclass(frozen=True)
class Bullets:
    """All that is drawn; each row on a scale of its own, from nought to whichever is more."""

    title: str
    told: str
    rows: Sequence[Bullet]
    key: str = "bullets"


def draw_bullets(plot: Bullets) -> str:
    """The rows as SVG: the bar is what was reached, the upright line the target."""
    body = [line for at, row in enumerate(plot.rows) for line in _row(row, HEAD + at * ROW)]
    return marks.frame("bullets", plot.key, plot.title, plot.told, HEAD + ROW * len(plot.rows) + 4, body)


def _row(row: Bullet, y: float) -> list[str]:
    most = max(row.reached or 0, row.target or 0) or 1
    label = wrap(row.label, (LABEL - 12) / marks.SIZE, most=1)[0]
    drawn = [
        f"<g><title>{escape(f'{row.label}: {row.words}')}</title>",
        marks.words(label, LABEL - 10, y + 12, anchor="end"),
        marks.block(LABEL, y, ROOM, BAR, "plot-ground", marks.TINT),
        marks.words(row.words, LABEL + ROOM + 8, y + 12, bold=True),
    ]
    if row.reached is not None:
        drawn.append(marks.block(LABEL, y + 3, ROOM * row.reached / most, BAR - 6, "plot-bar", marks.ACCENT))
    if row.target is not None:
        x = LABEL + ROOM * row.target / most
        drawn.append(marks.rule(x, y - 2, x, y + BAR + 2, kind="plot-target", width=3))
    if row.note:
        drawn.append(marks.words(row.note, LABEL + ROOM + 8, y + 26, quiet=True))
    drawn.append("</g>")
    return drawn
