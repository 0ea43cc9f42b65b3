"""A part of the book cut from memory holds the same awards, in the same order, as the database answers."""

from datetime import date
from itertools import product

import pytest

from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.systems.portfolio.behind import Slice, awards_behind
from kakehashi.systems.portfolio.columns.parts import ORDERS, awards_of, in_order
from kakehashi.systems.portfolio.ledger.kinds import BudgetKind
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import (
    Award,
    Axis,
    DiseaseArea,
    IntegratedProject,
    Ministry,
    Phase,
    Placement,
    PlanTerm,
)
from tests.systems.portfolio.agency import YEAR, make_agency

pytestmark = pytest.mark.django_db
ADDRESS = "/portfolio/awards/"


@pytest.fixture
def agency():
    agency = make_agency()
    post_many([*agency.paid(1_000), *agency.paid(500, award=1, institution=1, money=1)], by=None)
    cancer, rare = (DiseaseArea.objects.create(code=code, name=code) for code in ("cancer", "rare"))
    for number in range(60):
        began = 2015 + number % 6
        Award.objects.create(
            number=f"{19 - number % 3}xx{number * 37 % 100:07}",
            title=f"課題{number}",
            programme=(*agency.programmes, None)[number % 3],
            organisation=agency.institutions[number % 2],
            phase=(*Phase.values, "")[number % 6],
            area=(cancer, rare, None)[number % 5 % 3],
            begins=date(began, 4, 1 + number % 2),
            ends=date(began + 1 + number % 4, 3, 31),
        )
    term = PlanTerm.objects.create(number=1, name="第1期", begins=date(2015, 4, 1))
    for order, programme in enumerate(agency.programmes):
        project = IntegratedProject.objects.create(term=term, code=f"p{order}", name="計画", axis=Axis.DISEASE)
        Placement.objects.create(project=project, programme=programme)
    for award in Award.objects.order_by("number")[3:20:5]:
        Placement.objects.create(project=project, award=award)
    return agency


def parts():
    every = [None, *IntegratedProject.objects.select_related("term")]
    for year, project, ministry in product((YEAR - 2, YEAR), every, ("", Ministry.MEXT, Ministry.CAO)):
        yield Slice(year, project=project, ministry=str(ministry))
    for area in DiseaseArea.objects.all():
        yield Slice(YEAR, area=area)
    for kind, ministry in product((BudgetKind.INITIAL, BudgetKind.MULTI_YEAR, BudgetKind.ADJUSTMENT), ("", "mext")):
        yield Slice(YEAR, ministry=ministry, kind=str(kind))


def test_each_part_has_the_awards_that_the_database_has_in_each_order(agency):
    seen = 0
    every_part = [*parts(), Slice(YEAR, programme=agency.programmes[0])]
    for part, new, every in product(every_part, (None, True, False), (False, True)):
        awards, there = awards_of(part, new=new, every=every)
        rows = awards_behind(part, new=new, every=every)
        seen += rows.exists()
        for order in ORDERS if new is None else ORDERS[:1]:
            for asked in (order, f"-{order}"):
                expected = list(rows.order_by(asked, "-pk").values_list("pk", flat=True))
                assert in_order(awards, there, asked) == expected, (part, new, asked)
    assert seen > 20


def test_the_page_shows_what_the_file_holds(agency, client):
    from kakehashi.kernel.people.actions import add_person

    where = Organisation.objects.create(code="AGENCY", name="機構", kind=Kind.AGENCY)
    client.force_login(
        add_person(by=None, email="o@agency.example", name="見本", organisation=where, role="programme_officer")
    )
    for asked in (
        "year=2019",
        "year=2019&began=new",
        "every=1&sort=-begins",
        "year=2019&phase=clinical&sort=phase",
        "every=1&q=課題3",
        "year=2019&project=p1&term=1",
        "every=1&page=2&columns=number",
        "year=1990",
        "every=1&programme=gene",
        "every=1&project=p1&term=1&began=continuing",
        "year=2019&budget=initial",
    ):
        page = client.get(f"{ADDRESS}?{asked}").content.decode()
        numbers = [
            line.split(",")[0] for line in client.get(f"{ADDRESS}?{asked}&format=csv").content.decode().split()[1:]
        ]
        shown = [one for one in numbers if f"/portfolio/awards/{one}/" in page]
        first = 50 if "page=2" in asked and len(numbers) > 50 else 0
        assert shown == numbers[first : first + 50], asked
