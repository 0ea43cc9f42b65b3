"""From a family's consultation to a diagnosis: consultation, referral, analysis centre, committee."""

from datetime import timedelta
from itertools import product

import pytest
from django.urls import reverse
from django.utils import timezone

from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from kakehashi.kernel.notices.models import Notice
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.sharing.actions import Terms, add_network, join_network, opt_out
from kakehashi.kernel.sharing.models import Grant, NetworkRole
from kakehashi.kernel.sharing.states import Level, Reach
from kakehashi.kernel.workflow import advance, every_combination, moves_available
from kakehashi.systems.cases import rules, solved
from kakehashi.systems.cases.actions import enter_case, withdraw_case
from kakehashi.systems.cases.course import analyses, committee, consultations, referrals
from kakehashi.systems.cases.course.diagnoses import NewDiagnosis
from kakehashi.systems.cases.course.referrals import REFERRAL_FLOW
from kakehashi.systems.cases.course.states import AnalysisKind, PhenotypeGroup, ReferralState, ReviewDecision, Route
from kakehashi.systems.cases.matching import shared as shared_cases
from kakehashi.systems.cases.matching import similar
from kakehashi.systems.cases.matching.matched import Sight
from kakehashi.systems.cases.models import Case, Consultation, Referral
from kakehashi.systems.cases.pages.tabs import registered_tabs
from kakehashi.systems.cases.public import case_summary, record_diagnosis
from kakehashi.systems.cases.queries import case_for, usable_cases, visible_cases
from kakehashi.systems.cases.terms import attested, set_terms

pytestmark = pytest.mark.django_db
PLACES = ("referring", "hub", "none")


@pytest.fixture
def network(hospital, other_hospital):
    """The other hospital is the hub and the analysis centre's neighbour of the first."""
    made = add_network(by=None, code="irud", name="未診断疾患", name_en="Undiagnosed diseases")
    join_network(by=None, network=made, organisation=other_hospital, role=NetworkRole.HUB)
    join_network(by=None, network=made, organisation=hospital, role=NetworkRole.COOPERATING, hub=other_hospital)
    return made


@pytest.fixture
def hub(network, other_hospital):
    return other_hospital


@pytest.fixture
def colleague(hub, make_person):
    return make_person(hub, "clinician")


@pytest.fixture
def shared(case, clinician):
    """The case within the network's reach, on a consent."""
    return set_terms(by=clinician, case=case, terms=Terms(Reach.NETWORK), consent=attested(Reach.NETWORK))


@pytest.fixture
def family(hospital, clinician):
    return consultations.enter_consultation(
        by=clinician, organisation=hospital, local_id="F-1", phenotype_group=PhenotypeGroup.NERVOUS
    )


@pytest.fixture
def referral(family, hub, clinician):
    return referrals.refer(by=clinician, consultation=family, hub=hub, note="please take on")


# --- consultations ------------------------------------------------------------------------------------------------


def test_consultation_is_settled_or_leads_to_a_case_never_both(family, clinician, case):
    settled = consultations.settle_consultation(by=clinician, consultation=family)
    assert settled.route == Route.SETTLED
    led = consultations.lead_to_case(by=clinician, consultation=settled, case=case)
    assert (led.route, led.case) == (Route.DIRECT, case)
    with pytest.raises(Conflict):
        consultations.settle_consultation(by=clinician, consultation=led)


def test_consultation_faults_are_named(hospital, clinician, family, make_person, other_hospital):
    enter = consultations.enter_consultation
    with pytest.raises(Invalid) as wrong:
        enter(
            by=clinician,
            organisation=hospital,
            local_id=" ",
            consulted_on=timezone.localdate() + timedelta(days=1),
            route=Route.REFERRED,
        )
    assert set(wrong.value.problems) == {"local_id", "consulted_on", "route"}
    with pytest.raises(Invalid):
        enter(by=clinician, organisation=hospital, local_id="F-1")
    with pytest.raises(NotAllowed):
        enter(by=clinician, organisation=other_hospital, local_id="F-2")
    with pytest.raises(NotFound):
        consultations.consultation_for(make_person(other_hospital, "clinician"), family.pk)


