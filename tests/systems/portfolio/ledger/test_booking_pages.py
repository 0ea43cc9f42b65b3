"""Booking by hand: for the agency's accountants alone; looked at first, booked once, undone and told anew."""

import csv

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.ledger.kinds import EntryKind
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import Appropriation, Entry
from tests.systems.portfolio.agency import make_agency
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db
SPEND = {
    "on": "2019-06-01",
    "fiscal_year": "",
    "appropriation": "mext-2019",
    "award": "JP19ek0109000",
    "institution": "",
    "amount_yen": "400",
    "reference": "V-1",
    "memo": "試薬",
}


@pytest.fixture
def agency():
    agency = make_agency()
    post_many(agency.paid(1_000), by=None)
    return agency


@pytest.fixture
def accountant(agency, client):
    client.force_login(someone(Role.ACCOUNTANT, Kind.AGENCY))
    client.cookies.load({"django_language": "en"})
    return client


ADDRESSES = [
    "/portfolio/entries/new/",
    "/portfolio/entries/new/spend/",
    "/portfolio/entries/import/",
    "/portfolio/entries/1/correct/",
    "/portfolio/appropriations/new/",
]


@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.UNIVERSITY])
@pytest.mark.parametrize("role", list(Role))
def test_role_by_role_only_accountants_of_the_agency_book(agency, client, role, kind):
    client.force_login(someone(role, kind))
    allowed = (role, kind) == (Role.ACCOUNTANT, Kind.AGENCY)
    post_many([agency.entry(EntryKind.SPEND, "institution", "spent", 1)], by=None)
    for address in (*ADDRESSES[:3], "/portfolio/entries/5/correct/", ADDRESSES[4]):
        assert client.get(address).status_code == (200 if allowed else 403), address
    before = Entry.objects.count()
    answered = client.post("/portfolio/entries/new/spend/", SPEND | {"book": "1"})
    assert answered.status_code == (302 if allowed else 403)
    assert Entry.objects.count() == before + allowed


def test_an_entry_is_looked_at_and_then_booked_once(accountant):
    page = accountant.post("/portfolio/entries/new/spend/", SPEND)
    text = page.content.decode()
    assert page.status_code == 200
    assert "Nothing is booked yet." in text
    assert "¥1,000" in text
    assert "¥600" in text
    assert "+¥400" in text
    assert "−¥400" in text
    assert "Spent" in text
    assert Entry.objects.count() == 4
    changed = accountant.post("/portfolio/entries/new/spend/", SPEND | {"change": "1"})
    assert 'value="400"' in changed.content.decode()
    booked = accountant.post("/portfolio/entries/new/spend/", SPEND | {"book": "1"}, follow=True)
    assert "Entry 5 is booked." in booked.content.decode()
    assert "V-1" in booked.content.decode()
    entry = Entry.objects.get(number=5)
    assert (entry.reference, entry.memo, entry.recorded_by.email) == ("V-1", "試薬", "accountant@org.example")
    twice = accountant.post("/portfolio/entries/new/spend/", SPEND | {"book": "1"})
    assert twice.status_code == 422
    assert "booked already: entry 5" in twice.content.decode()
    assert Entry.objects.count() == 5


@pytest.mark.parametrize("kind", [kind for kind in EntryKind.values if kind != EntryKind.CORRECT])
def test_every_kind_has_a_form_of_what_it_names(accountant, kind):
    text = accountant.get(f"/portfolio/entries/new/{kind}/?award=19ek0109000&appropriation=mext-2019").content.decode()
    placed = kind in ("return", "carry_over")
    assert ('name="place"' in text) == placed
    assert ('name="award"' in text) == (placed or kind not in ("allot", "distribute", "withdraw"))
    assert ('name="programme"' in text) == (placed or kind in ("distribute", "withdraw"))
    assert ('name="to_institution"' in text) == (kind == "subaward")


def test_what_is_carried_over_by_form_arrives_in_the_next_year(accountant):
    told = SPEND | {"place": "award", "institution": "", "programme": "", "amount_yen": "0"}
    assert accountant.post("/portfolio/entries/new/carry_over/", told).status_code == 422
    told |= {"place": "institution", "amount_yen": "250"}
    text = accountant.post("/portfolio/entries/new/carry_over/", told).content.decode()
    assert "2020" in text
    assert "+¥250" in text
    accountant.post("/portfolio/entries/new/carry_over/", told | {"book": "1"})
    assert Entry.objects.get(number=5).movements.count() == 2
    assert accountant.get("/portfolio/entries/5/correct/").status_code == 200


