"""The figures of a year: each the sum of its rows, under every term's scheme the same total."""

from datetime import date

import pytest

from kakehashi.kernel.errors import NotFound
from kakehashi.systems.portfolio.figures import book
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import (
    Axis,
    Credit,
    IntegratedProject,
    Output,
    OutputKind,
    Placement,
    PlanTerm,
    SharedBudget,
)
from tests.systems.portfolio.agency import YEAR, make_agency

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency():
    agency = make_agency()
    post_many(
        [
            *agency.paid(1_000),  # MEXT, initial, for the gene award
            *agency.paid(500, award=1, institution=1, money=1),  # CAO, fund, for the cell award
            agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, 400),
            agency.entry(E.ALLOT, A.GRANTED, A.AGENCY, 60),
            agency.entry(E.DISTRIBUTE, A.AGENCY, A.PROGRAMME, 50),  # not committed
        ],
        by=None,
    )
    return agency


@pytest.fixture
def terms(agency):
    first, second = (
        PlanTerm.objects.create(number=number, name=f"第{number}期", begins=date(year, 4, 1), ends=ends)
        for number, year, ends in ((1, 2015, date(2020, 3, 31)), (2, 2020, None))
    )
    drugs, rare, genes = (
        IntegratedProject.objects.create(term=term, code=code, name=code, axis=Axis.MODALITY, order=order)
        for order, (term, code) in enumerate(((first, "drugs"), (first, "rare"), (second, "genes")))
    )
    Placement.objects.create(project=drugs, programme=agency.programmes[0])
    Placement.objects.create(project=rare, programme=agency.programmes[1])
    Placement.objects.create(project=genes, programme=agency.programmes[0])
    return {"drugs": drugs, "rare": rare, "genes": genes}


def test_money_of_a_programme_is_what_lies_in_its_accounts(agency):
    told = book(YEAR)
    gene, cell = (told.programmes[one.pk] for one in agency.programmes)
    assert (gene.budgeted, gene.committed, gene.spent) == ({"initial": 1_050}, {"initial": 1_000}, {"initial": 400})
    assert (cell.budgeted, cell.committed, cell.spent) == ({"multi_year": 500}, {"multi_year": 500}, {})
    assert told.allotted == {"initial": 1_060, "multi_year": 500}
    assert told.total.budgeted == {"initial": 1_050, "multi_year": 500}
    assert {code: line.budgeted for code, line in told.ministries.items()} == {
        "mext": {"initial": 1_050},
        "cao": {"multi_year": 500},
    }


def test_awards_of_a_year_are_new_or_continuing(agency):
    told = book(YEAR)
    assert (told.total.awards, told.total.new, told.total.continuing) == (2, 1, 1)
    assert (book(2018).total.awards, book(2021).total.awards) == (1, 0)
    assert {code: (line.awards, line.new) for code, line in told.ministries.items()} == {"mext": (1, 1), "cao": (1, 0)}


def test_results_count_in_their_year_while_they_stand(agency):
    for reference, came, gone in (
        ("1", date(2019, 5, 1), None),
        ("2", date(2019, 5, 1), date(2019, 6, 1)),
        ("3", date(2020, 5, 1), None),
    ):
        made = Output.objects.create(kind=OutputKind.DIAGNOSIS, reference=reference, on=came, taken_back_on=gone)
        Credit.objects.create(output=made, award=agency.awards[0], since=came)
    assert book(YEAR).total.results == {"diagnosis": 1}
    assert book(YEAR, on=date(2019, 5, 31)).total.results == {"diagnosis": 2}
    assert book(YEAR).ministries["mext"].results == {"diagnosis": 1}


def test_every_award_counts_under_every_terms_scheme(agency, terms):
    first, second = book(YEAR, 1), book(YEAR, 2)
    assert book(YEAR).term.number == 1
    assert first.projects[terms["drugs"].pk].budgeted == {"initial": 1_050}
    assert second.projects[terms["genes"].pk].budgeted == {"initial": 1_050}
    assert second.projects[None].budgeted == {"multi_year": 500}  # no place in the second term
    for one in (first, second):
        assert sum(line.awards for line in one.projects.values()) == one.total.awards
        for kind, yen in one.total.budgeted.items():
            assert sum(line.budgeted.get(kind, 0) for line in one.projects.values()) == yen
    with pytest.raises(NotFound):
        book(YEAR, 9)


def test_an_award_placed_by_itself_takes_its_own_money_along(agency, terms):
    Placement.objects.create(project=terms["rare"], award=agency.awards[0], since=date(2019, 10, 1))
    told = book(YEAR, 1)
    rare, drugs = told.projects[terms["rare"].pk], told.projects[terms["drugs"].pk]
    assert (rare.budgeted, rare.awards) == ({"multi_year": 500, "initial": 1_000}, 2)
    assert (drugs.budgeted, drugs.committed, drugs.awards) == ({"initial": 50}, {"initial": 0}, 0)
    assert book(2018, 1).projects[terms["rare"].pk].awards == 1  # not placed there yet


def test_what_is_shown_again_is_counted_once(agency, terms):
    SharedBudget.objects.create(programme=agency.programmes[0], project=terms["rare"], fiscal_year=YEAR, amount_yen=250)
    told = book(YEAR, 1)
    assert told.projects[terms["rare"].pk].shown_again == 250
    assert told.projects[terms["rare"].pk].budgeted == {"multi_year": 500}
    assert sum(told.total.budgeted.values()) == 1_550
