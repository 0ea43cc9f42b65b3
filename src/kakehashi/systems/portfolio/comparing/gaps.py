"""Where the documents differ among themselves or say less than it seems: how that is taken, and where its rows are."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from kakehashi.systems.portfolio.comparing.published import said, source
from kakehashi.systems.portfolio.facts.reading import load
from kakehashi.systems.portfolio.models import Award, IntegratedProject, Programme

GOALS_1, AGENCY = "portfolio:goals", "portfolio:agency"
PROJECTS = {
    "gap-shared-part": "t1-cancer",
    "gap-shared-without-amount": "t1-regenerative",
    "gap-half-a-unit": "t1-brain",
    "gap-device-order": "t1-devices",
    "gap-year-1-trials": "t1-hubs",
    "gap-irud-registered": "t1-rare",
}
"""Gaps whose rows stand on a project's page."""
PROGRAMMES = {
    "gap-two-parts": "regenerative-industrialisation",
    "gap-ecosystem-amount": "drug-venture-ecosystem",
}
GOALS = ("gap-consultations-2018", "gap-licences-2018", "gap-targets-2019")
TERM_2 = ("gap-covid-approvals",)
YEARS = ("gap-budget-years", "gap-databook-charts")


@dataclass(frozen=True)
class GapTold:
    """A gap in words, how it is taken, where it stands, and the page of its rows ("": the documents alone)."""

    key: str
    what: str
    taken: str
    source: str
    url: str


def gaps() -> list[GapTold]:
    """All of them, in the order of the data."""
    facts = load()
    return [GapTold(one.key, said(one.what), said(one.taken), source(facts, one), _page(one.key)) for one in facts.gaps]


def _page(key: str) -> str:
    if key in PROJECTS and IntegratedProject.objects.filter(code=PROJECTS[key]).exists():
        return f"{reverse('portfolio:project', args=[PROJECTS[key]])}?year=2019&term=1"
    if key in PROGRAMMES and Programme.objects.filter(code=PROGRAMMES[key]).exists():
        return reverse("portfolio:programme", args=[PROGRAMMES[key]])
    if key in GOALS or key in TERM_2:
        return f"{reverse(GOALS_1)}?term={2 if key in TERM_2 else 1}"
    if key in YEARS:
        return f"{reverse('portfolio:databook')}?measure=budgeted&rows=year"
    if key == "gap-project-names":
        return f"{reverse(AGENCY)}?year=2019&term=1"
    if key == "gap-apoa2-approval":
        told = Award.objects.filter(events__kind="approved").order_by("pk").first()
        return reverse("portfolio:award", args=[told.number]) if told else ""
    return ""
