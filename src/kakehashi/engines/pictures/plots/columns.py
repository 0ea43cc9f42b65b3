"""Estimates side by side: a column for each, from nought to its mean, and a line over where it lies with 95 %."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from kakehashi.engines.pictures.plots import marks

LEFT, TOP, PLOT, BOTTOM = 56, 22, 190, 34


@dataclass(frozen=True)
class Column:
    """One estimate: its name, its mean, from where to where it lies, and the words that say all of it."""

    label: str
    mean: float
    low: float
    high: float
    words: str


@dataclass(frozen=True)
class Columns:
    """All that is drawn."""

    title: str
    told: str
    rows: Sequence[Column]
    key: str = "columns"


def draw_columns(plot: Columns) -> str:
    """The columns as SVG over an axis that begins at nought, each mean above its column."""
    top = marks.scale_end(max([1, *(row.high for row in plot.rows)]))
    body = []
    for value in marks.ticks(top):
        y = TOP + PLOT * (1 - value / top)
        body.append(marks.rule(LEFT, y, marks.WIDTH, y))
        body.append(marks.words(marks.number(value), LEFT - 8, y + 4, anchor="end", quiet=True))
    room = (marks.WIDTH - LEFT) / max(len(plot.rows), 1)
    for at, row in enumerate(plot.rows):
        middle = LEFT + room * (at + 0.5)
        mean, low, high = (TOP + PLOT * (1 - value / top) for value in (row.mean, row.low, row.high))
        body.append(f"<g><title>{escape(f'{row.label} · {row.words}')}</title>")
        body.append(marks.block(middle - room * 0.3, mean, room * 0.6, TOP + PLOT - mean, "plot-ground", marks.TINT))
        body.append(marks.rule(middle, low, middle, high, kind="plot-interval", width=2))
        body.append(f'<circle class="plot-rate" cx="{middle:.1f}" cy="{mean:.1f}" r="4" fill="currentColor"/></g>')
        body.append(marks.words(f"{row.mean:.1f}", middle, high - 6, anchor="middle", quiet=True))
        body.append(marks.words(row.label, middle, TOP + PLOT + 20, anchor="middle", quiet=True))
    return marks.frame("columns", plot.key, plot.title, plot.told, TOP + PLOT + BOTTOM, body)
