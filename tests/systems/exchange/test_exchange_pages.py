"""The exchange on the pages: each peer's state beside its answer, and messages that reveal nobody."""

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from kakehashi.kernel import jobs
from kakehashi.kernel.jobs.models import Job
from kakehashi.kernel.notices.models import Notice
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.sharing.states import Reach
from kakehashi.systems.cases.terms import set_reach
from kakehashi.systems.exchange import actions, questions
from kakehashi.systems.exchange.models import Message
from tests.systems.exchange import peers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled_ontology")]
WRITTEN = {"name": "A. Colleague", "institution": "Elsewhere", "email": "a@example.net", "text": "We see the same."}


@pytest.fixture
def site(client, clinician):
    client.force_login(clinician)
    return client


def page(site, case, language="en"):
    return site.get(reverse("exchange:case", args=[case.public_id]), headers={"accept-language": language})


@pytest.mark.parametrize("language", ["ja", "en"])
def test_without_peers_the_page_says_what_to_do(site, make_case, language):
    text = page(site, make_case(), language).text
    assert "kakehashi peers add" in text


def test_answers_and_failures_stand_side_by_side(site, make_case):
    case = make_case()
    with peers.serving(peers.answer(body=peers.results(("their-patient", 0.8)))) as good:
        actions.add_peer(by=None, name="Good", base_url=good, token="t", timeout_s=3)
        actions.add_peer(by=None, name="Down", base_url=peers.closed_port(), token="t", timeout_s=3)
        assert site.post(reverse("exchange:ask", args=[case.public_id])).status_code == 302
        assert 'hx-trigger="every 1s"' in page(site, case).text
        jobs.run_here(Job.objects.get(kind="exchange.ask"))
    text = page(site, case).text
    assert "hx-trigger" not in text.split('id="answers"')[1]
    for said in ("Good", "their-patient", "Seizure", "mailto:them@example.org", "Down", "It could not be reached."):
        assert said in text
    japanese = page(site, case, "ja").text
    assert "接続できませんでした。" in japanese
    assert "発作" in japanese


def test_answers_from_before_the_case_was_narrowed_say_so(site, make_case, clinician):
    case = make_case()
    with peers.serving(peers.answer(body=peers.results(("their-patient", 0.8)))) as good:
        actions.add_peer(by=None, name="Good", base_url=good, token="t", timeout_s=3)
        questions.ask_peers(by=clinician, case_id=case.pk)
    assert "no longer sent" not in page(site, case).text
    set_reach(by=clinician, case=case, reach=Reach.INSTITUTION)
    text = page(site, case).text
    assert "their-patient" in text
    assert "This case is no longer sent to this node." in text
    assert f"As of {timezone.localtime():%Y-%m-%d}" in text
    assert "この症例はこのノードに送られなくなりました" in page(site, case, "ja").text


def test_links_of_peers_are_cleaned(site, make_case):
    case = make_case()
    body = peers.results(("p", 0.5)).replace(b"mailto:them@example.org", b"javascript:alert(1)")
    with peers.serving(peers.answer(body=body)) as bad:
        actions.add_peer(by=None, name="Bad", base_url=bad, token="t", timeout_s=3)
        site.post(reverse("exchange:ask", args=[case.public_id]))
        jobs.run_here(Job.objects.get(kind="exchange.ask"))
    text = page(site, case).text
    assert "javascript:" not in text
    assert "1 more could not be read" in text


def test_only_who_works_on_a_case_asks_and_only_who_sees_it_reads(client, hospital, make_case):
    case = make_case()
    stranger, auditor = Person.objects.create_user("s@example.org"), Person.objects.create_user("u@example.org")
    Membership.objects.create(person=auditor, organisation=hospital, role=Role.AUDITOR)
    for person, reading, asking in ((stranger, 404, 404), (auditor, 200, 403)):
        client.force_login(person)
        assert page(client, case).status_code == reading
        assert client.post(reverse("exchange:ask", args=[case.public_id])).status_code == asking
    assert not Job.objects.exists()


def test_a_message_reaches_the_registrant_and_reveals_nobody(
    client, make_case, clinician, django_capture_on_commit_callbacks
):
    case = make_case()
    address = reverse("exchange:contact", args=[case.public_id])
    form = client.get(address, headers={"accept-language": "en"}).text
    assert clinician.email not in form
    assert case.organisation.label("en") not in form
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address, WRITTEN).status_code == 200
    assert Message.objects.get().text == WRITTEN["text"]
    notice = Notice.objects.get(person=clinician)
    assert WRITTEN["email"] not in notice.text_en + notice.text_ja
    assert notice.text_en == f"Someone at another node wrote about case {case.public_id}."
    assert notice.text_ja == f"他のノードから、症例{case.public_id}についてメッセージが届きました。"
    assert all(WRITTEN["text"] not in one.body for one in mail.outbox)
    client.force_login(clinician)
    assert WRITTEN["text"] in page(client, case).text


def test_messages_are_for_cases_that_nodes_abroad_may_know_of(client, make_case):
    for case in (make_case(reach=Reach.DOMESTIC), None):
        name = case.public_id if case else "K-222222222222"
        assert client.get(reverse("exchange:contact", args=[name])).status_code == 404


def test_a_sender_writes_no_more_than_five_messages_an_hour(client, make_case):
    address = reverse("exchange:contact", args=[make_case().public_id])
    statuses = [client.post(address, WRITTEN, REMOTE_ADDR="192.0.2.7").status_code for _ in range(7)]
    assert statuses == [200] * 5 + [409] * 2
    assert Message.objects.count() == 5


def test_senders_behind_a_trusted_proxy_are_told_apart(client, make_case, settings):
    case = make_case()
    address = reverse("exchange:contact", args=[case.public_id])
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    statuses = [client.post(address, WRITTEN, headers={"X-Forwarded-For": "192.0.2.1"}).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [409]
    assert client.post(address, WRITTEN, headers={"X-Forwarded-For": "192.0.2.2"}).status_code == 200
