"""Terms, grants, opt-outs and exceptions: written in one transaction, bound by consent, counted by the next query."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.sharing import actions
from kakehashi.kernel.sharing.actions import Consent, Terms
from kakehashi.kernel.sharing.decision import decide, level_of, visible_to
from kakehashi.kernel.sharing.explanation import standings
from kakehashi.kernel.sharing.models import Grant, Network, NetworkMember
from kakehashi.kernel.sharing.states import DataClass, Level, Purpose, Reach
from kakehashi.kernel.sharing.subject import NOBODY
from kakehashi.kernel.sharing.subjects import context, institution_subject, node_subject, person_subject
from tests.kernel.sharing.records.models import Record

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
FULL = Consent("v2", TODAY, None, domestic=True, abroad=True, private=True)


@pytest.fixture
def hospitals():
    made = {
        code: Organisation.objects.create(code=code, name=code, country=country, kind=kind)
        for code, country, kind in [
            ("holder", "JP", Kind.HOSPITAL),
            ("partner", "JP", Kind.HOSPITAL),
            ("other", "JP", Kind.UNIVERSITY),
            ("company", "JP", Kind.COMPANY),
            ("foreign", "FR", Kind.HOSPITAL),
        ]
    }
    network = Network.objects.create(code="irud", name="IRUD")
    for code in ("holder", "partner"):
        actions.join_network(by=None, network=network, organisation=made[code])
    return made


@pytest.fixture
def record(hospitals):
    made = Record(organisation_id=hospitals["holder"].pk, award_id=3)
    actions.put_terms(made, Terms(Reach.ABROAD, private_sector=True), FULL)
    made.save()
    return made


def level(record, code, hospitals, purpose=Purpose.MATCHING):
    """How much an institution sees by decision; the filter must say the same."""
    subject = institution_subject(hospitals[code])
    reached = level_of(subject, record, purpose, context())
    for one in (Level.EXISTS, Level.MATCHING, Level.WHOLE):
        found = Record.objects.filter(visible_to(subject, purpose, context(), record.sharing_kind, one))
        assert found.filter(pk=record.pk).exists() == (reached >= one)
    return reached


@pytest.mark.parametrize(
    ("reach", "seen"),
    [
        (Reach.INSTITUTION, {"holder"}),
        (Reach.NETWORK, {"holder", "partner"}),
        (Reach.DOMESTIC, {"holder", "partner", "other", "company"}),
        (Reach.ABROAD, {"holder", "partner", "other", "company", "foreign"}),
    ],
)
def test_reach_says_who_sees_it(hospitals, record, reach, seen):
    actions.put_terms(record, Terms(reach, private_sector=True), FULL)
    record.save()
    levels = {code: level(record, code, hospitals) for code in hospitals}
    assert {code for code, reached in levels.items() if reached} == seen
    assert levels["holder"] == Level.WHOLE
    assert set(levels.values()) <= {Level.NOTHING, Level.MATCHING, Level.WHOLE}


def test_narrowing_binds_the_next_question(hospitals, record):
    assert level(record, "foreign", hospitals) == Level.MATCHING
    actions.put_terms(record, Terms(Reach.NETWORK), FULL)
    record.save()
    assert level(record, "foreign", hospitals) == Level.NOTHING


@pytest.mark.parametrize(
    ("terms", "consent", "field"),
    [
        (Terms(Reach.NETWORK), Consent(), "reach"),
        (Terms(Reach.NETWORK), Consent("v1", TODAY + timedelta(1), domestic=True), "reach"),
        (Terms(Reach.DOMESTIC), Consent("v1", TODAY, TODAY - timedelta(1), domestic=True), "reach"),
        (Terms(Reach.ABROAD), Consent("v1", TODAY, domestic=True), "reach"),
        (Terms(Reach.DOMESTIC, private_sector=True), Consent("v1", TODAY, domestic=True), "private_sector"),
    ],
)
def test_reach_widens_no_further_than_consent(terms, consent, field):
    record = Record(organisation_id=1)
    with pytest.raises(Invalid) as caught:
        actions.put_terms(record, terms, consent)
    assert field in caught.value.problems
    assert (record.reach, record.consent_from) == (Reach.INSTITUTION, None)


def test_an_opt_out_closes_and_reopens_at_once(hospitals, record):
    actions.opt_out(by=None, record=record, reason="by telephone")
    assert level(record, "partner", hospitals) == Level.NOTHING
    assert level(record, "holder", hospitals, Purpose.CARE) == Level.WHOLE
    with pytest.raises(Conflict):
        actions.opt_out(by=None, record=record)
    actions.declare_outbreak(by=None, country="JP", reason="an outbreak")
    assert level(record, "partner", hospitals) == Level.NOTHING
    assert level(record, "partner", hospitals, Purpose.PUBLIC_HEALTH) == Level.MATCHING
    actions.opt_in(by=None, record=record)
    assert level(record, "partner", hospitals) == Level.MATCHING
    with pytest.raises(Conflict):
        actions.opt_in(by=None, record=record)


def test_a_grant_opens_the_whole_record_to_one_and_can_be_ended(hospitals, record):
    granted = actions.grant_access(
        by=None,
        to=hospitals["other"],
        of=record,
        level=Level.WHOLE,
        purpose=Purpose.RESEARCH,
        reason="application 12",
    )
    assert level(record, "other", hospitals, Purpose.RESEARCH) == Level.WHOLE
    assert level(record, "partner", hospitals, Purpose.RESEARCH) == Level.MATCHING
    assert level(record, "other", hospitals, Purpose.MATCHING) == Level.MATCHING
    actions.end_grant(by=None, grant=granted)
    assert level(record, "other", hospitals, Purpose.RESEARCH) == Level.MATCHING
    with pytest.raises(Conflict):
        actions.end_grant(by=None, grant=granted)


def test_a_controlled_record_may_be_granted_beyond_its_reach_a_restricted_one_not(hospitals, record):
    for what in (record, hospitals["holder"], 3):
        actions.grant_access(
            by=None, to=hospitals["foreign"], of=what, level=Level.WHOLE, purpose=Purpose.RESEARCH, reason="application"
        )
    for data_class, reached in [(DataClass.RESTRICTED, Level.NOTHING), (DataClass.CONTROLLED, Level.WHOLE)]:
        actions.put_terms(record, Terms(Reach.NETWORK, sharing_class=data_class), FULL)
        record.save()
        assert level(record, "foreign", hospitals, Purpose.RESEARCH) == reached


def test_a_grant_is_to_one_and_of_one(hospitals, record):
    with pytest.raises(Invalid):
        actions.grant_access(by=None, to="node", of=record, level=Level.WHOLE, purpose=Purpose.RESEARCH, reason="  ")
    for fields in ({"node": "x", "grantee": hospitals["other"], "award_id": 1}, {"node": "x"}, {"award_id": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Grant.objects.create(**fields)


def test_a_foreign_node_sees_what_reaches_abroad(hospitals, record):
    node = node_subject("PhenomeCentral", country="CA")
    assert level_of(node, record, Purpose.MATCHING, context()) == Level.MATCHING
    actions.put_terms(record, Terms(Reach.DOMESTIC), FULL)
    refused = decide(node, record, Purpose.MATCHING, context(), Level.EXISTS)
    assert "out_of_reach" in refused.codes


def test_people_see_as_the_institution_they_act_for(hospitals, record):
    person = Person.objects.create_user("a@example.org")
    assert person_subject(person, readers=[Role.CLINICIAN]) == NOBODY
    Membership.objects.create(person=person, organisation=hospitals["foreign"], role=Role.CLINICIAN)
    Membership.objects.create(person=person, organisation=hospitals["company"], role=Role.PROGRAMME_OFFICER)
    subject = person_subject(person, readers=[Role.CLINICIAN])
    assert level_of(subject, record, Purpose.MATCHING, context()) == Level.MATCHING
    officer = person_subject(person, readers=[Role.CLINICIAN], organisation=hospitals["company"].pk)
    assert level_of(officer, record, Purpose.MATCHING, context()) == Level.NOTHING
    assert decide(officer, record, Purpose.MATCHING, context(), Level.EXISTS).codes[:2] == ("not_own", "no_part")


def test_leaving_a_network_ends_what_it_shared(hospitals, record):
    actions.put_terms(record, Terms(Reach.NETWORK), FULL)
    record.save()
    assert level(record, "partner", hospitals) == Level.MATCHING
    network = Network.objects.get()
    actions.leave_network(by=None, network=network, organisation=hospitals["partner"])
    assert level(record, "partner", hospitals) == Level.NOTHING
    assert NetworkMember.objects.count() == 1


def test_the_explanation_says_for_everyone_how_much_and_why(hospitals, record):
    actions.put_terms(record, Terms(Reach.DOMESTIC), FULL)
    found = standings(record, hospitals.values(), [("A node", node_subject("A", country="CA"))])
    assert [one.name for one in found][:1] == ["holder"]
    by_name = {one.name: one for one in found}
    assert by_name["holder"].because[0].code == "own"
    assert by_name["partner"].because[0].code == "reach"
    assert {reason.code for reason in by_name["company"].why_not_more} >= {"sector"}
    assert {reason.code for reason in by_name["A node"].why_not_more} >= {"out_of_reach"}


def test_every_write_is_in_the_trail(hospitals, record):
    actions.opt_out(by=None, record=record, reason="said so")
    entry = AuditEntry.objects.order_by("-sequence").first()
    assert entry.action == "sharing.opt_out"
    assert "said so" not in str(entry.detail)
