"""The documents' structure stands in the node as they tell it, once however often it is installed."""

import pytest

from kakehashi.systems.portfolio.facts.reckoning import shown_yen
from kakehashi.systems.portfolio.figures import book
from kakehashi.systems.portfolio.installing import install_structure, published_budgets
from kakehashi.systems.portfolio.ledger.reconciling import ledger_faults
from kakehashi.systems.portfolio.models import (
    Goal,
    GoalActual,
    IntegratedProject,
    Placement,
    PlanTerm,
    Programme,
    SharedBudget,
)
from kakehashi.systems.portfolio.publishing import post_budgets
from kakehashi.systems.portfolio.reconciling import faults
from tests.systems.portfolio.counted import counted_yen

pytestmark = pytest.mark.django_db
MODELS = (PlanTerm, IntegratedProject, Programme, Placement, SharedBudget, Goal, GoalActual)


def test_what_the_documents_tell_is_there_once():
    told = install_structure(by=None)
    counts = [model.objects.count() for model in MODELS]
    assert [IntegratedProject.objects.filter(term__number=number).count() for number in (1, 2, 3)] == [9, 6, 8]
    assert all(counts)
    install_structure(by=None)
    assert [model.objects.count() for model in MODELS] == counts
    assert GoalActual.objects.get(goal__code="drug-licences", as_of="2020-03-31", cumulative=True).value == 225
    assert sum(one.yen for one in published_budgets(told)) == 95_940_000_000


def test_the_published_totals_of_2019_come_out_of_the_ledger():
    """Project by project: what counts in it to the yen, and with what it shows again the printed total."""
    told = install_structure(by=None)
    post_budgets(published_budgets(told), by=None)
    year = book(2019, 1)
    for project in IntegratedProject.objects.filter(term__number=1):
        line = year.projects[project.pk]
        assert sum(line.budgeted.values()) == counted_yen(told, project.code, 2019), project.code
        shown = sum(line.budgeted.values()) + line.shown_again
        assert shown == shown_yen(told, project.code, 2019), project.code
        printed = next(one for one in told.project_budgets if one.project == project.code)
        assert abs(printed.agency_yen - shown) <= printed.printed_unit_yen // 2, project.code
    assert year.projects.get(None) is None
    assert sum(year.total.budgeted.values()) == 95_940_000_000
    assert list(ledger_faults()) == []
    assert list(faults()) == []
    for number in (2, 3):  # every yen under every term's scheme
        assert sum(sum(line.budgeted.values()) for line in book(2019, number).projects.values()) == 95_940_000_000
