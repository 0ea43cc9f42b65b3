"""Outputs stand once, are credited to many awards, are taken back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.systems.portfolio.models import Credit, Output
from kakehashi.systems.portfolio.outputs import actions
from kakehashi.systems.portfolio.outputs.actions import NewOutput
from kakehashi.systems.portfolio.public import count_results
from tests.systems.portfolio.agency import make_agency

pytestmark = pytest.mark.django_db
PAPER = NewOutput("paper", "https://doi.org/10.5555/ABC", date(2019, 6, 1), title="論文", where="Journal")


@pytest.fixture
def agency():
    return make_agency()


def test_the_same_paper_twice_is_the_same_output(agency):
    made = actions.record_output(PAPER, agency.awards[:1], by=None)
    assert made.reference == "10.5555/abc"
    with pytest.raises(Conflict, match=r"10\.5555/abc"):
        actions.record_output(replace(PAPER, reference="DOI:10.5555/aBC"), agency.awards[1:], by=None)
    actions.credit_award(made, agency.awards[1], by=None)
    with pytest.raises(Conflict, match=agency.awards[1].number):
        actions.credit_award(made, agency.awards[1], by=None)
    assert Output.objects.get().credits.count() == 2


def test_what_is_wrong_is_said_at_its_field(agency):
    with pytest.raises(Invalid) as caught:
        actions.record_output(NewOutput("trial", "NCT1", date(2020, 1, 1), evidence_url="no"), [], by=None)
    assert set(caught.value.problems) == {"reference", "evidence_url", "awards"}
    with pytest.raises(Invalid) as caught:
        actions.record_output(NewOutput("diagnosis", "7", date(2020, 1, 1)), agency.awards, by=None)
    assert set(caught.value.problems) == {"kind"}
    with pytest.raises(Invalid) as caught:
        actions.record_output(NewOutput("nonsense", "7", date(2020, 1, 1)), agency.awards, by=None)
    assert set(caught.value.problems) == {"kind"}
    assert not Output.objects.exists()


def test_an_output_counts_for_its_awards_while_it_is_credited_and_stands(agency):
    one, other = agency.awards
    made = actions.record_output(PAPER, [one, other], by=None)
    actions.end_credit(made.credits.get(award=other), by=None, on=date(2019, 8, 1))
    with pytest.raises(Invalid):
        actions.take_back_output(made, by=None, reason=" ")
    actions.take_back_output(made, by=None, reason="撤回", on=date(2019, 9, 1))
    days = [date(2019, month, 1) for month in (5, 6, 8, 9)]
    assert [count_results(one.pk, "paper", on=day) for day in days] == [0, 1, 1, 0]
    assert [count_results(other.pk, "paper", on=day) for day in days] == [0, 1, 0, 0]
    assert "撤回" in Output.objects.get().evidence
    with pytest.raises(Conflict):
        actions.take_back_output(made, by=None, reason="また")
    with pytest.raises(Conflict):
        actions.end_credit(made.credits.get(award=other), by=None)


def test_what_is_expected_counts_from_the_day_it_is_there(agency):
    made = actions.record_output(replace(PAPER, sureness="expected"), agency.awards, by=None)
    assert count_results(agency.awards[0].pk, "paper") == 0
    actions.confirm_output(made, by=None, on=date(2020, 2, 1))
    assert count_results(agency.awards[0].pk, "paper", on=date(2020, 1, 31)) == 0
    assert count_results(agency.awards[0].pk, "paper", on=date(2020, 2, 1)) == 1
    with pytest.raises(Conflict):
        actions.confirm_output(made, by=None, on=date(2020, 2, 1))


def test_what_does_not_come_is_expected_no_longer_and_never_counts(agency):
    made = actions.record_output(replace(PAPER, sureness="expected"), agency.awards, by=None)
    gone = actions.take_back_output(made, by=None, reason="中止", on=date(2020, 1, 1))
    assert (gone.state, gone.taken_back_on, gone.evidence) == ("given_up", date(2020, 1, 1), "中止")
    assert count_results(agency.awards[0].pk, "paper", on=date(2019, 12, 1)) == 0
    with pytest.raises(Conflict):
        actions.confirm_output(made, by=None, on=date(2020, 2, 1))
    assert Output.objects.get().on == PAPER.on
    with pytest.raises(Invalid) as caught:
        actions.record_output(replace(PAPER, sureness="given_up"), agency.awards, by=None)
    assert set(caught.value.problems) == {"sureness"}


def test_a_diagnosis_is_left_to_its_case(agency):
    made = Output.objects.create(kind="diagnosis", reference="7", on=date(2019, 6, 1))
    credit = Credit.objects.create(output=made, award=agency.awards[0], since=made.on)
    for write in (
        lambda: actions.credit_award(made, agency.awards[1], by=None),
        lambda: actions.end_credit(credit, by=None),
        lambda: actions.take_back_output(made, by=None, reason="誤り"),
    ):
        with pytest.raises(Conflict):
            write()


def test_the_same_output_recorded_by_two_at_once_stands_once(agency, monkeypatch):
    made = actions.record_output(PAPER, agency.awards[:1], by=None)
    get, missed = QuerySet.get, []

    def too_early(rows, *given, **named):
        """The first look at outputs finds none, as before the other's commit."""
        if rows.model is Output and not missed:
            missed.append(1)
            raise Output.DoesNotExist
        return get(rows, *given, **named)

    monkeypatch.setattr(QuerySet, "get", too_early)
    with pytest.raises(Conflict, match=r"10\.5555/abc"):
        actions.record_output(PAPER, agency.awards, by=None)
    assert (Output.objects.get(), made.credits.count(), missed) == (made, 1, [1])


def test_only_what_is_expected_lies_ahead(agency):
    ahead = timezone.localdate() + timedelta(days=1)
    with pytest.raises(Invalid) as caught:
        actions.record_output(replace(PAPER, on=ahead), agency.awards, by=None)
    assert set(caught.value.problems) == {"on"}
    made = actions.record_output(replace(PAPER, on=ahead, sureness="expected"), agency.awards, by=None)
    with pytest.raises(Invalid) as caught:
        actions.confirm_output(made, by=None, on=ahead)
    assert set(caught.value.problems) == {"on"}
    actions.confirm_output(made, by=None, on=timezone.localdate())
