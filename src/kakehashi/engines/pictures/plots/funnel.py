"""A funnel: one bar a step, each on the same scale, the last divided into its parts."""

from collections.abc import Sequence
from dataclasses import dataclass

from kakehashi.engines.pictures.lettering import ems, wrap
from kakehashi.engines.pictures.plots import marks

LABEL, RIGHT, BAR, GAP = 150, 96, 26, 20
PART_COLOURS = ("#1f4e79", "#56b4e9", "#e69f00", "#8a929d", "#009e73")


@dataclass(frozen=True)
class Segment:
    """A part of a step."""

    label: str
    value: int


@dataclass(frozen=True)
class Stage:
    """A step: its name, its count, what is said beneath it, and its parts, which sum to it (or none)."""

    label: str
    value: int
    note: str = ""
    parts: Sequence[Segment] = ()


@dataclass(frozen=True)
class FunnelPlot:
    """All that is drawn. ``key`` makes element ids unique on a page."""

    title: str
    told: str
    stages: Sequence[Stage]
    key: str = "funnel"


def draw_funnel(plot: FunnelPlot) -> str:
    """The funnel as SVG, every figure written at its bar."""
    largest = max([1, *(stage.value for stage in plot.stages)])
    room = marks.WIDTH - LABEL - RIGHT
    body: list[str] = []
    y = 8.0
    for stage in plot.stages:
        width = room * stage.value / largest
        body.append(
            marks.words(wrap(stage.label, (LABEL - 12) / marks.SIZE, most=1)[0], LABEL - 12, y + 18, anchor="end")
        )
        body += _bar(stage, y, width)
        body.append(marks.words(marks.number(stage.value), LABEL + width + 8, y + 18, bold=True))
        y += BAR
        if stage.parts and stage.value:
            below, y = _parts(stage, y)
            body += below
        if stage.note:
            body.append(marks.words(stage.note, LABEL, y + 15, quiet=True))
            y += 18
        y += GAP
    return marks.frame("funnel", plot.key, plot.title, plot.told, y - GAP + 8, body)


def _bar(stage: Stage, y: float, width: float) -> list[str]:
    if not stage.parts or not stage.value:
        return [marks.block(LABEL, y, width, BAR, "plot-bar", marks.ACCENT, f"{stage.label} · {stage.value:,}")]
    drawn, x = [], float(LABEL)
    for part, colour in zip(stage.parts, PART_COLOURS, strict=False):
        wide = width * part.value / stage.value
        drawn.append(marks.block(x, y, wide, BAR, "plot-part", colour, f"{part.label} · {part.value:,}"))
        x += wide
    return drawn


def _parts(stage: Stage, y: float) -> tuple[list[str], float]:
    """The parts' names and counts beneath the bar, in its order, as many in a line as there is room for."""
    drawn, x, y = [], float(LABEL), y + 16
    for part, colour in zip(stage.parts, PART_COLOURS, strict=False):
        text = f"{part.label} {part.value:,}"
        wide = 16 + ems(text) * marks.SMALL + 14
        if x > LABEL and x + wide > marks.WIDTH:
            x, y = float(LABEL), y + 18
        drawn.append(marks.block(x, y - 9, 10, 10, "plot-part", colour))
        drawn.append(marks.words(text, x + 15, y, quiet=True))
        x += wide
    return drawn, y + 2
