"""Conversations between the two sides of a match: who may write, what moves, who is named when, who is told."""

from datetime import timedelta
from itertools import product

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.notices.models import Notice
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.sharing.actions import opt_out
from kakehashi.kernel.sharing.states import Level, Reach
from kakehashi.kernel.workflow import advance, every_combination
from kakehashi.systems.cases.terms import set_reach
from kakehashi.systems.exchange import matching
from kakehashi.systems.exchange.conversations import actions
from kakehashi.systems.exchange.conversations.queries import conversation_for, side_of, unread_sides
from kakehashi.systems.exchange.conversations.workflow import SIDE_FLOW
from kakehashi.systems.exchange.models import Conversation, Match, Side, SideMessage
from kakehashi.systems.exchange.states import SideState
from kakehashi.systems.exchange.waiting import waiting_for
from tests.systems.exchange.conftest import make_clinician
from tests.systems.exchange.pairs import begun, everybody, pair

__all__ = ["begun", "pair"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled_ontology")]
WORKERS = {Role.CLINICIAN, Role.DATA_MANAGER}


def states():
    return list(Match.objects.order_by("pk").values_list("state", flat=True))


def test_the_first_message_contacts_and_the_answer_makes_both_discuss(pair, clinician, far_clinician):
    actions.write_to_match(by=clinician, match=pair[0], text="We see the same.")
    assert [Match.objects.get(pk=one.pk).state for one in pair] == ["contacted", "new"]
    actions.write_to_side(by=far_clinician, side=side_of(pair[1]), text="So do we.")
    assert [Match.objects.get(pk=one.pk).state for one in pair] == ["discussing", "discussing"]
    assert Conversation.objects.count() == 1
    moved = AuditEntry.objects.filter(action__startswith="match.").values_list("action", "actor")
    assert set(moved) == {
        ("match.contact", f"person:{clinician.pk}"),
        ("match.discuss", f"person:{far_clinician.pk}"),
        ("match.answered", f"person:{far_clinician.pk}"),
    }


def test_listing_conversations_stands_in_the_trail(begun, client, clinician, hospital):
    client.force_login(clinician)
    for query, action in (({}, "case.list"), ({"format": "csv"}, "case.export")):
        read = AuditEntry.objects.filter(action=action, subject_id=str(begun[0].case_id), organisation=str(hospital.pk))
        before = read.count()
        assert client.get(reverse("exchange:conversations"), query).status_code == 200
        assert read.count() == before + 1


def test_what_is_decided_stays_decided(pair, clinician, far_clinician):
    advance(pair[0], "confirm", by=clinician)
    actions.write_to_match(by=clinician, match=pair[0], text="Yes?")
    actions.write_to_match(by=far_clinician, match=pair[1], text="Yes.")
    assert sorted(states()) == ["confirmed", "discussing"]


def test_a_side_that_is_not_told_of_the_case_can_read_and_answer(make_case, far_case, clinician, far_clinician):
    ours, theirs = make_case(reach=Reach.INSTITUTION), far_case()
    matching.match_cases([ours.pk])
    match = Match.objects.get(case=ours)
    assert not Match.objects.filter(case=theirs).exists()
    actions.write_to_match(by=clinician, match=match, text="We see the same.")
    across = Side.objects.get(case=theirs)
    shown = conversation_for(far_clinician, across)
    assert (shown.place, bool(shown.writing)) == ("日本の病院", True)
    actions.write_to_side(by=far_clinician, side=across, text="Do you?")
    assert Match.objects.get(pk=match.pk).state == "discussing"


def test_within_one_institution_nobody_writes_to_themselves(make_case, clinician):
    first, second = make_case(), make_case()
    matching.match_cases([first.pk, second.pk])
    with pytest.raises(NotAllowed) as refused:
        actions.write_to_match(by=clinician, match=Match.objects.get(), text="Hello?")
    assert refused.value.verdict.codes == ("one_institution",)


def test_only_those_who_work_on_the_case_write_and_read(client, begun):
    for role, place, person in everybody(*begun):
        client.force_login(person)
        for name, side in (("ours", begun[0]), ("theirs", begun[1])):
            may = name == place and role in WORKERS
            with transaction.atomic():
                answers = [
                    client.get(reverse("exchange:conversation", args=[side.pk])),
                    client.post(reverse("exchange:write", args=[side.pk]), {"text": "Hello"}),
                    client.post(reverse("exchange:agreement", args=[side.pk]), {"move": "agree"}),
                ]
                assert [one.status_code for one in answers] == ([200, 302, 302] if may else [404] * 3)
                if not may:
                    with pytest.raises(NotAllowed):
                        actions.write_to_side(by=person, side=side, text="Hello")
                transaction.set_rollback(may)


@pytest.mark.parametrize("across", list(SideState), ids=str)
@pytest.mark.parametrize("combination", list(every_combination(SIDE_FLOW)), ids=str)
def test_naming_moves_exactly_as_the_table_says(begun, combination, across):
    side, other = begun
    Side.objects.filter(pk=side.pk).update(state=combination.state)
    Side.objects.filter(pk=other.pk).update(state=across)
    name = combination.move.name
    for role, place, person in everybody(side, other):
        side.refresh_from_db()
        may = role in WORKERS and place in (("ours", "theirs") if name == "name" else ("ours",))
        may = may and (name != "name" or across in (SideState.AGREED, SideState.NAMED)) and name != "lapse"
        with transaction.atomic():
            if combination.possible and may:
                advance(side, name, by=person)
                assert AuditEntry.objects.filter(action=f"side.{name}", outcome="done").count() == 1
            else:
                with pytest.raises(NotAllowed if combination.possible else Conflict):
                    advance(side, name, by=person)
            side.refresh_from_db()
            assert side.state == (combination.move.target if combination.possible and may else combination.state)
            transaction.set_rollback(may)


def test_both_are_named_once_both_have_agreed_and_not_before(begun, clinician, far_clinician):
    ours, theirs = begun
    actions.agree(by=clinician, side=ours)
    assert conversation_for(far_clinician, theirs).theirs is None
    actions.take_back(by=clinician, side=ours)
    actions.agree(by=far_clinician, side=theirs)
    assert conversation_for(clinician, side_of(Match.objects.get(case=ours.case))).theirs is None
    actions.agree(by=clinician, side=ours)
    for person, side, name in ((clinician, ours, "far"), (far_clinician, theirs, "clinician")):
        side = Side.objects.select_related("conversation").get(pk=side.pk)
        shown = conversation_for(person, side)
        assert shown.theirs.email == f"{name}@example.org"
        assert shown.opened_at is not None
        with pytest.raises(Conflict):
            actions.take_back(by=person, side=side)
    acts = AuditEntry.objects.filter(action__startswith="side.").values_list("action", flat=True)
    assert sorted(acts) == ["side.agree", "side.agree", "side.agree", "side.name", "side.name", "side.take_back"]


def test_nobody_who_is_named_already_is_told_that_they_are_not(client, begun, clinician, far_clinician):
    ours, theirs = begun
    client.force_login(clinician)
    match = Match.objects.get(case=ours.case, other=theirs.case)
    pages = [reverse("exchange:conversation", args=[ours.pk]), reverse("exchange:match", args=[match.pk])]
    said = "learns who you are once both have agreed"
    assert [said in client.get(page, headers={"accept-language": "en"}).text for page in pages] == [True, True]
    actions.agree(by=clinician, side=ours)
    actions.agree(by=far_clinician, side=theirs)
    assert [said in client.get(page, headers={"accept-language": "en"}).text for page in pages] == [False, False]


def test_a_colleague_who_wrote_before_and_did_not_agree_is_not_named(begun, clinician, far_clinician, hospital):
    ours, theirs = begun
    actions.write_to_side(by=far_clinician, side=theirs, text="Who?")
    colleague = Person.objects.create_user("colleague@example.org", name="同僚")
    Membership.objects.create(person=colleague, organisation=hospital, role=Role.CLINICIAN)
    actions.agree(by=colleague, side=ours)
    actions.agree(by=far_clinician, side=theirs)
    actions.write_to_side(by=clinician, side=Side.objects.get(pk=ours.pk), text="After.")
    shown = conversation_for(far_clinician, Side.objects.select_related("conversation").get(pk=theirs.pk))
    assert shown.theirs.name == "同僚"
    first, _answer, last = (one.author for one in shown.messages)
    assert "clinician@example.org" not in first
    assert "第一病院" in first
    assert "clinician@example.org" in last


@pytest.mark.parametrize("how", ["narrowed", "withdrawn", "opted out"])
@pytest.mark.parametrize("answered", [True, False])
def test_what_was_written_stays_readable_and_nothing_new_of_the_case_is_shown(
    client, begun, clinician, far_clinician, how, answered
):
    ours, theirs = begun
    if answered:
        actions.write_to_side(by=far_clinician, side=theirs, text="So do we.")
    if how == "narrowed":
        set_reach(by=far_clinician, case=theirs.case, reach=Reach.INSTITUTION)
    elif how == "withdrawn":
        advance(theirs.case, "withdraw", by=far_clinician, note="because")
    else:
        opt_out(by=None, record=theirs.case)
    client.force_login(clinician)
    match = Match.objects.get(case=ours.case)
    assert client.get(reverse("exchange:match", args=[match.pk])).status_code == 404
    page = client.get(reverse("exchange:conversation", args=[ours.pk]), headers={"accept-language": "en"}).text
    assert "We see the same." in page
    assert ("So do we." in page) == answered
    assert theirs.case.public_id not in page
    assert "SCN1A" not in page.replace("We see", "")
    may_go_on = answered and how != "withdrawn"
    sent = client.post(reverse("exchange:write", args=[ours.pk]), {"text": "And now?"})
    assert sent.status_code == (302 if may_go_on else 403)
    client.force_login(far_clinician)
    assert client.get(reverse("exchange:conversation", args=[theirs.pk])).status_code == 200


def test_a_dismissed_match_takes_no_messages_until_it_is_opened_again(pair, begun, clinician, far_clinician):
    advance(pair[1], "dismiss", by=far_clinician, note="other_cause")
    for person, side, code in ((clinician, begun[0], "closed"), (far_clinician, begun[1], "dismissed")):
        with pytest.raises(NotAllowed) as refused:
            actions.write_to_side(by=person, side=side, text="Hello?")
        assert refused.value.verdict.codes == (code,)
    advance(pair[1], "reopen", by=far_clinician)
    actions.write_to_side(by=clinician, side=begun[0], text="Hello?")


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 5001, "a\x00b"])
def test_messages_have_something_in_them_and_an_end(pair, clinician, text):
    with pytest.raises(Invalid):
        actions.write_to_match(by=clinician, match=pair[0], text=text)
    assert not Conversation.objects.exists()