def test_case_of_a_stranger_is_not_what_a_consultation_led_to(family, other_hospital, make_person, worked_example):
    stranger = make_person(other_hospital, "clinician")
    other = enter_case(by=stranger, organisation=other_hospital, local_id="X", description=worked_example)
    with pytest.raises(Invalid):
        consultations.lead_to_case(by=stranger, consultation=family, case=other)


# --- referrals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("combination", list(every_combination(REFERRAL_FLOW)), ids=str)
def test_referral_moves_exactly_as_the_table_says(referral, hospital, hub, make_person, combination):
    move = combination.move
    side = "referring" if move.name == "take_back" else "hub"
    for role, place in product(Role, PLACES):
        Referral.objects.filter(pk=referral.pk).update(state=combination.state)
        referral.refresh_from_db()
        where = {"referring": hospital, "hub": hub, "none": None}[place]
        person = make_person(where, role) if where else make_person()
        may = place == side and role in {Role.CLINICIAN, Role.DATA_MANAGER}
        assert (move in moves_available(referral, person)) == (may and combination.possible)
        if may and combination.possible:
            assert advance(referral, move.name, by=person, note="x").state == move.target
        else:
            with pytest.raises(NotAllowed if combination.possible else Conflict):
                advance(referral, move.name, by=person, note="x")


def test_hub_sees_a_referred_case_until_it_declines(shared, hub, clinician, colleague):
    assert not visible_cases(colleague).exists()
    sent = referrals.refer_case(by=clinician, case=shared, hub=hub, note="please")
    assert case_for(colleague, shared.public_id) == shared
    assert list(referrals.referrals_awaiting(colleague)) == [sent]
    advance(sent, "accept", by=colleague)
    assert visible_cases(colleague).exists()
    advance(sent, "answer", by=colleague, note="ask for an exome")
    assert not visible_cases(colleague).exists()
    assert Notice.objects.filter(person=clinician, kind="referral").count() == 2
    assert Consultation.objects.get().route == Route.REFERRED


@pytest.mark.parametrize("move", ["decline", "take_back"])
def test_declined_or_taken_back_a_referral_shows_nothing_any_more(shared, hub, clinician, colleague, move):
    sent = referrals.refer_case(by=clinician, case=shared, hub=hub, note="please")
    advance(sent, move, by=colleague if move == "decline" else clinician, note="no")
    assert not visible_cases(colleague).exists()
    assert not Grant.in_force(timezone.localdate()).exists()


def test_referral_shows_the_case_for_care_whatever_is_said_of_sharing(case, hub, clinician, colleague, make_person):
    opt_out(by=None, record=case, reason="by telephone")
    researcher = make_person(hub, "auditor")
    sent = referrals.refer_case(by=clinician, case=case, hub=hub, note="please")
    assert (case.reach, case.consent_from) == (Reach.INSTITUTION, None)
    assert visible_cases(colleague).get() == case
    assert rules.may_see(colleague, case)
    assert not rules.may_see(researcher, case)  # who takes no part in care
    withdraw_case(by=clinician, case=case, note="asked for")
    withdrawn = Case.objects.get()
    assert not rules.may_see(colleague, withdrawn)
    assert not visible_cases(colleague).exists()
    assert referrals.referral_for(colleague, sent.public_id) == sent


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("where", ["home", "hub", "elsewhere"])
@pytest.mark.parametrize("within", [Reach.INSTITUTION, Reach.NETWORK])
def test_what_may_be_opened_and_used_is_filtered_as_it_is_decided(
    role, where, within, case, hospital, hub, clinician, make_person
):
    set_terms(by=clinician, case=case, terms=Terms(within), consent=attested(Reach.NETWORK))
    elsewhere = Organisation.objects.create(code="ELSE", name="別の病院")
    person = make_person({"home": hospital, "hub": hub, "elsewhere": elsewhere}[where], role)
    referrals.refer_case(by=clinician, case=case, hub=hub, note="please")
    case = Case.objects.get()
    opened, used = bool(rules.may_see(person, case)), bool(rules.may_use(person, case))
    assert visible_cases(person).exists() == opened
    assert usable_cases(person).exists() == used
    reads, treats = role in rules.READERS, role in (*rules.AT_CENTRES, Role.DIAGNOSIS_COMMITTEE)
    assert used == (where == "home" and reads)
    assert opened == (used or (where == "hub" and treats))


