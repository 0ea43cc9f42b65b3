"""What needs somebody today among some awards: overdue milestones, gates to decide, outputs to confirm, awards that end
and have nothing to carry them on, requests that wait. Each sort is rows that can be listed; the counts are theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, TextChoices
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.shell import Text
from kakehashi.systems.portfolio.adjustment.states import RequestState, RoundState
from kakehashi.systems.portfolio.goals import HALF_A_YEAR
from kakehashi.systems.portfolio.milestones.states import OPEN
from kakehashi.systems.portfolio.models import (
    AdjustmentRequest,
    Answer,
    Award,
    AwardLink,
    Credit,
    Found,
    LinkKind,
    Milestone,
    Output,
    OutputState,
    PairingAnswer,
)

MOST = 20
"""So many of each sort stand in the list of today; each sort's own list has them all."""


class Need(TextChoices):
    """The sorts of what may need somebody, in the order in which they are told."""

    OVERDUE = "overdue", _("Milestones overdue")
    GATES = "gates", _("Gates to decide")
    OUTPUTS = "outputs", _("Outputs to confirm")
    ENDING = "ending", _("Ending without a successor")
    REQUESTS = "requests", _("Requests that wait")


@dataclass(frozen=True)
class Item:
    """One thing that needs somebody: its day (the earlier the more urgent), the award, what it is, where it is done."""

    kind: Need
    day: date
    award: Award
    text: str
    link: str
    action: Text

    def days_late(self, today: date) -> int:
        """Days since its day; below 0: so many days are left."""
        return (today - self.day).days


def rows_of(kind: Need, awards: QuerySet[Award], today: date) -> QuerySet[Any]:
    """The rows of a sort among these awards."""
    if kind is Need.OVERDUE:
        return Milestone.objects.filter(late(today), award__in=awards)
    if kind is Need.GATES:
        return Milestone.objects.filter(to_decide(), award__in=awards)
    if kind is Need.OUTPUTS:
        credited = Credit.objects.filter(output=OuterRef("pk"), until=None, award__in=awards).order_by()
        expected = Output.objects.filter(state=OutputState.EXPECTED, on__lte=today)
        return expected.filter(Exists(credited))
    if kind is Need.ENDING:
        return without_successor(awards, today)
    waiting = Q(state=RequestState.DRAFT, round__state=RoundState.OPEN)
    waiting |= Q(state=RequestState.SUBMITTED, round__state__in=(RoundState.OPEN, RoundState.SCORING))
    return AdjustmentRequest.objects.filter(waiting, award__in=awards)


def with_related(kind: Need, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same rows with what a list of them tells of others."""
    if kind is Need.OUTPUTS:
        return rows.prefetch_related("credits__award")
    return rows.select_related(*RELATED[kind])


def late(today: date) -> Q:
    """The milestones whose day has passed undecided and of which nothing shows that they are reached."""
    return Q(state__in=OPEN, shown=False, due__lt=today)


def to_decide() -> Q:
    """The milestones of which something shows that they are reached, and on which nobody has said Go or No-go."""
    return Q(state__in=OPEN, shown=True)


def without_successor(awards: QuerySet[Award], today: date) -> QuerySet[Award]:
    """The awards that end within half a year, or ended within the last, that no award carries on (a spin-off does
    not) and for which nothing that pairing found was accepted."""
    linked = AwardLink.objects.filter(before=OuterRef("pk"), kind=LinkKind.SUCCESSOR).order_by()
    accepted = PairingAnswer.objects.filter(award=OuterRef("pk"), answer=Answer.ACCEPTED).exclude(found=Found.GIVER)
    ending = awards.filter(ends__gte=today - HALF_A_YEAR, ends__lte=today + HALF_A_YEAR)
    return ending.filter(~Exists(linked), ~Exists(accepted.order_by()))


ORDER: dict[Need, str] = {
    Need.OVERDUE: "due",
    Need.GATES: "due",
    Need.OUTPUTS: "on",
    Need.ENDING: "ends",
    Need.REQUESTS: "requested_at",
}
"""What makes one of a sort more urgent than another."""
RELATED: dict[Need, tuple[str, ...]] = {
    Need.OVERDUE: ("award",),
    Need.GATES: ("award",),
    Need.ENDING: ("programme", "organisation"),
    Need.REQUESTS: ("award", "round"),
}


def counts_of(awards: QuerySet[Award], today: date) -> dict[Need, int]:
    """How many of each sort there are."""
    return {kind: rows_of(kind, awards, today).order_by().count() for kind in Need}


def since_when(kind: Need, rows: QuerySet[Any], today: date) -> tuple[int, date]:
    """How many rows of a sort there are, and since which day the first of them has needed somebody."""
    told = rows.order_by().aggregate(number=Count("pk"), first=Min(ORDER[kind]))
    first = told["first"] or today
    day = timezone.localdate(first) if isinstance(first, datetime) else first
    return told["number"], min(day - HALF_A_YEAR if kind is Need.ENDING else day, today)


def most_urgent(awards: QuerySet[Award], today: date) -> tuple[list[Item], dict[Need, int]]:
    """The MOST most urgent of all sorts, earliest day first; and how many of each sort there are."""
    found: list[Item] = []
    counts: dict[Need, int] = {}
    for kind in Need:
        rows = rows_of(kind, awards, today)
        order = ORDER[kind], "pk"
        keys = list(rows.order_by(*order).values_list("pk", flat=True)[:MOST])  # no row is read that is not told
        first = with_related(kind, rows.model._default_manager.filter(pk__in=keys)).order_by(*order)
        found += [_item(kind, row) for row in first]
        counts[kind] = len(keys) if len(keys) < MOST else rows.order_by().count()
    sorts = list(Need)
    return sorted(found, key=lambda one: (one.day, sorts.index(one.kind)))[:MOST], counts


def _item(kind: Need, row: Any) -> Item:
    if kind in (Need.OVERDUE, Need.GATES):
        link = reverse("portfolio:milestones", args=[row.award.number])
        action = _("Say what shows it, or decide") if kind is Need.OVERDUE else _("Decide")
        return Item(kind, row.due, row.award, row.name, link, action)
    if kind is Need.OUTPUTS:
        award = next(credit.award for credit in row.credits.all() if credit.until is None)
        text = f"{row.get_kind_display()} {row.label()}"
        return Item(kind, row.on, award, text, reverse("portfolio:output", args=[row.pk]), _("Confirm or take back"))
    if kind is Need.ENDING:
        link = reverse("portfolio:award_next", args=[row.number])
        return Item(kind, row.ends, row, row.label(), link, _("See what could carry it on"))
    link = reverse("portfolio:adjustment_request", args=[row.round.code, row.number])
    return Item(kind, timezone.localdate(row.requested_at), row.award, row.reasons[:120], link, _("Open the request"))
