"""Who may do what with a case: every role × state × move and every read, generated from the tables."""

from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, NotAllowed, NotFound
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.workflow import advance, every_combination, moves_available
from kakehashi.systems.cases.actions import edit_case, enter_case, register_case
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.models import Case, CaseDiagnosis
from kakehashi.systems.cases.queries import case_for, visible_cases
from kakehashi.systems.cases.rules import may_edit, may_see
from kakehashi.systems.cases.states import CaseState
from kakehashi.systems.cases.workflow import CASE_FLOW

pytestmark = pytest.mark.django_db

PLACES = ("own", "other", "none")
READERS = {Role.CLINICIAN, Role.DATA_MANAGER, Role.DIAGNOSIS_COMMITTEE, Role.AUDITOR}
WRITERS = {Role.CLINICIAN, Role.DATA_MANAGER}
DECIDERS = WRITERS | {Role.DIAGNOSIS_COMMITTEE}
ALLOWED = {
    "register": WRITERS,
    "send_for_analysis": WRITERS,
    "call_back": WRITERS,
    "record_analysis": WRITERS,
    "analyse_again": DECIDERS,
    "diagnose": DECIDERS,
    "close": DECIDERS,
    "reopen_diagnosis": DECIDERS,
    "reopen_closed": DECIDERS,
    "withdraw": WRITERS,
    "restore": {Role.DATA_MANAGER},
    "reopen": {Role.DATA_MANAGER},
}
WHO = [(role, place) for role, place in product(Role, PLACES)]


@pytest.fixture
def someone(hospital, other_hospital, make_person):
    """someone(role, place): a person with the role at the case's hospital, at another one, or nowhere."""

    def make(role, place):
        where = {"own": hospital, "other": other_hospital, "none": None}[place]
        return make_person(where, role) if where else make_person()

    return make


def in_state(case, state):
    Case.objects.filter(pk=case.pk).update(state=state)
    case.refresh_from_db()
    return case


@pytest.mark.parametrize("combination", list(every_combination(CASE_FLOW)), ids=str)
def test_move_is_made_exactly_by_those_the_table_names(draft, clinician, someone, combination):
    move, case = combination.move, draft
    if move.name == "restore":  # only what was registered comes back registered
        register_case(by=clinician, case=draft)
    if move.name == "diagnose":
        CaseDiagnosis.objects.create(case=draft, disease="OMIM:213300", catalogue="other")
    in_state(case, combination.state)
    for role, place in WHO:
        person = someone(role, place)
        may = place == "own" and role in ALLOWED[move.name]
        offered = move.name in [one.name for one in moves_available(case, person)]
        assert offered == (may and combination.possible), (role, place)
        attempt(case, combination, person, may)
        case.refresh_from_db()
        assert case.state == combination.state


def attempt(case, combination, person, may):
    move = combination.move
    before = AuditEntry.objects.filter(outcome="refused").count()
    if not combination.possible:
        with pytest.raises(Conflict):
            advance(case, move.name, by=person, note="because")
    elif not may:
        with pytest.raises(NotAllowed):
            advance(case, move.name, by=person, note="because")
        assert AuditEntry.objects.filter(outcome="refused").count() == before + 1
    else:
        with transaction.atomic():
            advance(case, move.name, by=person, note="because")
            case.refresh_from_db()
            assert case.state in move.targets
            assert case.revisions.first().number == case.revision
            transaction.set_rollback(True)


@pytest.mark.parametrize("state", CaseState.values)
@pytest.mark.parametrize(("role", "place"), WHO, ids=lambda value: str(value))
def test_case_is_read_and_edited_exactly_by_those_the_rules_name(draft, someone, role, place, state):
    case = in_state(draft, state)
    person = someone(role, place)
    reads, writes = place == "own" and role in READERS, place == "own" and role in WRITERS
    assert bool(may_see(person, case)) == reads
    assert visible_cases(person).filter(pk=case.pk).exists() == reads
    assert bool(may_edit(person, case)) == writes
    if reads:
        assert case_for(person, case.public_id) == case
    else:
        with pytest.raises(NotFound):
            case_for(person, case.public_id)
    if not writes:
        with pytest.raises(NotAllowed):
            edit_case(by=person, case=case, description=Description(genes=("FBN1",)), from_revision=case.revision)
        case.refresh_from_db()
        assert case.described.genes == ("CEP290",)


def test_visitors_and_locked_out_people_see_nothing(case, clinician, hospital):
    assert not visible_cases(AnonymousUser()).exists()
    assert not visible_cases(None).exists()
    clinician.is_active = False
    assert not visible_cases(clinician).exists()
    with pytest.raises(NotAllowed):
        enter_case(by=clinician, organisation=hospital, local_id="N-9", description=Description(genes=("FBN1",)))
