"""The pages of adjustment funds in both languages, from the request to the ledger, for those of the agency alone."""

import csv

import pytest
from django.test import Client

from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.models import AdjustmentRequest, AdjustmentRound, Entry
from tests.systems.portfolio.adjustment.funds import YEAR, make_awards, points, someone, staff

pytestmark = pytest.mark.django_db
ROUND = f"/portfolio/adjustment/{YEAR}-1/"


@pytest.fixture
def browsers():
    found = {}
    for role, person in staff().items():
        person.language = "en"
        person.save()
        found[role] = Client(headers={"accept-language": "en"})
        found[role].force_login(person)
    return found


def said(answer):
    return answer.content.decode()


def asked(browsers, awards):
    made = browsers["president"].post(
        "/portfolio/adjustment/new/", {"fiscal_year": YEAR, "budget_yen": 70_000_000}, follow=True
    )
    assert "Round 2019-1 is open for requests." in said(made)
    for number, award in enumerate(awards, 1):
        sent = {"award": award.number, "amount_yen": 40_000_000, "reasons": "r", "effects": "e"}
        assert browsers["programme_officer"].post(f"{ROUND}new/", sent).status_code == 302
        assert browsers["programme_officer"].post(f"{ROUND}{number}/move/", {"move": "submit"}).status_code == 302


def test_round_goes_from_the_request_to_the_ledger(browsers):
    asked(browsers, make_awards(2))
    president, director = browsers["president"], browsers["programme_director"]
    assert president.post(f"{ROUND}move/", {"move": "begin_scoring"}).status_code == 302
    for number, each in ((1, 9), (2, 4)):
        assert "Save my points" in said(director.get(f"{ROUND}{number}/"))
        assert director.post(f"{ROUND}{number}/", points(each)).status_code == 302
    page = said(president.get(ROUND))
    assert "the exact price" in page
    assert page.count(" checked>") == 1
    price = said(president.get(f"{ROUND}price/2/"))
    assert "What it costs to choose 2019-1-002" in price
    assert "<strong>20.00</strong>" in price
    refused = president.post(ROUND, {"chosen": ["2"], "note": ""})
    assert refused.status_code == 422
    assert "Your choice differs from the best one: say why." in said(refused)
    assert 'value="2" aria-label="2019-1-002" checked' in said(refused)
    broken = president.post(ROUND, {"chosen": ["1", "2"], "note": "x"})
    assert broken.status_code == 409
    assert "The budget is ¥70,000,000. Chosen: ¥80,000,000, ¥10,000,000 too much." in said(broken)
    listed = csv.DictReader(said(president.get(f"{ROUND}?format=csv")).lstrip("\ufeff").splitlines())
    least = "A change loses at least (points)"
    told = [(row["In the best choice"], row[least] != "", row["Ministry"] in page) for row in listed]
    assert told == [("yes", True, True), ("no", True, True)]
    assert president.post(ROUND, {"chosen": ["2"], "note": "the patients' wish"}).status_code == 302
    assert "decided otherwise" in said(president.get(ROUND))
    assert browsers["accountant"].post(f"{ROUND}move/", {"move": "close"}).status_code == 302
    assert Entry.objects.count() == 3
    assert "What came of it later" in said(browsers["auditor"].get(f"{ROUND}2/"))
    rows = said(browsers["auditor"].get(f"{ROUND}?format=csv")).splitlines()
    assert len(rows) == 3
    assert "2019-1-002" in rows[2]


def test_side_conditions_are_added_and_taken_away(browsers):
    asked(browsers, make_awards(1))
    page, president = f"{ROUND}conditions/", browsers["president"]
    bad = president.post(page, {"subject": "ministry:mext", "unit": "yen"})
    assert bad.status_code == 422
    assert "Say at least or at most how much" in said(bad)
    assert president.post(page, {"subject": "ministry:mext", "unit": "count", "at_most": 1}).status_code == 302
    assert "at most 1 request." in said(president.get(ROUND))
    president.post(page, {"remove": "0"})
    assert AdjustmentRound.objects.get().conditions == []


def test_request_form_keeps_what_was_typed_and_says_what_is_wrong(browsers):
    asked(browsers, make_awards(1))
    sent = {"award": "nowhere", "amount_yen": -1, "reasons": "kept", "effects": ""}
    answer = browsers["programme_officer"].post(f"{ROUND}new/", sent)
    assert answer.status_code == 422
    assert "There is no award of this number." in said(answer)
    assert "kept" in said(answer)
    assert AdjustmentRequest.objects.count() == 1


@pytest.mark.parametrize("address", ["", "2019-1/", "2019-1/1/", "2019-1/?format=csv"])
def test_pages_are_for_those_of_the_agency(browsers, client, address):
    asked(browsers, make_awards(1))
    page = f"/portfolio/adjustment/{address}"
    assert client.get(page).status_code == 302
    client.force_login(someone(Role.PROGRAMME_OFFICER, Kind.UNIVERSITY, "stranger"))
    assert client.get(page).status_code == 403
    assert browsers["auditor"].get(page).status_code == 200


@pytest.mark.parametrize("role", ["auditor", "accountant", "programme_officer", "programme_director"])
def test_writes_are_refused_to_other_roles(browsers, role):
    asked(browsers, make_awards(1))
    AdjustmentRound.objects.update(state="scoring")
    AdjustmentRequest.objects.update(state="scored", points=20)
    answers = [
        browsers[role].post("/portfolio/adjustment/new/", {"fiscal_year": YEAR, "budget_yen": 1}),
        browsers[role].post(ROUND, {"chosen": ["1"], "note": "x"}),
        browsers[role].post(f"{ROUND}conditions/", {"remove": "0"}),
        browsers[role].post(f"{ROUND}move/", {"move": "begin_scoring"}),
    ]
    assert {one.status_code for one in answers} <= {403, 409}
    assert [one.status_code for one in answers[:3]] == [403] * 3
    assert AdjustmentRequest.objects.get().state == "scored"


@pytest.mark.parametrize("code", ["2019-9", "x", "2019", "²-1", "99999999999-1"])
def test_unknown_round_is_not_found(browsers, code):
    assert browsers["auditor"].get(f"/portfolio/adjustment/{code}/").status_code == 404


def test_the_form_of_a_round_sent_twice_opens_one_and_a_round_is_cancelled_with_a_reason(browsers):
    president = browsers["president"]
    sent = {"fiscal_year": YEAR, "budget_yen": 5}
    assert president.post("/portfolio/adjustment/new/", sent).status_code == 302
    again = president.post("/portfolio/adjustment/new/", sent)
    assert (again.status_code, "Round 2019-1 is open with the same budget" in said(again)) == (422, True)
    assert "Cancel the round" in said(president.get(ROUND))
    unsaid = said(president.post(f"{ROUND}move/", {"move": "cancel", "note": ""}, follow=True))
    assert "is cancelled" not in unsaid
    assert browsers["programme_officer"].post(f"{ROUND}move/", {"move": "cancel", "note": "x"}).status_code == 403
    assert "Round 2019-1 is cancelled." in said(
        president.post(f"{ROUND}move/", {"move": "cancel", "note": "twice"}, follow=True)
    )
    assert president.post("/portfolio/adjustment/new/", sent).status_code == 302
