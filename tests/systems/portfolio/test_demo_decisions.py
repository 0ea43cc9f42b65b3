"""The demo agency has decided something: rounds, stage gates, a collection; made once, and marked as made up."""

import pytest

from kakehashi.systems.portfolio.adjustment.afterwards import what_came
from kakehashi.systems.portfolio.adjustment.choosing import problem_of, standing
from kakehashi.systems.portfolio.demo.agency import make_agency
from kakehashi.systems.portfolio.demo.decisions import make_decisions
from kakehashi.systems.portfolio.demo.elsewhere import make_collection
from kakehashi.systems.portfolio.models import (
    AdjustmentRequest,
    AdjustmentRound,
    CollectedAward,
    FaultKind,
    ImportFault,
    Milestone,
    OutcomeReview,
    Output,
)
from kakehashi.systems.portfolio.reconciling import faults
from tests.systems.portfolio.adjustment.funds import staff

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_what_the_demo_agency_decided_is_made_once_and_marked():
    make_agency(share=0.02)
    assert not make_decisions()
    staff()
    assert make_decisions()
    assert not make_decisions()
    assert set(AdjustmentRound.objects.values_list("state", flat=True)) == {"decided", "scoring", "open", "closed"}
    funded = AdjustmentRound.objects.get(state="closed")
    assert funded.fiscal_year < AdjustmentRound.objects.get(state="decided").fiscal_year
    told = what_came(funded.requests.all())
    assert told
    for one in funded.requests.filter(state="funded"):
        assert one.reviews.exists(), one.code
        assert told[one.pk].since < min(review.on for review in one.reviews.all())
    assert not OutcomeReview.objects.exclude(findings__contains="made up").exists()
    decided, scored = (AdjustmentRound.objects.get(state=state) for state in ("decided", "scoring"))
    assert decided.decided_points < decided.best_points
    assert standing(problem_of(scored)).choice.total_yen <= scored.budget_yen
    assert set(Milestone.objects.values_list("state", flat=True)) == {"planned", "held", "go", "no_go"}
    assert not Milestone.objects.exclude(name__contains="made up").exists()
    assert not AdjustmentRequest.objects.exclude(reasons__contains="made up", effects__contains="made up").exists()
    assert Output.objects.filter(state="expected").count() == 2
    assert not list(faults())


def test_another_funders_awards_are_collected_once_with_what_is_wrong_in_them():
    assert make_collection()
    assert not make_collection()
    assert 0 < CollectedAward.objects.count() < 60
    assert {FaultKind.CLAIMS_MORE, FaultKind.UNREADABLE} <= set(ImportFault.objects.values_list("kind", flat=True))
