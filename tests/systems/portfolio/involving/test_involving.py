"""Patient and public involvement: recorded, taken back, counted by programme and year, each number its rows."""

import csv
import html
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.comparing.comparison import Verdict
from kakehashi.systems.portfolio.comparing.published import comparisons
from kakehashi.systems.portfolio.demo.involvement import post_involvement
from kakehashi.systems.portfolio.installing import install_structure
from kakehashi.systems.portfolio.involving.actions import record_involvement, take_back_involvement
from kakehashi.systems.portfolio.involving.figures import by_programme, programmes_asking
from kakehashi.systems.portfolio.models import Award, Call, Involvement
from tests.systems.portfolio.agency import YEAR, make_agency
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db
SAID = {"kind": "design", "what": "Three patients read the plan; visits were made shorter."}


@pytest.fixture
def agency():
    agency = make_agency()
    for number, (programme, asks) in enumerate(((0, True), (0, False), (1, False))):
        Call.objects.create(
            programme=agency.programmes[programme],
            number=f"C-{number}",
            name=f"公募{number}",
            opens=date(YEAR, 5, 1),
            closes=date(YEAR, 6, 30),
            asks_involvement=asks,
        )
    record_involvement(by=None, award=agency.awards[0], on=date(YEAR, 7, 1), **SAID)
    record_involvement(by=None, award=agency.awards[0], on=date(YEAR, 8, 1), **SAID)
    record_involvement(by=None, award=agency.awards[0], on=date(YEAR + 1, 4, 1), **SAID)
    return agency


@pytest.fixture
def browser(agency):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(someone(Role.PROGRAMME_OFFICER, Kind.AGENCY))
    return browser


def test_programmes_count_calls_that_ask_and_awards_that_tell(agency):
    lines = by_programme(YEAR)
    gene, cell = (lines[one.pk] for one in agency.programmes)
    assert (gene.calls, gene.asking, gene.awards, gene.telling, gene.kinds) == (2, 1, 1, 1, {"design": 2})
    assert (cell.calls, cell.asking, cell.awards, cell.telling, cell.times) == (1, 0, 1, 0, 0)
    assert programmes_asking(lines) == (1, 2)
    assert by_programme(YEAR + 1)[agency.programmes[0].pk].times == 1
    assert by_programme(YEAR, agency.programmes[1]) == {agency.programmes[1].pk: cell}


def test_what_is_taken_back_counts_no_more_and_stays(agency):
    officer = someone(Role.PROGRAMME_OFFICER, Kind.AGENCY)
    for one in Involvement.objects.filter(on__lt=date(YEAR + 1, 4, 1)):
        take_back_involvement(by=officer, involvement=one, reason="another award's")
        with pytest.raises(Conflict):
            take_back_involvement(by=officer, involvement=one, reason="again")
    assert by_programme(YEAR)[agency.programmes[0].pk].telling == 0
    assert Involvement.objects.count() == 3
    with pytest.raises(Invalid):
        take_back_involvement(by=officer, involvement=Involvement.objects.latest("on"), reason=" ")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"on": date(2015, 4, 1)}, "on"),
        ({"on": timezone.localdate() + timedelta(days=2)}, "on"),
        ({"kind": "none"}, "kind"),
        ({"what": " "}, "what"),
        ({"document_url": "no address"}, "document_url"),
        ({"on": date(YEAR, 7, 1)}, "__all__"),
    ],
)
def test_what_is_wrong_is_named(agency, changed, field):
    with pytest.raises(Invalid) as raised:
        record_involvement(by=None, **({"award": agency.awards[0], "on": date(YEAR, 9, 1)} | SAID | changed))
    assert field in raised.value.problems


def test_the_share_of_programmes_stands_beside_the_published_one(agency):
    install_structure(by=None)
    (told,) = (one for one in comparisons() if one.key == "ppi-programmes")
    assert told.verdict == Verdict.NOTHING
    Call.objects.update(opens=date(2024, 5, 1), closes=date(2024, 6, 30))
    (told,) = (one for one in comparisons() if one.key == "ppi-programmes")
    assert (told.ours, told.published, told.verdict) == (Decimal(50), Decimal(89), Verdict.EXPLAINED)


