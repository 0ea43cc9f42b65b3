"""A disease area of a year counted from memory: each line and each phase what the database says of its rows."""

from datetime import date

import pytest

from kakehashi.systems.portfolio.behind import Money, Slice, awards_behind, yen_behind
from kakehashi.systems.portfolio.desks.areas import AreaOfYear, total_of
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import (
    Award,
    Axis,
    DiseaseArea,
    IntegratedProject,
    Phase,
    Placement,
    PlanTerm,
)
from tests.systems.portfolio.agency import YEAR, make_agency

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency():
    agency = make_agency()
    post_many(
        [
            *agency.paid(7_000),
            *agency.paid(500, award=1, institution=1, money=1),
            agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, 1_234),
        ],
        by=None,
    )
    cancer, rare = (DiseaseArea.objects.create(code=code, name=code) for code in ("cancer", "rare"))
    for number, award in enumerate(agency.awards):
        Award.objects.filter(pk=award.pk).update(area=cancer, phase=Phase.values[number])
    for number in range(30):
        Award.objects.create(
            number=f"19xx{number:07}",
            title=f"課題{number}",
            programme=(*agency.programmes, None)[number % 3],
            organisation=agency.institutions[0],
            phase=(*Phase.values, "")[number % 6],
            area=(cancer, rare, None)[number % 5 % 3],
            begins=date(2017 + number % 4, 4, 1),
            ends=date(2021 + number % 3, 3, 31) if number % 2 else date(2018 + number % 4, 3, 31),
        )
    term = PlanTerm.objects.create(number=1, name="第1期", begins=date(2015, 4, 1))
    projects = [
        IntegratedProject.objects.create(term=term, code=f"p{order}", name="計画", axis=Axis.DISEASE)
        for order in range(2)
    ]
    Placement.objects.create(project=projects[0], programme=agency.programmes[0])
    Placement.objects.create(project=projects[1], award=agency.awards[0])
    return agency


@pytest.mark.parametrize("year", [YEAR - 1, YEAR, YEAR + 1, YEAR + 40])
def test_a_line_is_its_rows(agency, year):
    term, told = PlanTerm.objects.get(), 0
    for area in DiseaseArea.objects.all():
        lines = AreaOfYear(area, year).lines(term)
        for project in IntegratedProject.objects.select_related("term"):
            part, line = Slice(year, project=project, area=area), lines.get(project.pk)
            rows = awards_behind(part), yen_behind(Money.COMMITTED, part), yen_behind(Money.SPENT, part)
            told += bool(line)
            assert (line.awards if line else 0) == rows[0].count()
            assert (line.new if line else 0) == awards_behind(part, new=True).count()
            assert (sum(line.committed.values()) if line else 0) == rows[1]
            assert (sum(line.spent.values()) if line else 0) == rows[2]
        whole, part = total_of(lines), Slice(year, area=area)
        assert whole.awards == awards_behind(part).count()
        assert sum(whole.committed.values()) == yen_behind(Money.COMMITTED, part)
    assert bool(told) == (year < YEAR + 40)


def test_phases_are_counted_and_paid(agency):
    area = DiseaseArea.objects.get(code="cancer")
    flow, paid = AreaOfYear(area, YEAR).phases()
    rows = awards_behind(Slice(YEAR, area=area))
    assert flow == {phase: rows.filter(phase=phase).count() for phase in set(rows.values_list("phase", flat=True))}
    assert paid == {Phase.values[0]: 7_000, Phase.values[1]: 500}