def test_a_case_seen_for_care_is_in_no_search_match_or_answer_to_other_nodes(
    client, case, hub, clinician, colleague, worked_example
):
    ours = enter_case(by=colleague, organisation=hub, local_id="H-1", description=worked_example, register=True)
    record_diagnosis(by=clinician, case_id=case.pk, diagnosis=FOUND)
    referrals.refer_case(by=clinician, case=case, hub=hub, note="please")
    assert case in visible_cases(colleague)
    assert [one.case for one in similar.find_similar(colleague, worked_example)] == [ours]
    assert shared_cases.find_elsewhere(colleague, ours) == []
    assert solved.beside(colleague, ours) is None
    known = Sight(colleague).known_others([(ours.pk, case.pk)])[ours.pk, case.pk]
    assert (known.level, known.public_id) == (Level.NOTHING, "")
    with pytest.raises(NotAllowed):
        case_summary(colleague, case.public_id)
    client.force_login(colleague)
    page = client.get(reverse("cases:show", args=[case.public_id]))
    assert page.status_code == 200
    assert all(reverse(tab.view, args=[case.public_id]) not in page.text for tab in registered_tabs())
    client.force_login(clinician)
    said = client.get(reverse("cases:sharing", args=[case.public_id]), headers={"accept-language": "en"}).text
    care = said.partition("For the care of this patient")[2]
    assert hub.label("en") in care
    assert "The patient was referred to the institution" in care


def test_case_made_later_is_opened_to_the_hub(referral, family, shared, clinician, colleague):
    consultations.lead_to_case(by=clinician, consultation=family, case=shared)
    assert not visible_cases(colleague).exists()
    referrals.open_to_hub(by=clinician, case=shared)
    assert visible_cases(colleague).get() == shared


def test_referral_faults(family, hospital, hub, clinician, make_person, referral):
    with pytest.raises(Conflict):
        referrals.refer(by=clinician, consultation=family, hub=hub, note="again")
    with pytest.raises(Invalid) as wrong:
        referrals.refer(by=clinician, consultation=family, hub=hospital, note=" ")
    assert set(wrong.value.problems) == {"hub", "note"}
    with pytest.raises(Conflict):
        consultations.settle_consultation(by=clinician, consultation=family)
    with pytest.raises(NotFound):
        referrals.referral_for(make_person(), referral.public_id)


def test_hub_registers_the_family_it_accepted(referral, family, hub, colleague, worked_example):
    advance(referral, "accept", by=colleague)
    made = enter_case(by=colleague, organisation=hub, local_id="H-1", description=worked_example)
    assert consultations.lead_to_case(by=colleague, consultation=family, case=made).case == made


# --- analyses -----------------------------------------------------------------------------------------------------


@pytest.fixture
def centre(network, make_person):
    made = Organisation.objects.create(code="CENTRE", name="解析センター", name_en="Analysis centre")
    join_network(by=None, network=network, organisation=made, role=NetworkRole.ANALYSIS)
    return made


def test_analysis_centre_sees_the_case_while_it_analyses(shared, centre, clinician, make_person):
    researcher = make_person(centre, "researcher")
    sent = analyses.send_for_analysis(by=clinician, case=shared, centre=centre, kind=AnalysisKind.GENOME)
    assert (sent.centre, sent.kind) == (centre, "genome")
    assert visible_cases(researcher).get() == shared
    analyses.record_received(by=researcher, case=shared)
    done = analyses.record_analysis(by=researcher, case=shared, result="one candidate")
    assert (done.result, done.done_on) == ("one candidate", timezone.localdate())
    assert not visible_cases(researcher).exists()
    assert Case.objects.get().state == "analysed"
    with pytest.raises(Invalid):
        analyses.send_for_analysis(by=clinician, case=shared, centre=centre)
    analyses.send_for_analysis(by=clinician, case=shared, centre=centre, note="trio now")
    advance(shared, "call_back", by=clinician, note="wrong sample")
    assert [one.called_back_on is None for one in shared.analyses.all()] == [True, False]


