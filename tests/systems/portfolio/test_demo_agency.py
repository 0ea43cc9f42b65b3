"""The demo agency fits what was published, and its books are sound."""

import pytest

from kakehashi.kernel.fiscal import fiscal_year
from kakehashi.systems.portfolio.demo.agency import make_agency
from kakehashi.systems.portfolio.demo.budgets import OTHER, YEARS, last_year, plan, shared, total_of
from kakehashi.systems.portfolio.demo.running import FIXED, runs
from kakehashi.systems.portfolio.facts.reading import load
from kakehashi.systems.portfolio.figures import book
from kakehashi.systems.portfolio.installing import code_in
from kakehashi.systems.portfolio.models import Appropriation, Award, Entry, IntegratedProject
from kakehashi.systems.portfolio.numbers import parse_award_number
from kakehashi.systems.portfolio.reconciling import faults
from tests.systems.portfolio.counted import programme_yen

SHARE = 0.05


@pytest.fixture(scope="module")
def facts():
    return load()


@pytest.fixture(scope="module")
def lines(facts):
    published = {}
    for line in facts.budget_lines:
        if line.amount_yen is not None and not line.shared:
            code = code_in(facts, line.programme, line.home)
            published[code] = published.get(code, 0) + line.amount_yen
    return plan(facts, published, 2015)


def test_every_year_has_its_published_total(facts, lines):
    for year in YEARS:
        for kind, told in (("initial", "agency"), ("adjustment", "adjustment")):
            yen = sum(one.yen for one in lines if (one.fiscal_year, one.kind) == (year, kind))
            assert yen == total_of(facts, year, told), (year, kind)
    assert [total_of(facts, year, "agency") for year in (2015, 2024)] == [124_800_000_000, 124_500_000_000]


def test_2019_is_divided_as_published(facts, lines):
    for programme in facts.programmes:
        of_it = [
            one.yen
            for one in lines
            if one.fiscal_year == 2019 and one.kind == "initial" and one.programme.partition(".")[0] == programme.key
        ]
        assert sum(of_it) == programme_yen(facts, programme.key, 2019), programme.key
    assert any(one.programme == OTHER for one in lines)


def test_each_fund_gives_its_total_over_its_years(facts, lines):
    for fund in facts.funds:
        if fund.last_fiscal_year is not None and fund.last_fiscal_year < YEARS.stop:
            assert sum(one.yen for one in lines if one.fund == fund.key) == fund.total_yen, fund.key


def test_as_many_awards_run_and_begin_a_year_as_published(lines):
    made = runs(lines, 2015)
    for year in YEARS:
        assert sum(one.first <= year <= one.last for one in made) == 2_600, year
        assert sum(one.first == year for one in made) == 1_000, year
    scarda = [one for one in made if one.programme in FIXED and one.first <= 2023 <= one.last]
    assert len(scarda) == 40


def test_parts_of_a_sum_come_to_it():
    assert shared(10, [1, 1, 1]) == [4, 3, 3]
    assert sum(shared(124_800_000_001, [0.3, 7.1, 2.2, 9.9])) == 124_800_000_001
    assert shared(5, []) == []


@pytest.mark.slow
@pytest.mark.django_db
def test_the_demo_agency_is_made_once_and_its_books_are_sound(facts):
    number = make_agency(share=SHARE)
    assert number == Award.objects.filter(synthetic=True).count()
    entries = Entry.objects.count()
    assert make_agency(share=SHARE) == number
    assert Entry.objects.count() == entries
    assert list(faults()) == []
    for year in YEARS:
        told = book(year)
        assert (told.total.awards, told.total.new) == (130, 50), year
        assert sum(told.total.spent.values()) <= sum(told.total.committed.values()) <= sum(told.total.budgeted.values())
    assert sum(book(2015).total.budgeted.values()) == 124_800_000_000 + 17_500_000_000
    for project in IntegratedProject.objects.filter(term__number=1):
        line = book(2019, 1).projects[project.pk]
        printed = next(one for one in facts.project_budgets if one.project == project.code)
        assert abs(line.budgeted["initial"] + line.shown_again - printed.agency_yen) <= 50_000_000, project.code
    for fund in facts.funds:
        money = Appropriation.objects.filter(kind="multi_year", code__endswith=fund.key.removeprefix("fund"))
        assert [one.last_fiscal_year for one in money] == [last_year(fund)], fund.key
    some = Award.objects.filter(synthetic=True).first()
    assert parse_award_number(some.number).fiscal_year == fiscal_year(some.begins)
    assert some.title != some.title_en
