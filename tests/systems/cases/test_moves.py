"""Who may do what with a case: every role × state × move and every read, generated from the tables."""

from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, NotAllowed, NotFound
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.sharing.actions import Terms, add_network, join_network
from kakehashi.kernel.sharing.models import Grant, NetworkRole
from kakehashi.kernel.sharing.states import Reach
from kakehashi.kernel.workflow import advance, every_combination, moves_available
from kakehashi.systems.cases.actions import edit_case, enter_case, register_case
from kakehashi.systems.cases.course import analyses
from kakehashi.systems.cases.course.analyses import analyses_awaiting
from kakehashi.systems.cases.course.committee import reviews_awaiting
from kakehashi.systems.cases.course.grants import give_access
from kakehashi.systems.cases.course.timeline import timeline_of
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.models import Analysis, Case, CaseDiagnosis, Review
from kakehashi.systems.cases.queries import case_for, visible_cases
from kakehashi.systems.cases.rules import may_edit, may_see
from kakehashi.systems.cases.states import CaseState
from kakehashi.systems.cases.terms import attested, set_terms
from kakehashi.systems.cases.workflow import CASE_FLOW

pytestmark = pytest.mark.django_db

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
WHO = [*product(Role, ("own", "other")), (None, "none")]  # whoever belongs nowhere has no role


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


def test_memberships_are_read_once_for_all_moves(case, clinician):
    with CaptureQueriesContext(connection) as asked:
        assert len(moves_available(case, clinician)) > 2
    read = [query for query in asked.captured_queries if 'FROM "people_membership"' in query["sql"]]
    assert len(read) == 1


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


@pytest.fixture
def under_way(draft, clinician, hospital):
    """The case within the network's reach, sent to a centre and put before a hub's committee: (centre, hub)."""
    set_terms(by=clinician, case=draft, terms=Terms(Reach.NETWORK), consent=attested(Reach.NETWORK))
    network = add_network(by=None, code="irud", name="未診断疾患")
    centre = Organisation.objects.create(code="CENTRE", name="解析センター")
    hub = Organisation.objects.create(code="HUB", name="拠点病院")
    join_network(by=None, network=network, organisation=centre, role=NetworkRole.ANALYSIS)
    join_network(by=None, network=network, organisation=hub, role=NetworkRole.HUB)
    join_network(by=None, network=network, organisation=hospital, role=NetworkRole.COOPERATING, hub=hub)
    for open_one, to in ((Analysis(case=draft, centre=centre), centre), (Review(case=draft, organisation=hub), hub)):
        give_access(open_one, draft, to, by=clinician, reason="test")
        open_one.save()
    CaseDiagnosis.objects.create(case=draft, disease="OMIM:213300", catalogue="other")
    draft.refresh_from_db()
    return centre, hub


@pytest.mark.parametrize("combination", list(every_combination(CASE_FLOW)), ids=str)
def test_move_is_made_by_the_centre_and_the_hubs_committee_that_have_the_case(
    draft, under_way, hospital, make_person, combination
):
    move, case = combination.move, in_state(draft, combination.state)
    of_centre = {"record_analysis": WRITERS | {Role.RESEARCHER}}
    of_committee = {name: {Role.DIAGNOSIS_COMMITTEE} for name, roles in ALLOWED.items() if roles == DECIDERS}
    for place, allowed in zip(under_way, (of_centre, of_committee), strict=True):
        for role in Role:
            person = make_person(place, role)
            may = role in allowed.get(move.name, ())
            offered = move.name in [one.name for one in moves_available(case, person)]
            assert offered == (may and combination.possible), (role, place)
            if combination.possible:
                attempt(case, combination, person, may)
                case.refresh_from_db()
    if combination.possible:
        attempt(case, combination, make_person(hospital, Role.DIAGNOSIS_COMMITTEE), may=False)


@pytest.mark.parametrize(
    "combination",
    [
        one
        for one in every_combination(CASE_FLOW)
        if one.possible and one.move.name in {"close", "diagnose", "analyse_again", "withdraw"}
    ],
    ids=str,
)
def test_case_that_goes_on_leaves_nothing_open_behind(draft, under_way, clinician, make_person, combination):
    centre, hub = under_way
    researcher, member = make_person(centre, "researcher"), make_person(hub, "diagnosis_committee")
    case = advance(in_state(draft, combination.state), combination.move.name, by=clinician, note="because")
    review = case.reviews.get()
    assert (review.decision, review.grant) == ("taken_back", None)
    assert not reviews_awaiting(member).exists()
    assert not visible_cases(member).exists()
    if combination.move.name != "analyse_again":  # which goes on with the analysis
        assert case.analyses.get().called_back_on is not None
        assert not analyses_awaiting(researcher).exists()
        assert not visible_cases(researcher).exists()
        assert not Grant.in_force(timezone.localdate()).exists()
    assert "review_taken_back" in {one.code for one in timeline_of(clinician, case)}


def test_case_taken_up_again_after_its_analysis_ended_is_sent_anew(case, clinician):
    analyses.send_for_analysis(by=clinician, case=case)
    advance(case, "close", by=clinician, note="no time")
    again = advance(case, "reopen_closed", by=clinician, note="time again")
    assert again.state == CaseState.REGISTERED
    analyses.send_for_analysis(by=clinician, case=again)
    assert case.analyses.filter(called_back_on=None).count() == 1


@pytest.mark.parametrize(("role", "place"), WHO, ids=lambda value: str(value))
def test_case_is_read_and_edited_exactly_by_those_the_rules_name(draft, someone, role, place):
    person = someone(role, place)
    reads, writes = place == "own" and role in READERS, place == "own" and role in WRITERS
    for state in CaseState.values:
        is_read_and_edited(in_state(draft, state), person, reads, writes)


def is_read_and_edited(case, person, reads, writes):
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
