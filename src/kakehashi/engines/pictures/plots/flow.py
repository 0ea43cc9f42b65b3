"""A flow from left to right: how much stands at each stage of a long way, drawn as one band that widens and narrows."""

from collections.abc import Sequence
from dataclasses import dataclass

from kakehashi.engines.pictures.lettering import wrap
from kakehashi.engines.pictures.plots import marks

TOP, BAND, BOTTOM, GAP = 44, 120, 40, 14


@dataclass(frozen=True)
class Standing:
    """A stage: its name, how many stand there, and a note beneath (what they cost, say)."""

    label: str
    value: int
    note: str = ""


@dataclass(frozen=True)
class Flow:
    """All that is drawn."""

    title: str
    told: str
    stages: Sequence[Standing]
    key: str = "flow"


def draw_flow(plot: Flow) -> str:
    """The stages as SVG, each a block as high as its number on one scale, joined by bands."""
    most = max([1, *(stage.value for stage in plot.stages)])
    wide = (marks.WIDTH - GAP * (len(plot.stages) - 1)) / max(len(plot.stages), 1)
    middle, body = TOP + BAND / 2, list[str]()
    for at, stage in enumerate(plot.stages):
        x, half = at * (wide + GAP), BAND / 2 * stage.value / most
        if at:
            before = BAND / 2 * plot.stages[at - 1].value / most
            body.append(
                f'<path class="plot-ground" fill="{marks.TINT}" d="M{x - GAP:.1f} {middle - before:.1f}'
                f'L{x:.1f} {middle - half:.1f}L{x:.1f} {middle + half:.1f}L{x - GAP:.1f} {middle + before:.1f}Z"/>'
            )
        told = f"{stage.label}: {stage.value:,}"
        body.append(marks.block(x, middle - half, wide, 2 * half, "plot-bar", marks.ACCENT, told))
        label = wrap(stage.label, wide / marks.SIZE, most=1)[0]
        body.append(marks.words(label, x + wide / 2, 16, anchor="middle"))
        body.append(marks.words(f"{stage.value:,}", x + wide / 2, 36, anchor="middle", bold=True))
        if stage.note:
            body.append(marks.words(stage.note, x + wide / 2, TOP + BAND + 22, anchor="middle", quiet=True))
    return marks.frame("flow", plot.key, plot.title, plot.told, TOP + BAND + BOTTOM, body)
