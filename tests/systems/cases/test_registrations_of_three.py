"""One patient at three hospitals or more: joined only as far as nobody contradicts, and taken apart when one leaves."""

from itertools import permutations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.sharing.states import Level, Reach
from kakehashi.systems.cases import terms
from kakehashi.systems.cases.actions import withdraw_case
from kakehashi.systems.cases.linkage import actions, queries
from kakehashi.systems.cases.linkage.queries import suspicions_of
from kakehashi.systems.cases.linkage.registrations import draw_registrations
from kakehashi.systems.cases.matching.shared import find_elsewhere
from kakehashi.systems.cases.models import Case, SamePatient, SuspicionSide
from tests.systems.cases.several import colleague, confirmed, counted, entered, ours, say, suspect, theirs

__all__ = ["colleague", "confirmed", "ours", "theirs"]

pytestmark = pytest.mark.django_db
OTHERWISE = ["say_different", "cannot_say", None]


@pytest.fixture
def third_hospital(db):
    return Organisation.objects.create(code="NISHI", name="西病院", name_en="West Hospital")


@pytest.fixture
def third(third_hospital, make_person):
    """A case of a third hospital, registered before the others, and who works on it."""
    person = make_person(third_hospital, "clinician")
    return entered(person, third_hospital, "U-5", days_ago=30), person


def narrow(case, by):
    shown = terms.Terms(Reach.INSTITUTION, Level.MATCHING)
    terms.set_terms(by=by, case=case, terms=shown, consent=terms.attested(Reach.INSTITUTION))


def page_of(client, person, case, language):
    client.force_login(person)
    return client.get(reverse("cases:same_patient", args=[case.public_id]), headers={"accept-language": language}).text


@pytest.mark.parametrize("move", OTHERWISE)
def test_two_confirmations_join_no_two_cases_of_which_it_was_not_confirmed(
    ours, theirs, third, clinician, colleague, move
):
    u, by = third
    say(suspect(ours, theirs), (ours, clinician), (theirs, colleague))
    asked = suspect(ours, u)
    if move is not None:
        say(asked, (ours, clinician), (u, by), move=move)
    elsewhere = len(find_elsewhere(clinician, ours))
    later = suspect(theirs, u)
    say(later, (theirs, colleague), (u, by))
    assert counted() == {"T-77", "U-5"}, "what was confirmed first stands"
    assert len(find_elsewhere(clinician, ours)) == elsewhere
    assert queries.counts()["contradicted"] == 1
    assert {one.counted for one in suspicions_of(by, u)} == {""}
    say(asked, (ours, clinician), (u, by))
    assert counted() == {"U-5"}
    assert queries.counts()["contradicted"] == 0


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_however_it_is_drawn_no_group_holds_a_refuted_pair(ours, theirs, third, clinician, colleague, order):
    people = {ours: clinician, theirs: colleague, third[0]: third[1]}
    first, second, last = ([*people][number] for number in order)
    for one, other, move in ((first, second, "say_same"), (first, last, "say_different"), (second, last, "say_same")):
        say(suspect(one, other), (one, people[one]), (other, people[other]), move=move)
    drawn = dict(SamePatient.objects.values_list("case_id", "counted_id"))
    assert drawn.keys() == {first.pk, second.pk}
    SamePatient.objects.all().delete()
    assert draw_registrations() == 2
    assert dict(SamePatient.objects.values_list("case_id", "counted_id")) == drawn


def test_cases_never_suspected_of_each_other_are_one_patient_by_a_third_until_it_is_withdrawn(
    ours, theirs, clinician, colleague, hospital
):
    again = entered(clinician, hospital, "S-2", days_ago=5)
    for one, other in ((ours, theirs), (again, theirs)):
        say(suspect(one, other), (one, clinician), (other, colleague))
    assert counted() == {"T-77"}
    withdraw_case(by=colleague, case=theirs, note="entered by mistake")
    say(suspect(ours, again))
    assert counted() == {"S-1", "S-2"}
    assert queries.counts()["contradicted"] == 0


@pytest.mark.parametrize(
    ("language", "untrue", "neutral"),
    [("en", "at the other institution", "unless another answer"), ("ja", "相手機関の登録として", "矛盾しないかぎり")],
)
def test_side_reads_nothing_of_a_registration_that_it_may_not_know(
    confirmed, ours, theirs, third, clinician, colleague, client, language, untrue, neutral
):
    u, by = third
    say(suspect(theirs, u), (theirs, colleague), (u, by))
    narrow(u, by)
    assert counted() == {"U-5"}
    assert [one.counted for one in suspicions_of(clinician, ours)] == [""]
    text = page_of(client, clinician, ours, language)
    assert untrue not in text
    assert neutral in text
    assert "U-5" not in text


