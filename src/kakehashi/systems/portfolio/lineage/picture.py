"""A lineage drawn and told in words."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kakehashi.engines.pictures.plots import Lineage, Mark, Stretch, Tie, draw_lineage
from kakehashi.kernel.fiscal import APRIL
from kakehashi.systems.portfolio.adjustment.states import RequestState
from kakehashi.systems.portfolio.lineage.tracing import Traced
from kakehashi.systems.portfolio.models import AdjustmentRequest, AwardEvent, EventKind
from kakehashi.systems.portfolio.models.lineage import Precision

DAYS = 365.25


def gap_words(days: int) -> str:
    """The days between two awards in words."""
    if days > 0:
        return ngettext("a gap of %(days)d day", "a gap of %(days)d days", days) % {"days": days}
    if days < 0:
        return ngettext("%(days)d day of overlap", "%(days)d days of overlap", -days) % {"days": -days}
    return _("without a gap")


def when(event: AwardEvent) -> str:
    """When it happened, as exactly as it is known."""
    if event.on is None:
        return _("when is not told")
    if event.precision == Precision.FISCAL_YEAR:
        return _("FY%(year)d") % {"year": event.on.year}
    written = {Precision.YEAR: "%Y", Precision.MONTH: "%Y-%m", Precision.DAY: "%Y-%m-%d"}
    return event.on.strftime(written[Precision(event.precision)])


def drawn(traced: Traced, *, funded: bool = True) -> str:
    """The lineage as SVG, years being fiscal years; with the adjustment funds of its awards where ``funded``."""
    places = {award.pk: place for place, award in enumerate(traced.awards)}
    given = AdjustmentRequest.objects.filter(award__in=places, state=RequestState.FUNDED).select_related("round")
    marks: dict[int, list[Mark]] = {pk: [] for pk in places}
    for event in traced.events:
        if event.on is not None:
            label = f"{event.get_kind_display()} {when(event)}"
            marks[event.award_id].append(Mark(_years(event.on), label, event.kind == EventKind.ADJUSTMENT))
    for one in given if funded else ():
        label = f"{EventKind.ADJUSTMENT.label} {one.code}"
        marks[one.award_id].append(Mark(one.round.fiscal_year + 0.5, label, money=True))
    stretches = [
        Stretch(f"{one.number} {one.label()}", _years(one.begins), _years(one.ends), tuple(marks[one.pk]))
        for one in traced.awards
    ]
    ties = [Tie(places[one.before_id], places[one.after_id], gap_words(one.gap_days)) for one in traced.links]
    told = " ".join(
        _("%(before)s led to %(after)s, %(gap)s.")
        % {"before": one.before.number, "after": one.after.number, "gap": gap_words(one.gap_days)}
        for one in traced.links
    )
    return draw_lineage(Lineage(_("Lineage over fiscal years"), told, stretches, ties))


def _years(day: date) -> float:
    """A day on the axis of fiscal years: 1 April 2016 is 2016.0."""
    first = date(day.year if day.month >= APRIL else day.year - 1, APRIL, 1)
    return first.year + (day - first).days / DAYS