def test_analysis_faults(shared, hub, clinician, colleague):
    with pytest.raises(Invalid):
        analyses.send_for_analysis(by=clinician, case=shared, centre=hub)
    with pytest.raises(Conflict):
        analyses.record_received(by=clinician, case=shared)
    analyses.send_for_analysis(by=clinician, case=shared)
    with pytest.raises(NotAllowed):
        analyses.record_received(by=colleague, case=shared)
    yesterday = timezone.localdate() - timedelta(days=1)
    with pytest.raises(Invalid):
        analyses.record_received(by=clinician, case=shared, on=yesterday)
    with pytest.raises(Invalid):
        analyses.record_analysis(by=clinician, case=shared, done_on=yesterday, result="x")


# --- committee ----------------------------------------------------------------------------------------------------


@pytest.fixture
def analysed(shared, clinician):
    analyses.send_for_analysis(by=clinician, case=shared)
    analyses.record_analysis(by=clinician, case=shared, result="one candidate")
    return Case.objects.get(pk=shared.pk)


@pytest.fixture
def member(hub, make_person):
    return make_person(hub, "diagnosis_committee")


FOUND = NewDiagnosis(disease="ORPHA:475", gene="CEP290")


@pytest.mark.parametrize(
    ("decision", "diagnosis", "state"),
    [("diagnosed", FOUND, "diagnosed"), ("no_diagnosis", None, "closed"), ("analyse_again", None, "in_analysis")],
)
def test_decision_of_the_committee_moves_the_case(analysed, hub, clinician, member, decision, diagnosis, state):
    review = committee.open_review(by=clinician, case=analysed, committee=hub)
    assert visible_cases(member).get() == analysed
    assert list(committee.reviews_awaiting(member)) == [review]
    committee.give_opinion(by=member, review=review, text="fits")
    decided = committee.decide(
        by=member, review=review, decision=ReviewDecision(decision), note="segregation", diagnosis=diagnosis
    )
    assert Case.objects.get().state == state
    assert decided.diagnoses.count() == (diagnosis is not None)
    assert not visible_cases(member).exists()
    for again in (
        lambda: committee.give_opinion(by=member, review=review, text="late"),
        lambda: committee.decide(by=member, review=review, decision=ReviewDecision.NO_DIAGNOSIS, note="late"),
    ):
        with pytest.raises((Conflict, NotAllowed)):
            again()


def test_only_its_own_committee_decides(analysed, hub, hospital, clinician, member, colleague, make_person):
    review = committee.open_review(by=clinician, case=analysed, committee=hub)
    for person in (clinician, colleague, make_person(hospital, "diagnosis_committee"), make_person()):
        with pytest.raises(NotAllowed):
            committee.give_opinion(by=person, review=review, text="x")
        with pytest.raises(NotAllowed):
            committee.decide(by=person, review=review, decision=ReviewDecision.NO_DIAGNOSIS, note="x")
    for said in (
        {"decision": ReviewDecision.DIAGNOSED, "note": "x"},
        {"decision": ReviewDecision.NO_DIAGNOSIS, "note": ""},
    ):
        with pytest.raises(Invalid):
            committee.decide(by=member, review=review, **said)
    with pytest.raises(Conflict):
        committee.open_review(by=clinician, case=analysed, committee=hub)


def test_committee_without_members_is_given_no_case(analysed, hub, clinician):
    with pytest.raises(Invalid):
        committee.open_review(by=clinician, case=analysed, committee=hub)


def test_case_that_is_not_analysed_is_not_put_before_the_committee(shared, hub, clinician, member):
    with pytest.raises(Conflict):
        committee.open_review(by=clinician, case=shared, committee=hub)


def test_referral_states_are_those_that_open_the_case():
    assert {"sent", "accepted"} == {state for state in ReferralState.values if state in referrals.OPEN_REFERRALS}