def test_nobody_is_written_to_without_end(begun, clinician, far_clinician):
    for _ in range(actions.MOST_UNANSWERED - 1):
        actions.write_to_side(by=clinician, side=begun[0], text="Hello?")
    with pytest.raises(Conflict):
        actions.write_to_side(by=clinician, side=begun[0], text="Hello?")
    actions.write_to_side(by=far_clinician, side=begun[1], text="Yes.")
    for _ in range(actions.MOST_AN_HOUR - actions.MOST_UNANSWERED):
        actions.write_to_side(by=clinician, side=begun[0], text="So.")
    with pytest.raises(Conflict):
        actions.write_to_side(by=clinician, side=begun[0], text="So.")
    SideMessage.objects.update(at=timezone.now() - timedelta(hours=2))
    actions.write_to_side(by=clinician, side=begun[0], text="So.")


def test_the_other_side_is_told_with_nothing_of_a_patient(
    pair, clinician, far_clinician, django_capture_on_commit_callbacks
):
    idle = make_clinician(far_clinician.memberships.get().organisation, "idle")
    with django_capture_on_commit_callbacks(execute=True):
        actions.write_to_match(by=clinician, match=pair[0], text="Seizures since birth.")
    notice = Notice.objects.get(person=far_clinician)
    assert not Notice.objects.filter(person__in=[idle, clinician]).exists()
    assert notice.text_en == "There is a new message about one of your matches."
    assert notice.text_ja != notice.text_en
    (sent,) = mail.outbox
    assert sent.to == [far_clinician.email]
    for hidden in ("Seizures", clinician.email, "第一病院", "First Hospital", *(m.case.public_id for m in pair)):
        assert hidden not in sent.subject + sent.body


