"""A withdrawn case: nothing is asked of it or said of it, and it comes back as what it was."""

import pytest
from django.urls import reverse
from django.utils import translation

from kakehashi.kernel.errors import NotAllowed
from kakehashi.kernel.workflow import advance, moves_available
from kakehashi.systems.cases.actions import withdraw_case
from kakehashi.systems.cases.pages.moves import losses

pytestmark = pytest.mark.django_db


@pytest.fixture
def data_manager(hospital, make_person):
    return make_person(hospital, "data_manager")


def moves(case, person):
    return [move.name for move in moves_available(case, person)]


def test_withdrawn_draft_comes_back_as_a_draft(draft, clinician, data_manager):
    withdraw_case(by=clinician, case=draft, note="typed twice")
    assert moves(draft, data_manager) == ["reopen"]
    with pytest.raises(NotAllowed):
        advance(draft, "restore", by=data_manager, note="a mistake")
    back = advance(draft, "reopen", by=data_manager, note="a mistake")
    assert back.state == "draft"
    assert [one.state for one in back.revisions.all()] == ["draft", "withdrawn", "draft"]


def test_withdrawn_registered_case_comes_back_registered(case, clinician, data_manager):
    withdraw_case(by=clinician, case=case, note="asked for")
    assert moves(case, data_manager) == ["restore"]
    with pytest.raises(NotAllowed):
        advance(case, "reopen", by=data_manager, note="a mistake")
    assert advance(case, "restore", by=data_manager, note="a mistake").state == "registered"
    withdraw_case(by=clinician, case=case, note="asked for again")
    assert moves(case, data_manager) == ["restore"]


@pytest.mark.parametrize("role", ["clinician", "data_manager"])
def test_page_of_a_withdrawn_case_asks_nothing_and_edits_nothing(client, case, clinician, hospital, make_person, role):
    withdraw_case(by=clinician, case=case, note="asked for")
    client.force_login(make_person(hospital, role))
    page = client.get(reverse("cases:show", args=[case.public_id])).text
    for view in ("edit", "questions"):
        address = reverse(f"cases:{view}", args=[case.public_id])
        assert address not in page
        assert client.get(address).status_code == 409
    assert (
        client.post(reverse("cases:questions", args=[case.public_id]), {"answer": "HP:0001250:yes"}).status_code == 409
    )
    kept = {"answer": "HP:0001250:yes", "from_revision": case.revision + 1}
    assert client.post(reverse("cases:answers", args=[case.public_id]), kept).status_code == 409


def test_only_what_comes_back_is_said_to_be_found_again():
    for language, again in (("en", "again"), ("ja", "再び")):
        with translation.override(language):
            assert again not in "".join(losses("register"))
            assert again in "".join(losses("restore"))
