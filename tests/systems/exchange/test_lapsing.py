"""Agreements to be named lapse with the sight they were given in: by whom, when, on which side, and who is told."""

import logging

import pytest
from django.db import transaction
from django.urls import reverse

from kakehashi.kernel import events
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, NotAllowed
from kakehashi.kernel.notices.models import Notice
from kakehashi.kernel.sharing.actions import opt_out
from kakehashi.kernel.sharing.states import Reach
from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.public import CasesImported
from kakehashi.systems.cases.terms import set_reach
from kakehashi.systems.exchange import matching
from kakehashi.systems.exchange.conversations import actions
from kakehashi.systems.exchange.conversations.queries import conversation_for
from kakehashi.systems.exchange.models import Match, Side
from kakehashi.systems.exchange.states import SideState
from kakehashi.systems.exchange.waiting import waiting_for
from tests.systems.exchange.pairs import begun, everybody, pair

__all__ = ["begun", "pair"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled_ontology")]


def narrowed(begun, by):
    return set_reach(by=by, case=begun[1].case, reach=Reach.INSTITUTION)


LOSSES = {
    "narrowed": narrowed,
    "withdrawn": lambda begun, by: advance(begun[1].case, "withdraw", by=by, note="because"),
    "opted out": lambda begun, by: opt_out(by=None, record=begun[1].case),
    "own withdrawn": lambda begun, by: Case.objects.filter(pk=begun[0].case_id).update(state="withdrawn"),
}


def lapsed_notices():
    told = Notice.objects.filter(text_en__contains="has lapsed", text_ja__contains="失効しました")
    return sorted(told.values_list("person__email", "link"))


@pytest.mark.parametrize("how", LOSSES)
def test_an_agreement_lapses_when_the_other_case_is_no_longer_shown_and_both_sides_are_told(
    begun, clinician, far_clinician, how, django_capture_on_commit_callbacks
):
    ours, theirs = begun
    actions.agree(by=clinician, side=ours)
    assert actions.lapse_agreements() == 0
    with django_capture_on_commit_callbacks(execute=True):
        LOSSES[how](begun, far_clinician)
    by_event = how in ("narrowed", "withdrawn")
    assert actions.lapse_agreements() == (0 if by_event else 1)
    assert actions.lapse_agreements() == 0
    ours.refresh_from_db()
    assert (ours.state, ours.agreed_by, ours.agreed_at, ours.agreed_knowing) == (SideState.UNNAMED, None, None, False)
    assert lapsed_notices() == [
        ("clinician@example.org", reverse("exchange:conversation", args=[ours.pk])),
        ("far@example.org", reverse("exchange:conversation", args=[theirs.pk])),
    ]
    (entry,) = AuditEntry.objects.filter(action="side.lapse")
    assert (entry.actor, entry.outcome, entry.subject_id) == ("system", "done", str(ours.pk))
    assert not any("agreed to be named" in one.text for one in waiting_for(far_clinician))
    theirs.refresh_from_db()
    assert theirs.state == SideState.UNNAMED


@pytest.mark.parametrize("how", ["narrowed", "withdrawn"])
def test_who_agreed_after_all_is_refused_once_it_may_no_longer_write(begun, clinician, far_clinician, how):
    ours, theirs = begun
    actions.agree(by=clinician, side=ours)
    LOSSES[how](begun, far_clinician)
    assert actions.lapse_agreements() == 1
    with pytest.raises(NotAllowed) as refused:
        actions.agree(by=clinician, side=Side.objects.get(pk=ours.pk))
    assert refused.value.verdict.codes == ("not_known",)
    assert [Side.objects.get(pk=one.pk).state for one in begun] == [SideState.UNNAMED] * 2
    assert conversation_for(far_clinician, Side.objects.get(pk=theirs.pk)).theirs is None


def test_the_agreement_of_the_other_side_lapses_where_it_is_the_one_that_lost_sight(begun, clinician, far_clinician):
    ours, theirs = begun
    actions.agree(by=far_clinician, side=theirs)
    set_reach(by=clinician, case=ours.case, reach=Reach.INSTITUTION)
    assert actions.lapse_agreements([theirs.case_id]) == 1
    (entry,) = AuditEntry.objects.filter(action="side.lapse")
    assert entry.subject_id == str(theirs.pk)
    assert [email for email, _link in lapsed_notices()] == ["clinician@example.org", "far@example.org"]


@pytest.mark.parametrize("lost", [True, False])
def test_only_the_node_lets_an_agreement_lapse_and_only_where_sight_is_lost(begun, clinician, far_clinician, lost):
    ours, theirs = begun
    actions.agree(by=clinician, side=ours)
    if lost:
        narrowed(begun, far_clinician)
    for _role, _place, person in everybody(ours, theirs):
        with pytest.raises(NotAllowed) as refused, transaction.atomic():
            advance(ours, "lapse", by=person)
        assert "not_the_node" in refused.value.verdict.codes
    for text in ("system", "peer:1"):
        with pytest.raises(NotAllowed), transaction.atomic():
            advance(ours, "lapse", by=text)
    if lost:
        assert advance(ours, "lapse", by=None).state == SideState.UNNAMED
    else:
        with pytest.raises(NotAllowed) as refused:
            advance(ours, "lapse", by=None)
        assert refused.value.verdict.codes == ("still_known",)


@pytest.mark.parametrize("state", [SideState.UNNAMED, SideState.NAMED])
def test_what_is_no_agreement_does_not_lapse(begun, state):
    Side.objects.update(state=state, agreed_knowing=True)
    with pytest.raises(Conflict):
        advance(begun[0], "lapse", by=None)


def test_an_import_that_changes_cases_lets_agreements_lapse(
    begun, clinician, far_case, django_capture_on_commit_callbacks
):
    (ours, theirs), another = begun, far_case()
    actions.agree(by=clinician, side=ours)
    opt_out(by=None, record=theirs.case)
    with django_capture_on_commit_callbacks(execute=True):
        events.publish(CasesImported((another.pk,)))
    assert Side.objects.get(pk=ours.pk).state == SideState.AGREED  # none of theirs
    with django_capture_on_commit_callbacks(execute=True):
        events.publish(CasesImported((another.pk, theirs.case_id)))
    assert Side.objects.get(pk=ours.pk).state == SideState.UNNAMED


def test_a_side_that_fails_is_logged_and_keeps_no_other_from_lapsing(
    make_case, far_case, clinician, far_clinician, monkeypatch, caplog
):
    sides = []
    for _ in range(2):
        ours, theirs = make_case(), far_case()
        matching.match_cases([ours.pk])
        match = Match.objects.get(case=ours, other=theirs)
        actions.write_to_match(by=clinician, match=match, text="We see the same.")
        side = Side.objects.get(case=ours, conversation__second=theirs)
        actions.agree(by=clinician, side=side)
        set_reach(by=far_clinician, case=theirs, reach=Reach.INSTITUTION)
        sides.append(side)
    tell = actions.tell

    def failing(side, text):
        if side.pk == sides[0].pk:
            raise RuntimeError("no post today")
        tell(side, text)

    monkeypatch.setattr(actions, "tell", failing)
    with caplog.at_level(logging.ERROR, logger=actions.__name__):
        assert actions.lapse_agreements() == 1
    assert [Side.objects.get(pk=one.pk).state for one in sides] == [SideState.AGREED, SideState.UNNAMED]
    assert f"side {sides[0].pk} " in caplog.text
    assert AuditEntry.objects.filter(action="side.lapse").count() == 1
    monkeypatch.setattr(actions, "tell", tell)
    assert actions.lapse_agreements() == 1


def test_nothing_is_locked_for_agreements_that_stand(begun, clinician, monkeypatch):
    actions.agree(by=clinician, side=begun[0])
    asked = []
    monkeypatch.setattr(actions, "_lapse_if_lost", asked.append)
    assert actions.lapse_agreements() == 0
    assert asked == []


def test_nobody_is_named_by_an_agreement_whose_case_is_no_longer_shown(begun, clinician, far_clinician):
    ours, theirs = begun
    actions.agree(by=clinician, side=ours)
    narrowed(begun, far_clinician)  # and before anything has heard of it:
    actions.agree(by=far_clinician, side=theirs)
    assert conversation_for(far_clinician, Side.objects.get(pk=theirs.pk)).theirs is None
    assert [Side.objects.get(pk=one.pk).state for one in begun] == [SideState.UNNAMED, SideState.AGREED]
    actions.agree(by=clinician, side=Side.objects.get(pk=ours.pk))  # asked by the other side, and willing
    assert set(Side.objects.values_list("state", flat=True)) == {"named"}


def test_who_may_write_no_longer_asks_no_more_either(client, begun, clinician, far_clinician):
    ours, _theirs = begun
    narrowed(begun, far_clinician)
    with pytest.raises(NotAllowed) as refused:
        actions.agree(by=clinician, side=ours)
    assert refused.value.verdict.codes == ("not_known",)
    client.force_login(clinician)
    address = reverse("exchange:conversation", args=[ours.pk])
    assert 'value="agree"' not in client.get(address).text
    client.force_login(far_clinician)
    assert 'value="agree"' in client.get(reverse("exchange:conversation", args=[_theirs.pk])).text


def test_an_agreement_of_a_side_that_never_knew_of_the_case_stays(make_case, far_case, clinician, far_clinician):
    ours, theirs = make_case(reach=Reach.INSTITUTION), far_case()
    matching.match_cases([ours.pk])
    actions.write_to_match(by=clinician, match=Match.objects.get(case=ours), text="We see the same.")
    across = Side.objects.get(case=theirs)
    actions.agree(by=far_clinician, side=across)
    assert actions.lapse_agreements() == 0
    across.refresh_from_db()
    assert across.state == SideState.AGREED


def test_what_both_have_agreed_to_does_not_lapse(begun, clinician, far_clinician):
    ours, theirs = begun
    actions.agree(by=clinician, side=ours)
    actions.agree(by=far_clinician, side=theirs)
    narrowed(begun, far_clinician)
    assert actions.lapse_agreements() == 0
    assert set(Side.objects.values_list("state", flat=True)) == {"named"}