def test_unread_until_shown(client, begun, clinician, far_clinician):
    assert [one.pk for one in unread_sides(far_clinician)] == [begun[1].pk]
    assert not unread_sides(clinician).exists()
    assert any("conversations" in one.link for one in waiting_for(far_clinician))
    client.force_login(far_clinician)
    listed = client.get(reverse("exchange:conversations"), headers={"accept-language": "en"}).text
    assert "unread" in listed
    assert "unread" in client.get(reverse("exchange:conversation", args=[begun[1].pk])).text
    assert not unread_sides(far_clinician).exists()
    assert AuditEntry.objects.filter(action="case.correspondence", actor=f"person:{far_clinician.pk}").exists()


def test_what_is_written_is_text_and_never_markup(client, pair, clinician, far_clinician):
    actions.write_to_match(by=clinician, match=pair[0], text="<script>alert(1)</script> & <b>")
    client.force_login(far_clinician)
    page = client.get(reverse("exchange:match", args=[pair[1].pk])).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;" in page


def test_a_patient_of_another_node_is_written_to_at_its_own_contact(client, make_case, clinician):
    from kakehashi.systems.exchange import actions as peers_kept
    from kakehashi.systems.exchange import questions
    from tests.systems.exchange import peers

    case = make_case()
    with peers.serving(peers.answer(body=peers.results(("their-patient", 0.8)))) as good:
        peers_kept.add_peer(by=None, name="Good", base_url=good, token="t", timeout_s=3)
        questions.ask_peers(by=clinician, case_id=case.pk)
    client.force_login(clinician)
    match = Match.objects.get()
    page = client.get(reverse("exchange:match", args=[match.pk]), headers={"accept-language": "en"}).text
    assert "What people write here does not reach it" in page
    assert "mailto:them@example.org" in page
    assert client.post(reverse("exchange:write_to_match", args=[match.pk]), {"text": "x"}).status_code == 403


