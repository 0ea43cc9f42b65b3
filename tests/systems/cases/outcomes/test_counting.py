"""The figures of the outcomes: both published tables to the unit, sums that add up, what each step counts."""

from datetime import date
from itertools import pairwise

import pytest
from django.db.models import F
from django.utils import timezone
from scipy.stats import binomtest

from kakehashi.systems.cases.course.states import Catalogue
from kakehashi.systems.cases.models import Analysis, Case, CaseDiagnosis, Consultation, Family, FamilyLink
from kakehashi.systems.cases.outcomes.groups import BITS, BRANCHES, groups_of, in_groups
from kakehashi.systems.cases.outcomes.periods import period_of, periods_between, quarter_end_before
from kakehashi.systems.cases.outcomes.queries import Asked, organisations_within, outcomes
from kakehashi.systems.cases.outcomes.rates import Share
from kakehashi.systems.cases.outcomes.recounting import recount
from kakehashi.systems.cases.outcomes.tallies import Slice
from kakehashi.systems.cases.outcomes.words import By, Lists, Step, Unit
from tests.systems.cases.outcomes.programme import FIRST_TABLE, SECOND_TABLE, Spec, make

TODAY = date(2026, 11, 21)
SMALL = Spec((20, 30, 10), 60, 40, (5, 6, 7, 4), {2: 1, 3: 3}, hospitals=6)


def ask(by=By.PERIOD, unit=Unit.YEAR, as_of=TODAY, **part):
    return outcomes(Asked(by, Slice(as_of, **part), unit))


def figures(counts):
    cells = {(lists, new): counts.listed(lists, new=new) for lists in Lists for new in (False, True)}
    routes = {route: counts.route(route) for route in ("direct", "referred", "settled")}
    return {step: counts.of(step) for step in Step} | cells | routes | {"solved": counts.rate.count}


@pytest.mark.parametrize("by", [By.PERIOD, By.CENTRE, By.HUB, By.REGION])
def test_the_first_published_table_reproduces(db, by):
    make(FIRST_TABLE)
    found = ask(by)
    total = found.total
    assert [total.route(route) for route in ("direct", "referred", "settled")] == [1190, 2303, 924]
    assert total.consulted == 4417
    assert [round(100 * total.route(one) / total.consulted) for one in ("direct", "referred", "settled")] == [
        27,
        52,
        21,
    ]
    assert total.analysed == 2756
    assert [total.listed(lists) for lists in Lists] == [49, 330, 425, 212]
    assert total.diagnosed == 1016 == 49 + 330 + 425 + 212
    assert f"{total.rate.rate:.1%}" == "36.9%"
    assert found.new_diseases == 18
    assert [total.catalogue(one) for one in Catalogue] == [379, 425, 194, 18]
    assert sum(figures(row.counts)[Step.DIAGNOSED] for row in found.rows) == 1016


def test_the_second_published_table_reproduces_as_far_as_it_agrees_with_itself(db):
    """1,593 = 225 + 722 + 646 + 0 of 4,658; that is 34.2 %: the 43.8 % printed is of something else."""
    make(SECOND_TABLE)
    found = ask(By.REGION)
    assert found.total.analysed == 4658
    assert [found.total.listed(lists) for lists in Lists] == [225, 722, 646, 0]
    assert found.total.diagnosed == 1593
    assert found.new_diseases == 35
    assert f"{found.total.rate.rate:.1%}" == "34.2%"
    assert round(1593 / 0.438) == 3637 != 4658


@pytest.mark.parametrize("by", [By.PERIOD, By.CENTRE, By.HUB, By.REGION, By.AWARD])
@pytest.mark.parametrize("part", [{}, {"first": date(2016, 4, 1), "last": date(2017, 9, 30)}])
def test_rows_add_up_to_the_total_and_every_cut_has_the_same(db, by, part):
    make(SMALL)
    found = ask(by, **part)
    whole = figures(found.total)
    if by == By.AWARD:  # a consultation without a case has no award, but is counted under none
        assert [row.key for row in found.rows] == ["elsewhere"]
    for name, count in whole.items():
        assert sum(figures(row.counts)[name] for row in found.rows) == count, name
    assert whole == figures(ask(By.CENTRE, **part).total) == figures(ask(By.PERIOD, Unit.MONTH, **part).total)
    for row in found.rows:
        for name in figures(row.counts) if row.parts else ():
            assert sum(figures(part.counts)[name] for part in row.parts) == figures(row.counts)[name]
    assert whole[Step.DIAGNOSED] == sum(whole[lists, new] for lists in Lists for new in (False, True))


def test_kinds_of_signs_count_a_case_in_each_and_the_total_once(db):
    make(SMALL)
    found = ask(By.GROUP)
    assert not found.adds_up
    assert found.total.registered == 60
    for row in found.rows:
        expected = sum(bool(bits & BITS[row.key]) for bits in Case.objects.values_list("phenotype_groups", flat=True))
        assert row.counts.registered == expected
        assert figures(row.counts) == figures(ask(By.CENTRE, group=row.key).total)
    assert sum(row.counts.registered for row in found.rows) > 60
    assert sum(row.counts.consulted for row in found.rows) == 60


