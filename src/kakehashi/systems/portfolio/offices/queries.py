"""Who holds which office on a day, which awards an office covers, and where nobody holds one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from kakehashi.kernel.fiscal import fiscal_year
from kakehashi.systems.portfolio.behind import placed_in
from kakehashi.systems.portfolio.figures import running_in
from kakehashi.systems.portfolio.models import (
    Appointment,
    Award,
    DiseaseArea,
    IntegratedProject,
    Placement,
    PlanTerm,
    Programme,
)
from kakehashi.systems.portfolio.offices.kinds import FIELDS, OFFICES, Scope
from kakehashi.systems.portfolio.placements import counting_in
from kakehashi.systems.portfolio.rules import held_at_agencies

NONE = Q(pk__in=[])
ONE_DAY = timedelta(days=1)


def in_office(day: date) -> Q:
    """The appointments in force on a day."""
    lasts = Q(ended_on__gte=day) | Q(ended_on=None) & (Q(until=None) | Q(until__gte=day))
    return lasts & Q(since__lte=day)


def filled(day: date) -> Q:
    """The appointments that make an office one that somebody has to be in: it was filled by this day.

    An integrated project's ends with the plan term; a director still in office then stays.
    """
    goes_on = Q(project=None) | Q(project__term__ends=None) | Q(project__term__ends__gte=day)
    return Q(since__lte=day) & (in_office(day) | goes_on)


def holds_office(person: Any, office: str) -> bool:
    """Whether somebody holds the role of an office of a whole agency today, and once anybody was appointed to it, at
    whichever agency of the node (they keep one portfolio), is in office themselves."""
    today = timezone.localdate()
    agencies = {one.organisation_id for one in held_at_agencies(person, office)}
    if not agencies or not Appointment.objects.filter(filled(today), office=office).exists():
        return bool(agencies)
    own = held_by(person, office, on=today).values_list("organisation_id", flat=True)
    return bool(agencies & set(own))


def ever_held_by(person: Any, *offices: str) -> QuerySet[Appointment]:
    """The appointments of somebody to any of these offices that began by today, ended or not."""
    return Appointment.objects.filter(person_id=person.pk, office__in=offices, since__lte=timezone.localdate())


def held_by(person: Any, *offices: str, on: date | None = None) -> QuerySet[Appointment]:
    """The appointments of somebody that are in force on a day (today), to any of these offices."""
    found = Appointment.objects.filter(in_office(on or timezone.localdate()), person_id=person.pk)
    return found.filter(office__in=offices).select_related("project__term", "programme", "area").order_by("pk")


def holders_of(subject: IntegratedProject | Programme | DiseaseArea, on: date | None = None) -> list[Appointment]:
    """Who holds an office for a project, a programme or a disease area on a day (today), in the order of offices."""
    here = Q(**{FIELDS[_scope_of(subject)]: subject})
    found = Appointment.objects.filter(here, in_office(on or timezone.localdate())).select_related("person")
    order = list(OFFICES)
    return sorted(found, key=lambda one: (order.index(one.office), one.since))


def _scope_of(subject: object) -> str:
    scopes = {IntegratedProject: Scope.PROJECT, Programme: Scope.PROGRAMME, DiseaseArea: Scope.AREA}
    return scopes[type(subject)]  # type: ignore[index]


def awards_under(appointments: Iterable[Appointment], on: date | None = None) -> Q:
    """The awards that these offices are held for, as a condition on awards; none for no appointment."""
    year = fiscal_year(on or timezone.localdate())
    covered = NONE
    for one in appointments:
        if one.project is not None:
            covered |= placed_in(one.project, year, "programme_id", "pk")
        elif one.programme_id is not None:
            covered |= Q(programme_id=one.programme_id)
        elif one.area_id is not None:
            covered |= Q(area_id=one.area_id)
        else:
            covered |= Q(pk__isnull=False)
    return covered


def offices_over(award: Award, *offices: str, on: date) -> QuerySet[Appointment]:
    """The appointments to these offices, of any time, that an award is under as it is placed on a day: its programme's,
    its projects', its disease area's."""
    mine = Q(award=award)
    if award.programme_id is not None:
        mine |= Q(programme_id=award.programme_id)
    placed = Placement.objects.filter(mine, counting_in(fiscal_year(on))).order_by("pk")
    own: dict[int, int] = {}
    whole: dict[int, int] = {}
    for term, project, of_award in placed.values_list("project__term_id", "project_id", "award_id"):
        (whole if of_award is None else own)[term] = project
    under = Q(project_id__in=(whole | own).values())
    under |= Q(programme_id=award.programme_id) if award.programme_id else Q(pk__in=[])
    under |= Q(area_id=award.area_id) if award.area_id else Q(pk__in=[])
    return Appointment.objects.filter(under, office__in=offices)


@dataclass
class Held:
    """One office for one thing: who holds it now, who held it before, who will, and days on which nobody does."""

    subject: IntegratedProject | Programme | DiseaseArea | None
    now: list[Appointment] = field(default_factory=list)
    before: list[Appointment] = field(default_factory=list)
    later: list[Appointment] = field(default_factory=list)
    gaps: list[tuple[date, date | None]] = field(default_factory=list)

    @property
    def vacant(self) -> bool:
        """Whether nobody holds it today."""
        return not self.now


def offices_held(office: str, organisation_id: int, today: date) -> list[Held]:
    """Everything that an office is to be held for, with its holders and gaps."""
    rows: dict[int | None, Held] = {_key(subject): Held(subject) for subject in wanted_for(office, today)}
    found = Appointment.objects.filter(office=office, organisation_id=organisation_id)
    told: dict[int | None, list[Appointment]] = {}
    for one in found.select_related("person", "project__term", "programme", "area").order_by("since", "pk"):
        key = _key(one.subject)
        rows.setdefault(key, Held(one.subject))
        told.setdefault(key, []).append(one)
    for key, held in rows.items():
        for one in told.get(key, ()):
            last = one.last_day
            (held.later if one.since > today else held.before if last and last < today else held.now).append(one)
        held.gaps = gaps_between([(one.since, one.last_day) for one in told.get(key, ())])
    return list(rows.values())


def _key(subject: IntegratedProject | Programme | DiseaseArea | None) -> int | None:
    return None if subject is None else subject.pk


def gaps_between(spells: Iterable[tuple[date, date | None]]) -> list[tuple[date, date | None]]:
    """The days between the first spell and the last that none covers; after the last one: until None.

    ``spells``: first and last day each, None for one that goes on.
    """
    gaps: list[tuple[date, date | None]] = []
    covered: date | None = None
    for first, last in sorted(spells, key=lambda one: one[0]):
        if covered is not None and first > covered + ONE_DAY:
            gaps.append((covered + ONE_DAY, first - ONE_DAY))
        if last is None:
            return gaps
        covered = max(last, covered or last)
    if covered is not None:
        gaps.append((covered + ONE_DAY, None))
    return gaps


def wanted_for(office: str, today: date) -> list[IntegratedProject | Programme | DiseaseArea | None]:
    """What an office is to be held for today: the projects of the term in force, programmes with awards that run, all
    disease areas, the agency."""
    scope = OFFICES[office]
    if scope == Scope.PROJECT:
        term = PlanTerm.objects.filter(Q(ends=None) | Q(ends__gte=today), begins__lte=today).order_by("-number").first()
        return list(IntegratedProject.objects.filter(term=term).select_related("term")) if term else []
    if scope == Scope.PROGRAMME:
        running = Award.objects.filter(running_in(fiscal_year(today))).order_by().values("programme_id")
        return list(Programme.objects.filter(pk__in=running))
    if scope == Scope.AREA:
        return list(DiseaseArea.objects.all())
    return [None]