@pytest.mark.parametrize("shown", [Level.EXISTS, Level.MATCHING])
@pytest.mark.parametrize("agreed", ["nobody", "ours", "taken back", "theirs", "both"])
def test_no_page_of_the_other_side_names_anybody_before_both_agreed(
    client, make_case, far_case, clinician, far_clinician, hospital, shown, agreed
):
    """Every page of the other side, in both languages, searched for every name of ours."""
    Person.objects.filter(pk=clinician.pk).update(name="加藤 実名", name_en="Jitsumei Kato")
    clinician.refresh_from_db()
    ours, theirs = make_case(shown=shown), far_case()
    matching.match_cases([ours.pk])
    match = Match.objects.get(case=ours)
    actions.write_to_match(by=clinician, match=match, text="We see the same.")
    side, across = side_of(match), Side.objects.get(case=theirs)
    if agreed in ("ours", "taken back", "both"):
        actions.agree(by=clinician, side=side)
    if agreed == "taken back":
        actions.take_back(by=clinician, side=side)
    if agreed in ("theirs", "both"):
        actions.agree(by=far_clinician, side=Side.objects.get(pk=across.pk))
    client.force_login(far_clinician)
    back = Match.objects.get(case=theirs)
    pages = [
        reverse("web:home"),
        reverse("exchange:matches"),
        reverse("exchange:matches") + "?view=all&format=csv",
        reverse("exchange:match", args=[back.pk]),
        reverse("exchange:conversations"),
        reverse("exchange:conversations") + "?format=csv",
        reverse("exchange:conversation", args=[across.pk]),
        reverse("exchange:case", args=[theirs.public_id]),
        *(reverse(f"cases:{name}", args=[theirs.public_id]) for name in ("show", "similar", "history")),
        "/api/notices/",
        f"/api/cases/{theirs.public_id}",
        f"/api/cases/{theirs.public_id}/similar",
        f"/search/?q={ours.public_id}",
    ]
    names = ["加藤", "Kato", clinician.email, "第一病院", "First Hospital", ours.public_id]
    found = set()
    for language, path in product(("ja", "en"), pages):
        answer = client.get(path, headers={"accept-language": language}, follow=True)
        text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.text
        if path.startswith("/search"):
            text = text.replace(ours.public_id, "")  # what was typed is shown again
        found |= {name for name in names if name in text}
    assert found == ({"加藤", "Kato", clinician.email, "第一病院", "First Hospital"} if agreed == "both" else set())
