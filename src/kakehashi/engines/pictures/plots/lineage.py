"""A lineage: awards that carried one idea on, as bars over fiscal years, joined by lines, and what happened on the way.

One award a row, in the order given: above it on lines of their own what lies between it and those that led to it, then
its name, its bar, and beneath that each of its marks on a line of its own, so that no words collide.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kakehashi.engines.pictures.lettering import ems, wrap
from kakehashi.engines.pictures.plots import marks

TOP, TITLE, BAR, LINE, GAP = 34, 22, 16, 20, 16
MOST_TICKS = 12


@dataclass(frozen=True)
class Mark:
    """Something that happened: when (years, 2023.5 is the middle of 2023), what; ``money``: funds, not an event."""

    at: float
    label: str
    money: bool = False


@dataclass(frozen=True)
class Stretch:
    """One award: its name, the time from its first to its last day in years, its marks."""

    label: str
    first: float
    last: float
    marks: Sequence[Mark] = ()


@dataclass(frozen=True)
class Tie:
    """One award (by its place) led to another; ``label`` says the gap or overlap between them."""

    source: int
    target: int
    label: str


@dataclass(frozen=True)
class Lineage:
    """All that is drawn."""

    title: str
    told: str
    stretches: Sequence[Stretch]
    ties: Sequence[Tie] = field(default=())
    key: str = "lineage"


def draw_lineage(plot: Lineage) -> str:
    """The lineage as SVG. Needs at least one stretch."""
    times = [at for one in plot.stretches for at in (one.first, one.last, *(mark.at for mark in one.marks))]
    start, end = int(min(times)), int(max(times)) + 1
    scale = marks.WIDTH / (end - start)

    def x(at: float) -> float:
        return (at - start) * scale

    tops, height = [], float(TOP)
    told_between = Counter(tie.target for tie in plot.ties if tie.label)
    for place, one in enumerate(plot.stretches):
        height += LINE * told_between[place]
        tops.append(height)
        height += TITLE + BAR + LINE * len(one.marks) + GAP
    body = _years(start, end, scale, height)
    lines: Counter[int] = Counter()
    for tie in plot.ties:
        lines[tie.target] += bool(tie.label)
        body += _tie(plot, tie, tops, x, tops[tie.target] - LINE * (lines[tie.target] - 0.7))
    for top, one in zip(tops, plot.stretches, strict=True):
        body.append(marks.words(wrap(one.label, marks.WIDTH / marks.SIZE, most=1)[0], 0, top + TITLE - 7))
        told = f"{one.label}: {one.first:.1f} – {one.last:.1f}"
        body.append(
            marks.block(x(one.first), top + TITLE, x(one.last) - x(one.first), BAR, "plot-bar", marks.ACCENT, told)
        )
        for place, mark in enumerate(sorted(one.marks, key=lambda mark: mark.at)):
            body += _mark(mark, x(mark.at), top + TITLE + BAR, LINE * (place + 0.7))
    return marks.frame("lineage", plot.key, plot.title, plot.told, height, body)


def _years(start: int, end: int, scale: float, height: float) -> list[str]:
    step = max(1, -(-(end - start) // MOST_TICKS))
    body = []
    for year in range(start, end, step):
        at = (year - start) * scale
        body.append(marks.rule(at, TOP - 12, at, height))
        body.append(marks.words(str(year), at + 4, TOP - 16, quiet=True))
    return body


def _tie(plot: Lineage, tie: Tie, tops: Sequence[float], x: Callable[[float], float], words_y: float) -> list[str]:
    source, target = plot.stretches[tie.source], plot.stretches[tie.target]
    left, right = x(source.last), x(target.first)
    above, below = tops[tie.source] + TITLE + BAR / 2, tops[tie.target] + TITLE + BAR / 2
    anchor = "end" if max(left, right) > marks.WIDTH * 0.7 else "start"
    words_at = min(left, right) - 6 if anchor == "end" else max(left, right) + 6
    return [
        f'<path class="plot-tie" d="M{left:.1f} {above:.1f}L{left:.1f} {below:.1f}L{right:.1f} {below:.1f}" '
        f'fill="none" stroke="currentColor" stroke-dasharray="4 3"/>',
        marks.words(tie.label, words_at, words_y, anchor=anchor, quiet=True) if tie.label else "",
    ]


def _mark(mark: Mark, at: float, top: float, below: float) -> list[str]:
    y = top + below
    shape = (
        f'<circle cx="{at:.1f}" cy="{y - 4:.1f}" r="4" fill="{marks.colour("orange")}"/>'
        if mark.money
        else f'<path d="M{at:.1f} {y - 10:.1f}l6 6l-6 6l-6 -6Z" fill="{marks.colour("green")}"/>'
    )
    wide = ems(mark.label) * marks.SMALL
    left = at + 10 + wide > marks.WIDTH
    words = marks.words(mark.label, at - 10 if left else at + 10, y, anchor="end" if left else "start", quiet=True)
    return [marks.rule(at, top, at, y - 4, kind="plot-rule"), shape, words]
