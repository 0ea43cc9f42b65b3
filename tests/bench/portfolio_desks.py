"""The desks of an agency's people and of an investigator, for ``tests.bench.portfolio``: who asks for which page."""

from __future__ import annotations

import random
from datetime import timedelta

OFFICES = "agency.example"


def people() -> None:
    """Somebody for every office, appointed as in the demo, an investigator with awards, three milestones an award."""
    from django.utils import timezone

    from kakehashi.kernel.organisations.models import Organisation
    from kakehashi.kernel.people.actions import add_person
    from kakehashi.kernel.people.models import Person
    from kakehashi.systems.portfolio.demo import people as demo
    from kakehashi.systems.portfolio.models import Award, Milestone

    agency = Organisation.objects.get(code="AGENCY")
    roles = {str(office) for office, *_rest in demo.OFFICES} | {"administrator", "accountant"}
    there = set(Person.objects.filter(email__endswith=f"@{OFFICES}").values_list("email", flat=True))
    for role in sorted(roles):
        if f"{role}@{OFFICES}" not in there:
            add_person(by=None, email=f"{role}@{OFFICES}", name="見本", organisation=agency, role=role)
    if f"investigator@{OFFICES}" not in there:
        holder = Organisation.objects.get(code="DEMO-R001")
        investigator = add_person(by=None, email=f"investigator@{OFFICES}", organisation=holder, role="researcher")
        demo.appoint_people(agency, investigator)
    if not Milestone.objects.exists():
        dice, today = random.Random(1), timezone.localdate()
        running = Award.objects.filter(ends__gte=today - timedelta(days=365)).order_by("pk")
        Milestone.objects.bulk_create(
            (
                Milestone(
                    award=award,
                    name=f"目標{number}",
                    criteria="基準",
                    due=today + timedelta(days=dice.randint(-300, 400)),
                    evidence=dice.choice(("", "", "報告書")),
                    state=dice.choice(("planned", "planned", "planned", "held", "go")),
                )
                for award in running
                for number in range(3)
            ),
            batch_size=1_000,
        )


def asked_by(page: str) -> str:
    """Whose page of the portfolio it is: accountants write entries, officers awards, the rest is the president's."""
    if page.startswith("/portfolio/entries/") and page != "/portfolio/entries/":
        return "accountant"
    return "programme_officer" if page.startswith("/portfolio/awards/new/") else "president"


def desks() -> list[tuple[str, str]]:
    """Who asks, by the address before the @, for which page."""
    from kakehashi.systems.portfolio.models import Participation

    own = Participation.objects.filter(person__email=f"investigator@{OFFICES}").latest("pk").award
    return [
        ("programme_officer", "/portfolio/mine/awards/"),
        ("programme_officer", "/portfolio/mine/awards/?show=overdue"),
        ("programme_officer", "/portfolio/mine/awards/?show=ending"),
        ("programme_officer", "/portfolio/mine/awards/?show=awards"),
        ("programme_director", "/portfolio/mine/project/"),
        ("programme_director", "/portfolio/mine/project/?show=gates"),
        ("disease_coordinator", "/portfolio/mine/area/"),
        ("disease_coordinator", "/portfolio/mine/area/?show=overdue"),
        ("president", "/portfolio/gates/?state=held"),
        ("auditor", "/portfolio/mine/audit/"),
        ("accountant", "/portfolio/mine/books/"),
        ("administrator", "/portfolio/offices/programme_officer/"),
        ("investigator", "/portfolio/mine/research/"),
        ("investigator", f"/portfolio/mine/research/{own.number}/"),
        ("investigator", f"/portfolio/mine/research/{own.number}/rows/committed/?year=2024"),
    ]
