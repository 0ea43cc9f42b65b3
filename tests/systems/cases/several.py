"""Registrations of one patient at several hospitals: entered, suspected, confirmed; for the tests of what follows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kakehashi.kernel.sharing.states import DataClass, Level, Reach
from kakehashi.systems.cases import terms
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Description, Finding
from kakehashi.systems.cases.linkage import actions
from kakehashi.systems.cases.models import Case, Suspicion, SuspicionSide
from kakehashi.systems.cases.outcomes.recounting import recount
from kakehashi.systems.cases.outcomes.tallies import Slice, counted_in
from kakehashi.systems.cases.outcomes.words import Step

FINDINGS = ("HP:0001305", "HP:0001274", "HP:0000319", "HP:0000519")
TODAY = timezone.localdate()


@pytest.fixture
def colleague(other_hospital, make_person):
    return make_person(other_hospital, "clinician", name="南田 実", name_en="Minoru Minamida")


def entered(by, organisation, local_id, level=Level.MATCHING, *, days_ago=0):
    said = Description(sex="female", findings=tuple(Finding(term=term) for term in FINDINGS), genes=("CEP290",))
    case = enter_case(by=by, organisation=organisation, local_id=local_id, description=said, register=True)
    kind = DataClass.OPEN if level == Level.WHOLE else DataClass.RESTRICTED
    shown = terms.Terms(Reach.ABROAD, level, kind)
    case = terms.set_terms(by=by, case=case, terms=shown, consent=terms.attested(Reach.ABROAD))
    Case.objects.filter(pk=case.pk).update(registered_on=TODAY - timedelta(days=days_ago))
    return case


@pytest.fixture
def ours(clinician, hospital):
    return entered(clinician, hospital, "S-1", days_ago=10)


@pytest.fixture
def theirs(colleague, other_hospital):
    return entered(colleague, other_hospital, "T-77", days_ago=20)


def suspect(one, other):
    first, second = sorted((one, other), key=lambda case: case.pk)
    made = Suspicion.objects.create(first=first, second=second, bits=30, told_at=timezone.now())
    SuspicionSide.objects.bulk_create(SuspicionSide(suspicion=made, case=case) for case in (first, second))
    return made


def say(suspicion, *sides, move="say_same"):
    for case, person in sides:
        actions.answer(by=person, case=case, suspicion_id=suspicion.pk, move=move)
    recount()


@pytest.fixture
def confirmed(ours, theirs, clinician, colleague):
    made = suspect(ours, theirs)
    say(made, (ours, clinician), (theirs, colleague))
    return made


def counted():
    """The pseudonyms of the cases that count."""
    return set(counted_in(Step.REGISTERED, Slice(TODAY)).values_list("local_id", flat=True))
