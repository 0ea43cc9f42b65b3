"""The outcomes as plots: the funnel, lines over periods, bars of centres, regions and kinds of signs."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kakehashi.engines.pictures.plots import (
    Bar,
    Bars,
    FunnelPlot,
    Line,
    Segment,
    Series,
    Stage,
    draw_bars,
    draw_funnel,
    draw_series,
)
from kakehashi.systems.cases.course.states import Route
from kakehashi.systems.cases.outcomes.counting import Counts, Funnel
from kakehashi.systems.cases.outcomes.words import By, Lists, Step

BARS_AT_MOST = 40


def funnel_told(total: Counts) -> str:
    """The funnel's finding in a sentence."""
    share = total.rate
    text = _(
        "%(consulted)s families consulted, %(registered)s probands were registered, %(analysed)s analysed, "
        "%(diagnosed)s diagnosed."
    ) % {str(step): f"{total.of(step):,}" for step in Step}
    if share.rate is None or share.interval is None:
        return text
    low, high = share.interval
    found = {"rate": f"{share.rate:.1%}", "low": f"{low:.1%}", "high": f"{high:.1%}"}
    return text + " " + _("Of those analysed %(rate)s have a diagnosis (95%% interval %(low)s to %(high)s).") % found


def funnel_plot(funnel: Funnel) -> str:
    """The funnel as SVG, consultations by route and diagnoses by list."""
    total = funnel.total
    routes = [Segment(str(route.label), total.route(route)) for route in Route]
    lists = [Segment(str(one.label), total.listed(one)) for one in Lists]
    parts = {Step.CONSULTED: routes, Step.DIAGNOSED: lists}
    stages = [Stage(str(step.label), total.of(step), parts=parts.get(step, ())) for step in Step]
    return draw_funnel(FunnelPlot(_marked(_("From consultation to diagnosis"), funnel), funnel_told(total), stages))


def rows_plot(funnel: Funnel) -> str:
    """The rows as SVG: lines over periods, else bars; "" where there is nothing to draw."""
    if not funnel.rows:
        return ""
    if funnel.by == By.PERIOD:
        lines = [Line(str(step.label), [row.counts.of(step) for row in funnel.rows]) for step in Step]
        told = ngettext(
            "%(count)d period from %(first)s to %(last)s; every figure stands in the table.",
            "%(count)d periods from %(first)s to %(last)s; every figure stands in the table.",
            len(funnel.rows),
        ) % {
            "count": len(funnel.rows),
            "first": funnel.rows[0].label,
            "last": funnel.rows[-1].label,
        }
        return draw_series(
            Series(_marked(_("The steps by period"), funnel), told, [row.label for row in funnel.rows], lines)
        )
    rows = [
        Bar(row.label, row.counts.analysed, row.counts.rate.count, row.counts.rate.rate, row.counts.rate.interval)
        for row in funnel.rows
        if row.counts.analysed
    ]
    told = ngettext(
        "%(count)d row; every figure stands in the table.",
        "%(count)d rows; every figure stands in the table.",
        len(funnel.rows),
    ) % {"count": len(funnel.rows)}
    title = _marked(_("Analysed and diagnosed: %(by)s") % {"by": funnel.by.label}, funnel)
    columns = (str(Step.ANALYSED.label), str(Step.DIAGNOSED.label), _("Rate, 95 % interval"))
    return draw_bars(Bars(title, told, *columns, rows[:BARS_AT_MOST])) if rows else ""


def _marked(title: str, funnel: Funnel) -> str:
    """A plot's title, which says where its patients are made up."""
    return _("%(title)s (synthetic patients)") % {"title": title} if funnel.synthetic else title
