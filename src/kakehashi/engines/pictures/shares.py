"""Shares with their intervals, a row each: "of 40 so many", as a dot on a line from 0 to 100 %.

What has too few behind it is a row without a dot, and says so. Colour is never the only sign: every row says its
counts in words behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

WIDTH, ROW, HEAD, FOOT = 640, 30, 10, 26
LEFT, RIGHT = 120, 440  # 0 % and 100 %
COLOUR = "#0072b2"


@dataclass(frozen=True)
class ShareRow:
    """One row: its label, the share and its interval (0–1; None: too few to say), and the counts in words."""

    label: str
    share: float | None
    low: float
    high: float
    said: str


def draw_shares(rows: Sequence[ShareRow], title: str) -> str:
    """The rows as one <svg> element, 640 units wide; ``title`` is its alternative text."""
    bottom = HEAD + ROW * len(rows)
    out = [
        f'<svg class="match-picture" viewBox="0 0 {WIDTH} {bottom + FOOT}" role="img" aria-label={quoteattr(title)} '
        'font-size="13" fill="currentColor">'
    ]
    for percent in (0, 25, 50, 75, 100):
        x = _x(percent / 100)
        out.append(
            f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{HEAD}" y2="{bottom}" stroke="currentColor" stroke-opacity="0.2"/>'
            f'<text class="match-quiet" x="{x:.0f}" y="{bottom + 18}" text-anchor="middle" '
            f'font-size="11">{percent} %</text>'
        )
    for number, row in enumerate(rows):
        y = HEAD + ROW * number + ROW / 2
        out.append(f'<text x="{LEFT - 12}" y="{y + 5:.0f}" text-anchor="end">{escape(row.label)}</text>')
        if row.share is not None:
            out.append(
                f'<line class="match-stroke-blue" x1="{_x(row.low):.1f}" x2="{_x(row.high):.1f}" y1="{y:.0f}" '
                f'y2="{y:.0f}" stroke="{COLOUR}" stroke-width="3"/>'
                f'<circle class="match-fill-blue" cx="{_x(row.share):.1f}" cy="{y:.0f}" r="6" fill="{COLOUR}"/>'
            )
        out.append(f'<text x="{RIGHT + 16}" y="{y + 5:.0f}">{escape(row.said)}</text>')
    return "".join([*out, "</svg>"])


def _x(share: float) -> float:
    return LEFT + (RIGHT - LEFT) * share
