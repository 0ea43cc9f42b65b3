"""What waits in "my work": of each desk as many of each sort as it lists itself, and what an investigator has due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.punctuation import labelled, noted
from kakehashi.kernel.shell import Text, Waiting
from kakehashi.systems.portfolio.adjustment.rules import may_post
from kakehashi.systems.portfolio.adjustment.states import RoundState
from kakehashi.systems.portfolio.desks import rules
from kakehashi.systems.portfolio.desks.books import Due, waits
from kakehashi.systems.portfolio.desks.deciding import waiting_for_president
from kakehashi.systems.portfolio.desks.needs import Need, rows_of, since_when
from kakehashi.systems.portfolio.investigators.queries import own_awards
from kakehashi.systems.portfolio.milestones import actions
from kakehashi.systems.portfolio.milestones.states import OPEN, GateState
from kakehashi.systems.portfolio.models import AdjustmentRound, Appointment, Award, Milestone
from kakehashi.systems.portfolio.offices.queries import awards_under, held_by

AHEAD = timedelta(days=30)
MOST = 20
SEE: Text = gettext_lazy("See them")


def waiting_for(person: Any) -> Iterable[Waiting]:
    """What each of somebody's desks says that it needs today, the same numbers; overdue gates of a director who is
    appointed to nothing; rounds whose money is to be committed and what else is to be booked; milestones due within a
    month in an investigator's awards."""
    desks = list(_desks(person))
    for address, name, awards in desks:
        yield from _needs(address, name, Award.objects.filter(awards))
    if not any(address.startswith(reverse("portfolio:my_project")) for address, _name, _awards in desks):
        yield from actions.waiting_for(person)
    if rules.is_president(person):
        yield from _to_decide()
    if may_post(person):
        yield from _to_commit()
        yield from _to_book()
    yield from _due(person)


def _desks(person: Any) -> Iterator[tuple[str, str, Q]]:
    """Each desk: its address up to the list that is shown, whose it is where somebody has several, its awards."""
    offices = (*rules.OF_PROGRAMMES, Role.PROGRAMME_DIRECTOR, Role.DISEASE_COORDINATOR)
    held: dict[str, list[Appointment]] = {}
    for one in held_by(person, *offices):
        held.setdefault(one.office, []).append(one)
    of_programmes = [one for office in rules.OF_PROGRAMMES for one in held.get(office, [])]
    if of_programmes and rules.may_use_officers(person):
        yield f"{reverse('portfolio:my_awards')}?", "", awards_under(of_programmes)
    if rules.may_use_directors(person):
        for project in dict.fromkeys(one.project for one in held.get(Role.PROGRAMME_DIRECTOR, []) if one.project):
            own = [one for one in held[Role.PROGRAMME_DIRECTOR] if one.project == project]
            address = f"{reverse('portfolio:my_project')}?project={project.code}&"
            yield address, project.label(), awards_under(own)
    if rules.may_use_coordinators(person):
        for area in dict.fromkeys(one.area for one in held.get(Role.DISEASE_COORDINATOR, []) if one.area):
            yield f"{reverse('portfolio:my_area')}?area={area.code}&", area.label(), Q(area=area)


def _needs(address: str, name: str, awards: QuerySet[Award]) -> Iterator[Waiting]:
    today = timezone.localdate()
    for kind in Need:
        number, since = since_when(kind, rows_of(kind, awards.order_by(), today), today)
        if number:
            text = labelled(kind.label, f"{number:,}")
            yield Waiting(_begin(since), noted(text, name) if name else text, f"{address}show={kind}", SEE)


def _to_decide() -> Iterator[Waiting]:
    today, told = timezone.localdate(), waiting_for_president()
    for one, _scored, _all in told.rounds:
        text = _("Decide on round %(code)s of the adjustment funds") % {"code": one.code}
        link = reverse("portfolio:adjustment_round", args=[one.code])
        yield Waiting(one.opened_at, text, link, gettext_lazy("Open the round"))
    goals = reverse("portfolio:goals")
    held = ngettext("%(number)s gate is on hold", "%(number)s gates are on hold", told.held)
    late = ngettext("%(number)s milestone is overdue", "%(number)s milestones are overdue", told.overdue)
    behind = ngettext("%(number)s goal is behind", "%(number)s goals are behind", told.behind)
    untold = ngettext(
        "of %(number)s goal that is due nothing was told yet",
        "of %(number)s goals that are due nothing was told yet",
        told.untold,
    )
    dues = Milestone.objects.filter(state__in=OPEN).order_by("due").values_list("due", flat=True)
    for number, text, link, first in (
        (told.held, held, f"{reverse('portfolio:gates')}?state={GateState.HELD}", dues.filter(state=GateState.HELD)),
        (told.overdue, late, reverse("portfolio:overdue"), dues),
        (told.behind, behind, f"{goals}?behind=1", ()),
        (told.untold, untold, f"{goals}?untold=1", ()),
    ):
        if number:
            day = min(next(iter(first[:1]), today), today)
            yield Waiting(_begin(day), text % {"number": number}, link, SEE)


def _to_commit() -> Iterator[Waiting]:
    for one in AdjustmentRound.objects.filter(state=RoundState.DECIDED):
        text = _("Commit the money of round %(code)s of the adjustment funds") % {"code": one.code}
        link = reverse("portfolio:adjustment_round", args=[one.code])
        yield Waiting(one.decided_at or one.opened_at, text, link, gettext_lazy("Open the round"))


def _to_book() -> Iterator[Waiting]:
    """What waits for the accountants beside the rounds, the same numbers as on their page."""
    for one in waits(timezone.localdate()):
        if one.number and one.kind is not Due.ROUNDS:
            text = labelled(one.kind.label, f"{one.number:,}")
            yield Waiting(_begin(one.since), text, f"{reverse('portfolio:my_books')}?show={one.kind}", SEE)


def _due(person: Any) -> Iterator[Waiting]:
    mine = own_awards(person).order_by().values("pk")
    due = Milestone.objects.filter(award__in=mine, state__in=OPEN, due__lte=timezone.localdate() + AHEAD)
    for one in due.select_related("award").order_by("due", "pk")[:MOST]:
        text = _("Due on %(day)s in %(award)s: %(name)s")
        yield Waiting(
            _begin(one.due),
            text % {"day": one.due.isoformat(), "award": one.award.number, "name": one.name},
            reverse("portfolio:my_research_award", args=[one.award.number]),
            gettext_lazy("See what is due"),
        )


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
