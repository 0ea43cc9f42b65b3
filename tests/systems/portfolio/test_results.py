"""What an award counts of the diagnoses of its cases, however often and in whichever order it hears of them."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.events.results import CaseDiagnosed, DiagnosisReopened
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.portfolio.actions import register_award
from kakehashi.systems.portfolio.handlers import count_diagnosis, take_diagnosis_back
from kakehashi.systems.portfolio.models import Award, Output
from kakehashi.systems.portfolio.public import count_results

pytestmark = pytest.mark.django_db


@pytest.fixture
def award():
    holder = Organisation.objects.create(code="univ", name="大学")
    days = {"begins": date(2026, 4, 1), "ends": date(2029, 3, 31)}
    return register_award(by=None, number="JP26", title="希少疾患", organisation=holder, **days)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_results_are_the_same_in_any_order_and_told_twice(award, order):
    made = CaseDiagnosed(1, 7, award.organisation_id, award.pk, date(2026, 5, 1))
    gone = DiagnosisReopened(1, 7, award.organisation_id, award.pk, date(2026, 6, 1))
    tellings = [(count_diagnosis, made), (take_diagnosis_back, gone), (count_diagnosis, made)]
    for place in order:
        handler, event = tellings[place]
        handler(event)
    row = Output.objects.get()
    assert (row.on, row.taken_back_on) == (date(2026, 5, 1), date(2026, 6, 1))
    counted = [count_results(award.pk, on=day) for day in (date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 1))]
    assert counted == [0, 1, 0]


def test_case_without_an_award_counts_for_none(award):
    count_diagnosis(CaseDiagnosed(1, 7, award.organisation_id, None, date(2026, 5, 1)))
    take_diagnosis_back(DiagnosisReopened(1, 7, award.organisation_id, None, date(2026, 5, 1)))
    assert not Output.objects.exists()


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_diagnosis_of_a_case_brought_back_counts_again_in_any_order(award, order):
    made = CaseDiagnosed(1, 7, award.organisation_id, award.pk, date(2026, 5, 1), 2)
    gone = DiagnosisReopened(1, 7, award.organisation_id, award.pk, date(2026, 6, 1), 4)
    back = CaseDiagnosed(1, 7, award.organisation_id, award.pk, date(2026, 5, 1), 5)
    tellings = [(count_diagnosis, made), (take_diagnosis_back, gone), (count_diagnosis, back), (count_diagnosis, made)]
    for place in order:
        handler, event = tellings[place]
        handler(event)
    assert [count_results(award.pk, on=day) for day in (date(2026, 4, 30), date(2026, 6, 1))] == [0, 1]
    gone_again = DiagnosisReopened(1, 7, award.organisation_id, award.pk, date(2026, 7, 1), 7)
    for _time in range(2):
        take_diagnosis_back(gone_again)
    assert [count_results(award.pk, on=day) for day in (date(2026, 6, 30), date(2026, 7, 1))] == [1, 0]


@pytest.mark.parametrize("reopened", [False, True])
@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_an_award_named_later_counts_instead_in_any_order(award, order, reopened):
    days = {"begins": award.begins, "ends": award.ends}
    other = register_award(by=None, number="JP27", title="別の課題", organisation=award.organisation, **days)
    made = CaseDiagnosed(1, 7, award.organisation_id, award.pk, date(2026, 5, 1), 2)
    moved = CaseDiagnosed(1, 7, award.organisation_id, other.pk, date(2026, 5, 1), 5)
    gone = DiagnosisReopened(1, 7, award.organisation_id, other.pk, date(2026, 6, 1), 6)
    last = (take_diagnosis_back, gone) if reopened else (count_diagnosis, moved)
    tellings = [(count_diagnosis, made), (count_diagnosis, moved), (count_diagnosis, made), last]
    for place in order:
        handler, event = tellings[place]
        handler(event)
    assert Output.objects.get().awards.get() == other
    on = lambda paid, day: count_results(paid.pk, on=day)  # noqa: E731
    assert [on(award, date(2026, 5, 31)), on(other, date(2026, 5, 31))] == [0, 1]
    assert on(other, date(2026, 6, 1)) == (0 if reopened else 1)


told = st.lists(st.tuples(st.booleans(), st.integers(0, 1), st.integers(0, 40)), min_size=1, max_size=5).flatmap(
    lambda history: st.tuples(st.just(history), st.permutations(range(len(history))))
)


@given(told)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_order_the_latest_revision_stands(award, told):
    """Each of a history's events is of a later revision than the one before."""
    history, order = told
    days = {"begins": award.begins, "ends": award.ends}
    other, _made = Award.objects.get_or_create(
        number="JP27", defaults={"title": "t", "organisation": award.organisation, **days}
    )
    events = [
        (CaseDiagnosed if made else DiagnosisReopened)(
            1, 7, award.organisation_id, (award, other)[which].pk, date(2026, 5, 1) + timedelta(days=day), revision
        )
        for revision, (made, which, day) in enumerate(history, 1)
    ]
    with transaction.atomic():
        for place in order:
            event = events[place]
            (count_diagnosis if isinstance(event, CaseDiagnosed) else take_diagnosis_back)(event)
        row, last = Output.objects.get(), events[-1]
        assert row.credits.get().award_id == last.award_id
        assert (row.state == "final") == isinstance(last, CaseDiagnosed)
        assert (row.taken_back_on is None) == isinstance(last, CaseDiagnosed)
        diagnosed = [one for one in events if isinstance(one, CaseDiagnosed)]
        if diagnosed:
            assert row.on == row.credits.get().since == diagnosed[-1].on
        assert AuditEntry.objects.filter(action="output.diagnosed", subject_id=str(row.pk)).exists()
        transaction.set_rollback(True)


def test_what_changes_nothing_leaves_no_trail(award):
    made = CaseDiagnosed(1, 7, award.organisation_id, award.pk, date(2026, 6, 1), 3)
    count_diagnosis(made)
    before = AuditEntry.objects.count()
    count_diagnosis(replace(made, on=date(2026, 5, 1), revision=1))
    count_diagnosis(made)
    assert AuditEntry.objects.count() == before
    assert Output.objects.get().on == date(2026, 6, 1)
