"""Plots of counts as SVG: a funnel, lines over periods, bars with rates and their intervals."""

from kakehashi.engines.pictures.plots.bars import Bar, Bars, draw_bars
from kakehashi.engines.pictures.plots.funnel import FunnelPlot, Segment, Stage, draw_funnel
from kakehashi.engines.pictures.plots.series import Line, Series, draw_series

__all__ = [
    "Bar",
    "Bars",
    "FunnelPlot",
    "Line",
    "Segment",
    "Series",
    "Stage",
    "draw_bars",
    "draw_funnel",
    "draw_series",
]
