"""The demo agency's outputs come to the published totals of the second term, each once, under test identifiers."""

from datetime import date

import pytest

from kakehashi.systems.portfolio.demo.outputs import FIRST, LAST, TOTALS, post_outputs
from kakehashi.systems.portfolio.facts.reading import load
from kakehashi.systems.portfolio.models import Award, Credit, Goal, Output, OutputKind, Phase, PlanTerm
from kakehashi.systems.portfolio.outputs.goals import COUNTED_FROM, outputs_of
from kakehashi.systems.portfolio.outputs.references import normalised
from tests.systems.portfolio.agency import make_agency

pytestmark = pytest.mark.django_db


def test_as_many_as_published_and_each_once():
    holder = make_agency().institutions[0]
    made = [
        Award(
            number=f"D{number}",
            title=f"課題{number}",
            organisation=holder,
            begins=date(2017 + number % 6, 4, 1),
            ends=date(2020 + number % 6, 3, 31),
            phase=list(Phase)[number % 5],
        )
        for number in range(60)
    ]
    awards = Award.objects.bulk_create(made)
    assert post_outputs(awards, 7) == 40 + 434 + 357 + 6_090
    assert {kind: Output.objects.filter(kind=kind).count() for kind in TOTALS} == TOTALS
    assert Credit.objects.count() > Output.objects.count()
    assert not Output.objects.exclude(on__gte=FIRST, on__lte=LAST).exists()
    assert not Output.objects.filter(synthetic=False).exists()
    for one in Output.objects.order_by("pk")[::500]:
        assert normalised(one.kind, one.reference) == one.reference
    term = PlanTerm.objects.create(number=2, name="第2期", begins=date(2020, 4, 1), ends=date(2025, 3, 31))
    published = {outcome.key: outcome for outcome in load().term_outcomes}
    for code, results in COUNTED_FROM.items():
        if code in published:
            goal = Goal.objects.create(term=term, code=code, name=code, results=results)
            assert outputs_of(goal, published[code].as_of).count() == published[code].value, code


def test_papers_bear_the_reserved_test_prefix():
    holder = make_agency().institutions[0]
    award = Award.objects.create(
        number="D1", title="課題", organisation=holder, begins=date(2020, 4, 1), ends=date(2021, 3, 31)
    )
    post_outputs([award], 7, share=0.01)
    papers = Output.objects.filter(kind=OutputKind.PAPER)
    assert papers.count() == 61
    assert all(one.reference.startswith("10.5555/") for one in papers)
