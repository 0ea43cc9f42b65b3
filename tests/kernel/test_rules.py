"""Rules answer with every failing reason, deny by default, and speak both languages."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.kernel.errors import NotAllowed
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.people.rules import holds_role, member_of_holder
from kakehashi.kernel.rules import ALLOWED, Reason, Verdict, denied, ensure, logged_in, nobody, rule


class Someone:
    is_active = True
    is_authenticated = True


@rule("never", "Never.")
def never(person):
    return False


@rule("not_even", "The number is odd.", because="The number is even.")
def even(person, number):
    return number % 2 == 0


@rule("broken", "This rule forgot to answer.")
def forgetful(person):
    return None


def test_and_keeps_every_failing_reason():
    verdict = (never & even)(Someone(), 3)
    assert not verdict
    assert verdict.codes == ("never", "not_even")


def test_or_keeps_only_the_reason_that_allows():
    assert (never | even)(Someone(), 2) == Verdict(True, (Reason("even", "The number is even."),))
    assert (never | even)(Someone(), 3).codes == ("never", "not_even")


def test_not_turns_the_verdict_and_names_the_rule():
    assert (~never)(Someone())
    refusal = (~even)(Someone(), 2)
    assert refusal.codes == ("not_even",)
    assert "even" in refusal.text
    assert even.negated("Odd numbers only.")(Someone(), 2).text == "Odd numbers only."


def test_no_answer_no_person_and_no_rule_deny():
    assert not forgetful(Someone())
    assert not even(None, 2)
    assert not nobody(Someone())
    assert not logged_in(None)
    retired = Someone()
    retired.is_active = False
    assert not logged_in(retired)


def test_ensure_raises_with_all_reasons():
    with pytest.raises(NotAllowed) as caught:
        ensure((never & even)(Someone(), 1))
    assert [reason["code"] for reason in caught.value.problem()["reasons"]] == ["never", "not_even"]
    ensure(ALLOWED)


def test_reasons_come_in_both_languages():
    verdict = logged_in(None)
    with translation.override("ja"):
        japanese = verdict.text
    with translation.override("en"):
        assert verdict.text == "Log in first."
    assert japanese == "先にログインしてください。"


verdicts = st.builds(
    lambda allowed, code: ALLOWED if allowed else denied(code, code), st.booleans(), st.sampled_from("abcd")
)


@given(verdicts, verdicts, verdicts)
def test_verdicts_compose_like_booleans(a, b, c):
    assert bool(a & b) == (bool(a) and bool(b))
    assert bool(a | b) == (bool(a) or bool(b))
    assert (a & b) & c == a & (b & c)
    assert (a | b) | c == a | (b | c)
    failing = {code for verdict in (a, b, c) if not verdict for code in verdict.codes}
    assert set((a & b & c).codes) == failing


@pytest.mark.parametrize("held", list(Role))
def test_role_matrix(held, hospital, other_hospital, make_person):
    person = make_person(hospital, held)
    for asked in Role:
        assert bool(holds_role(asked)(person, hospital)) == (asked == held)
        assert not holds_role(asked)(person, other_hospital)
        assert not holds_role(asked)(person, None)
    assert member_of_holder(person, hospital)
    assert not member_of_holder(person, other_hospital)
