"""Plots as SVG: a funnel, lines over periods, bars with rates and intervals, bullet charts, a flow of stages,
a lineage of awards, estimates with their intervals."""

from kakehashi.engines.pictures.plots.bars import Bar, Bars, draw_bars
from kakehashi.engines.pictures.plots.bullets import Bullet, Bullets, draw_bullets
from kakehashi.engines.pictures.plots.columns import Column, Columns, draw_columns
from kakehashi.engines.pictures.plots.flow import Flow, Standing, draw_flow
from kakehashi.engines.pictures.plots.funnel import FunnelPlot, Segment, Stage, draw_funnel
from kakehashi.engines.pictures.plots.lineage import Lineage, Mark, Stretch, Tie, draw_lineage
from kakehashi.engines.pictures.plots.series import Line, Series, draw_series

__all__ = [
    "Bar",
    "Bars",
    "Bullet",
    "Bullets",
    "Column",
    "Columns",
    "Flow",
    "FunnelPlot",
    "Line",
    "Lineage",
    "Mark",
    "Segment",
    "Series",
    "Stage",
    "Standing",
    "Stretch",
    "Tie",
    "draw_bars",
    "draw_bullets",
    "draw_columns",
    "draw_flow",
    "draw_funnel",
    "draw_lineage",
    "draw_series",
]