def test_every_number_leads_to_its_rows(browser, agency):
    text = browser.get(f"/portfolio/involvement/?year={YEAR}").content.decode()
    links = re.findall(r'<a href="([^"]*/portfolio/(?:involvement|awards)/[^"]*\?[^"]+)">(\d+)</a>', text)
    assert len(links) >= 6
    for address, told in links:
        listed = browser.get(f"{html.unescape(address)}&format=csv").content.decode("utf-8-sig").splitlines()
        assert len(listed) - 1 == int(told), address
    assert "1 / 2" in text
    assert "Published for FY2024: 89 %" in text
    rows = csv.DictReader(
        browser.get(f"/portfolio/involvement/?year={YEAR}&format=csv").content.decode("utf-8-sig").splitlines()
    )
    assert {row["Programme"]: row["Awards that tell"] for row in rows} == {"Gene programme": "1", "Cell programme": "0"}
    assert "No award and no call" in browser.get("/portfolio/involvement/?year=1999").content.decode()
    page = browser.get("/portfolio/programmes/gene/").content.decode()
    assert page.count(f"/portfolio/involvement/rows/?year={YEAR}&amp;programme=gene") == 1


def test_officers_record_and_take_back_on_the_awards_page(browser, agency):
    page = f"/portfolio/awards/{agency.awards[1].number}/involvement/"
    assert "Nothing is told of involvement" in browser.get(page).content.decode()
    assert browser.post(page, SAID | {"on": "2000-01-01"}).status_code == 422
    assert browser.post(page, SAID | {"on": ""}).status_code == 422
    assert browser.post(page, SAID | {"on": "2019-09-01"}).status_code == 302
    made = Involvement.objects.get(award=agency.awards[1])
    assert "visits were made shorter" in browser.get(page).content.decode()
    assert browser.post(page, {"take_back": made.pk, "reason": ""}).status_code == 422
    assert browser.post(page, {"take_back": 0, "reason": "x"}).status_code == 404
    assert browser.post(page, {"take_back": made.pk, "reason": "twice"}).status_code == 302
    assert "taken back" in browser.get(page).content.decode()
    reader = Client(headers={"accept-language": "en"})
    reader.force_login(someone(Role.AUDITOR, Kind.AGENCY))
    assert "Record involvement" not in reader.get(page).content.decode()
    assert reader.post(page, SAID | {"on": "2019-10-01"}).status_code == 403
    japanese = Client(headers={"accept-language": "ja"})
    japanese.force_login(someone(Role.AUDITOR, Kind.AGENCY))
    assert "患者・市民参画" in japanese.get(page).content.decode()


def test_the_demo_tells_of_some_awards(agency):
    Award.objects.update(begins=date(2021, 4, 1), ends=date(2024, 3, 31))
    awards = list(Award.objects.all()) * 100
    Involvement.objects.all().delete()
    awards = [one for one in awards if one.pk == agency.awards[0].pk][:1]
    assert post_involvement(awards, 1) in (0, 1)
    assert not Involvement.objects.filter(synthetic=False).exists()


def test_what_was_taken_back_makes_room_for_what_is_right(agency):
    officer, award = someone(Role.PROGRAMME_OFFICER, Kind.AGENCY), agency.awards[0]
    said = {"award": award, "kind": "design", "on": award.begins}
    wrong = record_involvement(by=officer, what="wrong", **said)
    with pytest.raises(Invalid) as refused:
        record_involvement(by=officer, what="again", **said)
    assert "同じ種類・同じ日付" in str(refused.value.problems)
    take_back_involvement(by=officer, involvement=wrong, reason="of another award")
    right = record_involvement(by=officer, what="right", **said)
    assert list(Involvement.objects.filter(**said, taken_back_on=None)) == [right]