def test_what_is_wrong_is_told_at_its_field(accountant):
    wrong = SPEND | {"award": "19ek0109999", "institution": "nowhere", "reference": ""}
    page = accountant.post("/portfolio/entries/new/spend/", wrong)
    assert page.status_code == 422
    page = accountant.post("/portfolio/entries/new/spend/", wrong | {"reference": "V"})
    assert "no award of the number" in page.content.decode()
    too_much = accountant.post("/portfolio/entries/new/spend/", SPEND | {"amount_yen": "1001"})
    assert "1 yen more than there is" in too_much.content.decode()
    assert accountant.get("/portfolio/entries/new/correct/").status_code == 404


def test_an_entry_is_corrected_by_another_and_told_anew(accountant):
    accountant.post("/portfolio/entries/new/spend/", SPEND | {"book": "1"})
    form = accountant.get("/portfolio/entries/5/correct/").content.decode()
    assert 'value="400"' in form
    assert "What is right" in form
    right = SPEND | {"reason": "390, not 400", "anew": "1", "amount_yen": "390"}
    seen = accountant.post("/portfolio/entries/5/correct/", right).content.decode()
    assert "+¥10" in seen
    assert "−¥10" in seen
    assert Entry.objects.count() == 5
    accountant.post("/portfolio/entries/5/correct/", right | {"book": "1"})
    undoing, anew = Entry.objects.order_by("number")[5:]
    assert (undoing.kind, undoing.corrects.number, undoing.memo) == ("correct", 5, "390, not 400")
    assert (anew.kind, anew.reference) == ("spend", "V-1")
    assert accountant.get("/portfolio/entries/5/correct/").status_code == 409
    assert accountant.get("/portfolio/entries/6/correct/").status_code == 409
    assert "Correct this entry" not in accountant.get("/portfolio/entries/5/").content.decode()
    only = {"reason": "paid to nobody", "book": "1"}
    accountant.post("/portfolio/entries/7/correct/", only)
    assert Entry.objects.get(number=8).corrects.number == 7
    assert accountant.post("/portfolio/entries/4/correct/", {"reason": ""}).status_code == 422


def test_a_file_is_looked_at_and_booked_or_its_faults_are_told(accountant):
    head = "kind,on,appropriation,amount_yen,reference,award\n"
    good = head + "spend,2019-06-01,mext-2019,10,F1,19ek0109000\nspend,2019-06-01,mext-2019,20,F2,19ek0109000\n"
    looked = accountant.post("/portfolio/entries/import/", {"file": SimpleUploadedFile("a.csv", good.encode())})
    assert "Book these entries" in looked.content.decode()
    assert Entry.objects.count() == 4
    booked = accountant.post("/portfolio/entries/import/", {"content": looked.context["content"], "book": "1"})
    assert booked.status_code == 302
    assert Entry.objects.count() == 6
    bad = accountant.post("/portfolio/entries/import/", {"file": SimpleUploadedFile("a.csv", (good + "x\n").encode())})
    text = bad.content.decode()
    assert "Book these entries" not in text
    assert "booked already" in text
    assert "“x” is no kind" not in text
    refused = accountant.post("/portfolio/entries/import/", {"content": good, "book": "1"})
    assert refused.status_code == 422
    assert Entry.objects.count() == 6


def test_an_appropriation_is_entered_and_leads_to_its_allotment(accountant):
    told = {"code": "mhlw-2026", "name": "当初", "ministry": "mhlw", "kind": "initial", "fiscal_year": "2026"}
    answered = accountant.post("/portfolio/appropriations/new/", told)
    assert answered.url == "/portfolio/entries/new/allot/?appropriation=mhlw-2026"
    assert Appropriation.objects.get(code="mhlw-2026").last_fiscal_year == 2026
    assert accountant.post("/portfolio/appropriations/new/", told).status_code == 422
    assert AuditEntry.objects.filter(action="appropriation.register").count() == 1


def test_the_journal_goes_out_as_csv(accountant):
    answered = accountant.get("/portfolio/entries/journal.csv?year=2019&kind=pay")
    rows = list(csv.DictReader(b"".join(answered.streaming_content).decode("utf-8-sig").splitlines()))
    assert [(row["kind"], row["amount_yen"], row["to_institution"]) for row in rows] == [("pay", "1000", "univ0")]
