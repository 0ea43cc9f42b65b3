"""Bars: of how many, how many; and beside each its rate with the interval it is known to."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from kakehashi.engines.pictures.lettering import wrap
from kakehashi.engines.pictures.plots import marks

LABEL, BAR_ROOM, HEAD, ROW, BAR = 210, 230, 30, 27, 15
RATE_LEFT, RATE_ROOM = 520, 150


@dataclass(frozen=True)
class Bar:
    """One row: ``part`` of ``whole``, the rate from 0 to 1 with its interval (None of nothing)."""

    label: str
    whole: int
    part: int
    rate: float | None = None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Bars:
    """All that is drawn; the names of the whole, the part and the rate stand above their columns."""

    title: str
    told: str
    whole: str
    part: str
    rate: str
    rows: Sequence[Bar]
    key: str = "bars"


def draw_bars(plot: Bars) -> str:
    """The bars as SVG, each figure beside its bar, rates over an axis from 0 to 100 %."""
    largest = max([1, *(row.whole for row in plot.rows)])
    bottom = HEAD + ROW * len(plot.rows)
    body = [
        marks.block(LABEL, 9, 10, 10, "plot-bar", marks.ACCENT),
        marks.words(plot.part, LABEL + 14, 18, quiet=True),
        marks.block(LABEL + 110, 9, 10, 10, "plot-ground", marks.TINT),
        marks.words(plot.whole, LABEL + 124, 18, quiet=True),
        marks.words(plot.rate, RATE_LEFT, 18, quiet=True),
    ]
    for share in (0, 0.5, 1):
        x = RATE_LEFT + RATE_ROOM * share
        body.append(marks.rule(x, HEAD - 4, x, bottom))
        body.append(marks.words(f"{share:.0%}", x, bottom + 14, anchor="middle", quiet=True))
    for at, row in enumerate(plot.rows):
        body.append(_row(row, HEAD + at * ROW, largest))
    return marks.frame("bars", plot.key, plot.title, plot.told, bottom + 20, body)


def _row(row: Bar, y: float, largest: int) -> str:
    whole, part = (BAR_ROOM * value / largest for value in (row.whole, row.part))
    label = wrap(row.label, (LABEL - 12) / marks.SIZE, most=1)[0]
    drawn = [
        f"<g><title>{escape(f'{row.label} · {row.part:,} / {row.whole:,}')}</title>",
        marks.words(label, LABEL - 10, y + 13, anchor="end"),
        marks.block(LABEL, y + 1, whole, BAR, "plot-ground", marks.TINT),
        marks.block(LABEL, y + 1, part, BAR, "plot-bar", marks.ACCENT),
        marks.words(f"{row.part:,} / {row.whole:,}", LABEL + whole + 6, y + 13, quiet=True),
    ]
    if row.rate is not None and row.interval is not None:
        low, high, at = (RATE_LEFT + RATE_ROOM * one for one in (*row.interval, row.rate))
        drawn.append(marks.rule(low, y + 9, high, y + 9, kind="plot-interval", width=2))
        drawn.append(f'<circle class="plot-rate" cx="{at:.1f}" cy="{y + 9:.1f}" r="4" fill="currentColor"/>')
        drawn.append(marks.words(f"{row.rate:.1%}", marks.WIDTH, y + 13, anchor="end", quiet=True))
    return "".join(drawn) + "</g>"
