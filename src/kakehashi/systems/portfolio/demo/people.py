"""The demo agency's people: who holds its offices, and made-up investigators who carry its awards out."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date

from django.db import transaction

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.investigators.actions import name_investigator
from kakehashi.systems.portfolio.models import (
    Appointment,
    Award,
    DiseaseArea,
    IntegratedProject,
    Part,
    Participation,
    Programme,
)
from kakehashi.systems.portfolio.offices.actions import Subject, appoint

AT_EACH = 6
"""So many made-up investigators work at each made-up institution."""
REPLACED = 0.05
"""So many of the awards of more than a year change their principal investigator once."""
SOURCE = "デモ用の架空の任命 Made-up appointment for the demonstration"
TERM_2, TERM_3 = (date(2020, 4, 1), date(2025, 3, 31)), (date(2025, 4, 1), date(2030, 3, 31))
OFFICES: tuple[tuple[str, type[Subject] | None, str, tuple[date, date]], ...] = (
    (Role.PRESIDENT, None, "", TERM_3),
    (Role.PROGRAMME_DIRECTOR, IntegratedProject, "t2-genome-data", TERM_2),
    (Role.PROGRAMME_DIRECTOR, IntegratedProject, "t3-data-life-course", TERM_3),
    (Role.DISEASE_COORDINATOR, DiseaseArea, "t2-area-rare", TERM_3),
    (Role.PROGRAMME_SUPERVISOR, Programme, "rare-diseases", TERM_3),
    (Role.PROGRAMME_OFFICER, Programme, "rare-diseases", TERM_3),
    (Role.PROGRAMME_OFFICER, Programme, "irud", TERM_3),
    (Role.AUDITOR, None, "", TERM_3),
)
"""Office, what it is held for by its code, term of office; each held by the demo agency's first person of the role."""
BEGUN, FROM = date(2024, 4, 1), date(2025, 10, 1)
"""The investigator with an account takes over awards that had begun by the one day, from the other on."""
OWN_AWARDS = 3
"""So many awards does the investigator with an account carry out, and one more beside somebody else."""


def investigators_of(awards: Iterable[Award], seed: int) -> list[Participation]:
    """A made-up principal investigator for every award, written at once; a few awards change theirs on the way."""
    dice = random.Random(seed)  # noqa: S311  made-up people
    rows = []
    for award in awards:
        first, second = dice.sample(range(1, AT_EACH + 1), 2)
        change = date(award.begins.year + 1, 4, 1)
        if dice.random() < REPLACED and change < award.ends:
            rows.append(_investigator(award, first, award.begins, date(change.year, 3, 31)))
            rows.append(_investigator(award, second, change))
        else:
            rows.append(_investigator(award, first, award.begins))
    return Participation.objects.bulk_create(rows, batch_size=1_000)


def _investigator(award: Award, number: int, since: date, until: date | None = None) -> Participation:
    where = award.organisation.code.rpartition("-")[2]
    name, name_en = f"デモ研究者 {where}-{number}", f"Demo Investigator {where}-{number}"
    return Participation(
        award=award,
        name=name,
        name_en=name_en,
        organisation=award.organisation,
        part=Part.PRINCIPAL,
        since=since,
        until=until,
    )


def appoint_people(agency: Organisation, investigator: Person | None) -> None:
    """Give the agency's people their offices, and somebody with an account a few awards; once."""
    if Appointment.objects.filter(organisation=agency).exists():
        return
    with transaction.atomic():
        for office, model, code, (since, until) in OFFICES:
            person = _first(agency, office)
            subject = model.objects.filter(code=code).first() if model else None
            if person is not None and (model is None or subject is not None):
                appoint(
                    by=None,
                    person=person,
                    organisation=agency,
                    office=office,
                    subject=subject,
                    since=since,
                    until=until,
                    source=SOURCE,
                )
        if investigator is not None:
            _give_awards(investigator)


def _give_awards(person: Person) -> None:
    """The awards of one programme that run longest, as principal investigator; one more as co-investigator."""
    where = Membership.objects.filter(person=person).select_related("organisation").first()
    running = Award.objects.filter(begins__lte=BEGUN, ends__gte=FROM, synthetic=True, programme__code="rare-diseases")
    awards = running.order_by("-ends", "number")
    for place, award in enumerate(awards[: OWN_AWARDS + 1] if where else ()):
        assert where is not None
        name_investigator(
            by=None,
            award=award,
            part=Part.CO_INVESTIGATOR if place == OWN_AWARDS else Part.PRINCIPAL,
            organisation=where.organisation,
            since=FROM,
            person=person,
        )


def _first(agency: Organisation, role: str) -> Person | None:
    held = Membership.objects.filter(organisation=agency, role=role).select_related("person").order_by("pk").first()
    return held.person if held else None