def test_record_that_both_would_keep_counts_before_an_earlier_one_of_a_third(
    confirmed, ours, theirs, third, clinician, colleague
):
    u, by = third
    say(suspect(theirs, u), (theirs, colleague), (u, by))
    actions.say_keep(by=clinician, case=ours, suspicion_id=confirmed.pk, keep="ours")
    assert counted() == {"U-5"}
    actions.say_keep(by=colleague, case=theirs, suspicion_id=confirmed.pk, keep="theirs")
    assert counted() == {"S-1"}
    assert [one.counted for one in suspicions_of(clinician, ours)] == ["ours"]


@pytest.mark.parametrize(
    ("language", "said"), [("en", "at another registration of your institution"), ("ja", "貴機関の別の登録として")]
)
def test_own_institutions_other_registration_is_not_called_the_other_institutions(
    ours, theirs, clinician, colleague, hospital, client, language, said
):
    earlier = entered(clinician, hospital, "S-2", days_ago=40)
    for one in (ours, earlier):
        say(suspect(one, theirs), (one, clinician), (theirs, colleague))
    assert counted() == {"S-2"}
    assert [one.counted for one in suspicions_of(clinician, ours)] == ["own"]
    assert said in page_of(client, clinician, ours, language)


@pytest.mark.parametrize("how", ["withdrawn", "narrowed"])
@pytest.mark.parametrize(
    ("language", "said", "never"),
    [("en", "you can take it back", "Message to the other institution"), ("ja", "取り消す", "相手機関へのメッセージ")],
)
def test_answer_can_be_taken_back_by_either_side_without_a_word_of_the_other_case(
    confirmed, ours, theirs, clinician, colleague, client, how, language, said, never
):
    actions.write_note(by=colleague, case=theirs, suspicion_id=confirmed.pk, text="We see her every month.")
    if how == "withdrawn":
        withdraw_case(by=colleague, case=theirs, note="entered by mistake")
    else:
        narrow(theirs, colleague)
    for person, case in ((clinician, ours), (colleague, theirs)):
        (seen,) = suspicions_of(person, Case.objects.get(pk=case.pk))
        assert (seen.outcome, seen.theirs, seen.institution, seen.notes, seen.reasons) == ("hidden", None, "", (), ())
        text = page_of(client, person, case, language)
        assert said in text
        for word in (never, "every month", "Hospital in", "say_same"):
            assert word not in text
        (told,) = client.get("/api/same-patients").json()
        assert (told["outcome"], told["theirs"], told["notes"]) == ("hidden", None, [])
        for refused in (
            lambda person=person, case=case: actions.write_note(
                by=person, case=case, suspicion_id=confirmed.pk, text="Who is it?"
            ),
            lambda person=person, case=case: actions.say_keep(
                by=person, case=case, suspicion_id=confirmed.pk, keep="ours"
            ),
            lambda person=person, case=case: actions.answer(
                by=person, case=case, suspicion_id=confirmed.pk, move="say_same"
            ),
        ):
            with pytest.raises(NotFound):
                refused()
    assert SamePatient.objects.count() == 2
    say(confirmed, (ours, clinician), move="say_different")
    assert not SamePatient.objects.exists()


def test_side_that_never_answered_learns_nothing_of_a_case_that_it_may_not_know(ours, theirs, clinician, colleague):
    made = suspect(ours, theirs)
    say(made, (theirs, colleague))
    narrow(theirs, colleague)
    assert suspicions_of(clinician, ours) == []
    for move in ("say_same", "say_different"):
        with pytest.raises(NotFound):
            actions.answer(by=clinician, case=ours, suspicion_id=made.pk, move=move)


def test_answer_is_recorded_after_all_that_it_changes(ours, theirs, clinician, colleague):
    made = suspect(ours, theirs)
    say(made, (ours, clinician))
    with CaptureQueriesContext(connection) as asked:
        actions.answer(by=colleague, case=theirs, suspicion_id=made.pk, move="say_same")
    said = [one["sql"] for one in asked.captured_queries if one["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]
    drawn = max(number for number, sql in enumerate(said) if "samepatient" in sql or "cases_consultation" in sql)
    recorded = min(number for number, sql in enumerate(said) if "audit_" in sql)
    assert drawn < recorded, "all who record wait from there on"


def test_answer_draws_its_own_patient_alone(confirmed, clinician, colleague, hospital, other_hospital):
    """As many statements and rows, however many others are confirmed."""

    def asked():
        one, other = (
            entered(clinician, hospital, f"S-{Case.objects.count()}"),
            entered(colleague, other_hospital, f"T-{Case.objects.count()}"),
        )
        made = suspect(one, other)
        say(made, (one, clinician))
        with CaptureQueriesContext(connection) as captured:
            actions.answer(by=colleague, case=other, suspicion_id=made.pk, move="say_same")
        return len(captured)

    first = asked()
    for _more in range(3):
        assert asked() == first
    SamePatient.objects.exclude(case__suspicion_sides__suspicion=confirmed).delete()
    assert (
        draw_registrations(list(SuspicionSide.objects.filter(suspicion=confirmed).values_list("case", flat=True))) == 0
    )
