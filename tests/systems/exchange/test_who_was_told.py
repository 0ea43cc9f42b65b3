"""Who was told of a case: told and asked nodes, messages, other institutions' people; for its own readers alone."""

import re

import pytest
from django.urls import reverse

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.sharing.actions import grant_access
from kakehashi.kernel.sharing.states import Level, Purpose
from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases.public import NewDiagnosis
from kakehashi.systems.exchange import matching
from kakehashi.systems.exchange.conversations.actions import agree, write_to_match
from kakehashi.systems.exchange.conversations.queries import side_of
from kakehashi.systems.exchange.models import Message, Peer, Question, Told
from kakehashi.systems.exchange.solving.actions import accept, solve
from tests.systems.exchange.pairs import pair

__all__ = ["pair"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled_ontology")]


@pytest.fixture
def case(client, make_case, far_case, far_clinician):
    ours = make_case()
    far_case()
    peer = Peer.objects.create(name="Node B", country="FR")
    Told.objects.create(peer=peer, case=ours, level=2, times=3)
    Question.objects.create(peer=peer, case=ours, revision=1, state="failed", why="timed_out")
    Message.objects.create(case=ours, name="=A. Colleague", institution="Elsewhere", email="a@example.net", text="Hm")
    matching.match_cases([ours.pk])
    client.force_login(far_clinician)
    client.get(reverse("exchange:matches"))
    return ours


def test_everything_that_went_out_is_listed_and_exported(client, case, clinician):
    client.force_login(clinician)
    address = reverse("exchange:told", args=[case.public_id])
    page = client.get(address, headers={"accept-language": "en"}).text
    for said in ("Node B", "Told to another node", "did not answer in time", "Elsewhere", "told of as similar"):
        assert said in page
    assert "Hospital in Japan" in page
    assert "Second Hospital" not in page
    assert address in client.get(reverse("exchange:case", args=[case.public_id])).text
    rows = client.get(address, {"format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(rows) >= 5
    assert any("'=A. Colleague" in row for row in rows)
    japanese = client.get(address, headers={"accept-language": "ja"}).text
    assert "この症例を知らされた相手" in japanese


def test_one_who_looks_all_day_is_one_line_of_the_page_and_every_time_in_the_export(client, case, clinician):
    for _ in range(3):
        client.get(reverse("exchange:matches"))  # as the far clinician
    client.force_login(clinician)
    address = reverse("exchange:told", args=[case.public_id])
    page = client.get(address, headers={"accept-language": "en"}).text
    assert page.count("told of as similar") == 1
    assert "the CSV holds every time" in page
    assert "すべての回" in client.get(address, headers={"accept-language": "ja"}).text
    assert '<td class="number">4</td>' in page
    rows = client.get(address, {"format": "csv"}, headers={"accept-language": "en"}).text.splitlines()
    looked = [row for row in rows if "told of as similar" in row]
    assert len(looked) == 4
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00,", row) for row in looked)


def test_only_its_own_readers_see_it(client, case, far_clinician, hospital):
    address = reverse("exchange:told", args=[case.public_id])
    for role, place, status in (
        (Role.AUDITOR, hospital, 200),
        (Role.DATA_MANAGER, hospital, 200),
        (Role.RESEARCHER, hospital, 404),
        (Role.AUDITOR, far_clinician.memberships.get().organisation, 404),
    ):
        person = Person.objects.create_user(f"{role}-{place.code}@example.org")
        Membership.objects.create(person=person, organisation=place, role=role)
        client.force_login(person)
        assert client.get(address).status_code == status
    type(case).objects.filter(pk=case.pk).update(sharing_class="open", shown=3)
    client.force_login(far_clinician)
    assert client.get(reverse("cases:show", args=[case.public_id])).status_code == 200
    assert client.get(address).status_code == 404


def test_who_opens_the_case_from_elsewhere_reads_neither_messages_nor_who_was_told(client, case, clinician):
    hub = Organisation.objects.create(code="hub", name="拠点病院", name_en="Hub")
    guest = Person.objects.create_user("guest@example.org")
    Membership.objects.create(person=guest, organisation=hub, role=Role.CLINICIAN)
    grant_access(by=clinician, to=hub, of=case, level=Level.WHOLE, purpose=Purpose.RESEARCH, reason="referral")
    address = reverse("exchange:case", args=[case.public_id])
    for person, shown in ((clinician, True), (guest, False)):
        client.force_login(person)
        answer = client.get(address, headers={"accept-language": "en"})
        assert answer.status_code == 200
        for said in ("Messages about this case", "a@example.net", "A. Colleague", "Which nodes were told of this case"):
            assert (said in answer.text) == shown
    assert client.get(reverse("exchange:told", args=[case.public_id])).status_code == 404


def test_what_a_conversation_told_the_other_side_is_listed_and_names_it_once_both_agreed(
    client, pair, clinician, far_clinician
):
    ours, theirs = pair
    write_to_match(by=clinician, match=ours, text="We see the same.")
    write_to_match(by=far_clinician, match=theirs, text="So do we.")
    agree(by=clinician, side=side_of(ours))
    dravet = NewDiagnosis(disease="OMIM:607208", gene="SCN1A")
    proposal = solve(by=clinician, match=advance(ours, "confirm", by=clinician), diagnosis=dravet).proposal
    client.force_login(clinician)
    address = reverse("exchange:told", args=[ours.case.public_id])
    sent = ("Wrote to the other side of a match", "Agreed to be named", "Proposed a diagnosis to the other side")
    page = client.get(address, headers={"accept-language": "en"}).text
    assert all(page.count(said) == 1 for said in sent)
    assert "Hospital in Japan" in page
    assert "Second Hospital" not in page
    assert "Told who speaks for this case" not in page

    agree(by=far_clinician, side=side_of(theirs))
    accept(by=far_clinician, proposal=proposal)
    page = client.get(address, headers={"accept-language": "en"}).text
    assert all(said in page for said in (*sent, f"Told who speaks for this case: {clinician}", "Second Hospital"))
    rows = client.get(address, {"format": "csv"}, headers={"accept-language": "en"}).text.splitlines()
    assert all("Second Hospital" in row for row in rows if any(said in row for said in sent))
    japanese = client.get(address, headers={"accept-language": "ja"}).text
    assert "マッチの相手側に診断を提案" in japanese

    across = reverse("exchange:told", args=[theirs.case.public_id])
    assert client.get(across).status_code == 404
    client.force_login(far_clinician)
    assert client.get(address).status_code == 404
    page = client.get(across, headers={"accept-language": "en"}).text
    assert "Answered a diagnosis proposed for it: Accepted" in page
    assert "First Hospital" in page