def test_what_does_not_count(db):
    hospitals = make(SMALL)
    before = figures(ask(By.CENTRE).total)
    relative, withdrawn, draft, twice, again, unanalysed, reopened, early = Case.objects.order_by("pk")[:8]
    unanalysed_days = Analysis.objects.filter(case=unanalysed)
    family = Family.objects.create(organisation=relative.organisation, local_id="F1")
    FamilyLink.objects.create(family=family, member="II-2", case=relative, proband=False)
    FamilyLink.objects.create(family=family, member="II-1", case=early, proband=True)
    Case.objects.filter(pk=withdrawn.pk).update(state="withdrawn")
    Case.objects.filter(pk=draft.pk).update(state="draft", registered_on=None)
    Analysis.objects.create(case=twice, sent_on=date(2018, 1, 1), done_on=date(2018, 2, 1))
    CaseDiagnosis.objects.create(case=again, disease="OMIM:1", catalogue="other", diagnosed_on=date(2018, 7, 31))
    unanalysed_days.update(done_on=None)
    CaseDiagnosis.objects.filter(case=reopened).update(reopened_at=timezone.now())
    Consultation.objects.create(organisation=hospitals[0], local_id="F0", consulted_on=date(2020, 1, 1), route="direct")
    Case.objects.update(revision=F("revision") + 1)  # as every action on a case does
    assert ask(By.CENTRE).waiting == Case.objects.count() + 1
    recount()
    after = ask(By.CENTRE).total
    now = figures(after)
    assert now["direct"] == before["direct"]  # the family consulted before
    assert now[Step.REGISTERED] == before[Step.REGISTERED] - 3
    assert now[Step.ANALYSED] == before[Step.ANALYSED] - 4
    assert now[Step.DIAGNOSED] == before[Step.DIAGNOSED] - 5
    assert after.unanalysed == 1
    assert now["solved"] == now[Step.DIAGNOSED]


def test_as_of_a_day_counts_what_had_happened_by_it(db):
    make(SMALL)
    day = date(2017, 3, 31)
    found = ask(By.PERIOD, as_of=day)
    assert found.total.registered == Case.objects.filter(registered_on__lte=day).count()
    assert found.total.analysed == Analysis.objects.filter(done_on__lte=day).count()
    assert found.total.diagnosed == CaseDiagnosis.objects.filter(diagnosed_on__lte=day).count()
    assert found.total.rate.count == found.total.diagnosed
    assert found.rows[-1].key == "FY2016"
    assert figures(ask(By.CENTRE, as_of=day).total) == figures(found.total)


def test_narrowed_to_a_hub_a_region_a_centre(db):
    make(SMALL)
    hub = organisations_within(hub="H000")
    assert len(hub) == 3
    rows = {row.key: row for row in ask(By.HUB).rows}
    assert figures(ask(By.PERIOD, organisations=hub).total) == figures(rows["H000"].counts)
    region = organisations_within(region="hokkaido")
    assert figures(ask(By.PERIOD, organisations=region).total) == figures(ask(By.REGION).rows[0].counts)
    assert organisations_within(centre="H000", region="tohoku") == frozenset()
    assert organisations_within() is None


def test_periods_are_of_the_fiscal_year():
    day = date(2018, 9, 30)
    assert [period_of(day, unit).key for unit in Unit] == ["FY2018", "FY2018H1", "2018-09"]
    assert period_of(date(2019, 3, 31), Unit.HALF).key == "FY2018H2"
    assert period_of(day, Unit.HALF).name("ja") == "平成30年度上期"
    assert period_of(day, Unit.YEAR).name("en") == "FY2018"
    whole = periods_between(period_of(date(2015, 7, 1), Unit.MONTH), period_of(day, Unit.MONTH), Unit.MONTH)
    assert len(whole) == 39
    assert all((b.first - a.last).days == 1 for a, b in pairwise(whole))
    assert quarter_end_before(date(2026, 11, 21)) == date(2026, 9, 30)
    assert quarter_end_before(date(2026, 1, 1)) == date(2025, 12, 31)


@pytest.mark.parametrize(("count", "of"), [(0, 7), (7, 7), (1016, 2756), (1593, 4658), (1, 3)])
def test_intervals_are_wilsons(count, of):
    expected = binomtest(count, of).proportion_ci(method="wilson")
    assert Share(count, of).interval == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert Share(0, 0).interval is Share(0, 0).rate is None


def test_every_branch_of_the_ontology_has_one_kind(knowledge):
    ontology = knowledge.ontology
    top = ontology.phenotype_root
    children = {ontology.id(int(one)) for one in ontology.child_indices[slice(*ontology.child_indptr[top : top + 2])]}
    named = [branch for branches in BRANCHES.values() for branch in branches]
    assert set(named) == children
    assert len(named) == len(set(named))


def test_a_case_knows_the_kinds_of_its_present_findings(worked_example):
    kinds = {str(one) for one in in_groups(groups_of(worked_example))}
    assert {"nervous", "malformation", "eye", "ear"} <= kinds
    assert "kidney" not in kinds
