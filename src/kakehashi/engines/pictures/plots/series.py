"""Counts over periods: one line a step, each with marks of its own shape and its name at its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from kakehashi.engines.pictures.lettering import ems, wrap
from kakehashi.engines.pictures.plots import marks

LEFT, RIGHT, TOP, PLOT, BOTTOM = 56, 120, 14, 210, 34
WIDE = 230
"""So much room have the names where RIGHT is too narrow for one of them."""
COLOURS = ("ink", "sky", "orange", "green", "purple", "vermilion")
SHAPES = ("circle", "square", "triangle", "diamond", "circle", "square")
LABEL_GAP, SECOND = 17, 15
"""How far names stand apart, and the second line of one beneath its first."""


@dataclass(frozen=True)
class Line:
    """One line: its name and a count for each period."""

    label: str
    values: Sequence[int]


@dataclass(frozen=True)
class Series:
    """All that is drawn: the periods' names, short, and the lines over them."""

    title: str
    told: str
    periods: Sequence[str]
    lines: Sequence[Line]
    key: str = "series"


def draw_series(plot: Series) -> str:
    """The lines as SVG over an axis that begins at nought."""
    top = marks.scale_end(max([1, *(value for line in plot.lines for value in line.values)]))
    room = _room(plot)
    names = [wrap(line.label, (room - 24) / marks.SIZE) for line in plot.lines]
    body = [_grid(top, room), *_periods(plot, room)]
    ends = sorted((_y(line.values[-1], top), at) for at, line in enumerate(plot.lines) if line.values)
    places = _apart([y for y, _at in ends], LABEL_GAP + SECOND * any(len(one) > 1 for one in names))
    for (_y_end, at), place in zip(ends, places, strict=True):
        body.append(_drawn(plot, at, top, room))
        x = marks.WIDTH - room + 8
        body.append(_mark(at, x + 5, place - 4))
        body += [marks.words(words, x + 15, place + SECOND * line) for line, words in enumerate(names[at])]
    return marks.frame("series", plot.key, plot.title, plot.told, TOP + PLOT + BOTTOM, body)


def _room(plot: Series) -> int:
    """The room for the names at the lines' ends."""
    longest = max((ems(line.label) for line in plot.lines), default=0.0)
    return RIGHT if longest * marks.SIZE <= RIGHT - 24 else WIDE


def _x(plot: Series, at: int, room: int) -> float:
    return LEFT + (marks.WIDTH - LEFT - room) * (at + 0.5) / max(len(plot.periods), 1)


def _y(value: float, top: int) -> float:
    return TOP + PLOT * (1 - value / top)


def _grid(top: int, room: int) -> str:
    lines = []
    for value in marks.ticks(top):
        y = _y(value, top)
        lines.append(marks.rule(LEFT, y, marks.WIDTH - room, y))
        lines.append(marks.words(marks.number(value), LEFT - 8, y + 4, anchor="end", quiet=True))
    return "".join(lines)


def _periods(plot: Series, room: int) -> list[str]:
    """As many of the periods' names as stand apart, the last always."""
    count = len(plot.periods)
    every = max(1, -(-count // (8 if room == RIGHT else 6)))
    chosen = [at for at in range(count) if (count - 1 - at) % every == 0]
    return [
        marks.words(plot.periods[at], _x(plot, at, room), TOP + PLOT + 20, anchor="middle", quiet=True) for at in chosen
    ]


def _drawn(plot: Series, at: int, top: int, room: int) -> str:
    line = plot.lines[at]
    points = [(_x(plot, place, room), _y(value, top)) for place, value in enumerate(line.values)]
    colour = marks.colour(COLOURS[at % len(COLOURS)])
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    drawn = [f'<path class="plot-line-{at}" d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>']
    for (x, y), value, period in zip(points, line.values, plot.periods, strict=False):
        told = f"<title>{escape(f'{line.label} · {period} · {value:,}')}</title>"
        if len(points) <= 40:
            drawn.append(f"<g>{told}{_mark(at, x, y)}</g>")
    return "".join(drawn)


def _mark(at: int, x: float, y: float) -> str:
    colour, shape = marks.colour(COLOURS[at % len(COLOURS)]), SHAPES[at % len(SHAPES)]
    drawn = f'class="plot-mark-{at}" fill="{colour}"'
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" {drawn}/>'
    if shape == "square":
        return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" {drawn}/>'
    if shape == "triangle":
        return f'<path d="M{x:.1f} {y - 4.5:.1f}l4.5 8h-9z" {drawn}/>'
    return f'<path d="M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5z" {drawn}/>'


def _apart(wanted: list[float], gap: int) -> list[float]:
    """Heights of labels, in order, moved no further than it takes to stand apart, and kept above the axis."""
    placed: list[float] = []
    for y in wanted:
        placed.append(max(y + 4, placed[-1] + gap) if placed else y + 4)
    floor = float(TOP + PLOT + 6 + LABEL_GAP - gap)
    for at in range(len(placed) - 1, -1, -1):
        placed[at] = min(placed[at], floor)
        floor = placed[at] - gap
    return placed
