"""Co-operation abroad: what the documents tell, counted by country, each number the rows it leads to."""

import csv
import html
import re
from datetime import date

import pytest
from django.test import Client

from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.cooperating import OTHER, Part, by_country, cooperation_behind, years
from kakehashi.systems.portfolio.facts.reading import load
from kakehashi.systems.portfolio.installing import install_structure
from kakehashi.systems.portfolio.installing_cooperation import day_of
from kakehashi.systems.portfolio.models import Award, Cooperation, CooperationKind
from kakehashi.systems.portfolio.models.lineage import Precision
from tests.systems.portfolio.agency import make_agency
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db
PAGES = (
    "/portfolio/abroad/",
    "/portfolio/abroad/rows/",
    "/portfolio/abroad/rows/?country=US",
    "/portfolio/abroad/awards/",
)


@pytest.fixture(scope="module")
def installed(module_db):
    install_structure(by=None)


@pytest.fixture
def browser(installed):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(someone(Role.PRESIDENT, Kind.AGENCY))
    return browser


def listed(browser, address):
    joined = "&" if "?" in address else "?"
    text = browser.get(f"{html.unescape(address)}{joined}format=csv").content.decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_everything_the_documents_tell_stands_once(installed):
    facts = load()
    kinds = {kind: Cooperation.objects.filter(kind=kind).count() for kind in CooperationKind}
    assert kinds[CooperationKind.JOINT_RESEARCH] == len(facts.joint_research) == 63
    assert kinds[CooperationKind.MEMORANDUM] == len(facts.memoranda)
    assert kinds[CooperationKind.JOINT_CALL] == sum(one.kind == "joint-call" for one in facts.international_activities)
    assert kinds[CooperationKind.JOINT_AWARD] == len(facts.aspire_awards)
    before = Cooperation.objects.count()
    install_structure(by=None)
    assert Cooperation.objects.count() == before
    assert Cooperation.objects.get(code="mou-a-star").fiscal_year == 2015
    assert Cooperation.objects.get(code="map-us-usjcmsp-cancer").fiscal_year == 2018
    assert not Cooperation.objects.filter(source="").exists()


@pytest.mark.parametrize(
    ("told", "day", "precision"),
    [
        ("2016", date(2016, 1, 1), Precision.YEAR),
        ("2016-03", date(2016, 3, 1), Precision.MONTH),
        ("2019-03-31", date(2019, 3, 31), Precision.DAY),
        (None, None, Precision.DAY),
    ],
)
def test_a_day_is_as_exact_as_it_is_told(told, day, precision):
    assert day_of(told) == (day, precision)


def test_countries_count_what_is_done_there(installed):
    lands = {land.code: land for land in by_country(Part())}
    facts = load()
    for code in ("US", "SG", "VN", "EU"):
        joint = sum(one.country == code for one in facts.joint_research)
        memoranda = sum(one.country == code for one in facts.memoranda)
        assert lands[code].kinds["joint_research"] == joint, code
        assert lands[code].kinds["memorandum"] == memoranda, code
        assert lands[code].total == cooperation_behind(Part(country=code)).count()
    assert len([land for land in lands.values() if land.kinds["joint_research"]]) == 29
    narrowed = by_country(Part(2018, "joint_research"))
    assert sum(land.total for land in narrowed) == 63
    assert by_country(Part(1999)) == []
    assert 2018 in years()
    assert {one.kind for one in cooperation_behind(Part(kind=OTHER))}.isdisjoint(
        {"joint_research", "memorandum", "joint_call"}
    )


def test_every_number_on_the_page_is_the_number_of_rows_it_leads_to(browser):
    walked = 0
    for page in ("/portfolio/abroad/", "/portfolio/abroad/?year=2018", "/portfolio/abroad/?kind=other"):
        text = browser.get(page).content.decode()
        for address, told in re.findall(
            r'<a href="([^"]*/portfolio/abroad/rows/[^"]*)">(\d+)(?: rows? in all)?</a>', text
        ):
            assert len(listed(browser, address)) == int(told), address
            walked += 1
    assert walked > 60


def test_the_page_tells_the_map_in_words_and_joint_calls_with_their_awards(browser):
    text = browser.get("/portfolio/abroad/").content.decode()
    assert "Joint research in 29 countries" in text
    assert 'class="world-land"' in text
    calls = text[text.index('id="joint-calls"') :]
    assert "Canadian Institutes of Health Research" in calls
    assert "Under discussion" in calls
    japanese = Client(headers={"accept-language": "ja"})
    japanese.force_login(someone(Role.AUDITOR, Kind.AGENCY))
    text = japanese.get("/portfolio/abroad/").content.decode()
    assert "ベトナム" in text
    assert "共同公募" in text
    assert "Nothing" in browser.get("/portfolio/abroad/?year=1999").content.decode()
    assert browser.get("/portfolio/abroad/rows/?country=ZZ").status_code == 404


def test_awards_held_abroad_stand_beside(browser):
    agency = make_agency()
    Organisation.objects.filter(pk=agency.institutions[0].pk).update(country="US")
    text = browser.get("/portfolio/abroad/").content.decode()
    assert '<a href="/portfolio/abroad/awards/?country=US">1</a>' in text
    assert [row["Number"] for row in listed(browser, "/portfolio/abroad/awards/?country=US")] == [
        agency.awards[0].number
    ]
    assert len(listed(browser, "/portfolio/abroad/awards/")) == Award.objects.count() - 1
    assert "Awards held abroad: United States" in browser.get("/portfolio/abroad/awards/?country=US").content.decode()


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.UNIVERSITY])
def test_co_operation_is_for_those_of_the_agency(installed, client, role, kind):
    client.force_login(someone(role, kind))
    allowed = role in rules.SEES and kind in rules.RUNS_AWARDS
    for page in PAGES:
        assert client.get(page).status_code == (200 if allowed else 403), page


def test_no_cell_of_the_file_runs_as_a_formula(browser):
    Cooperation.objects.filter(pk=Cooperation.objects.first().pk).update(name="=HYPERLINK(1)")
    text = browser.get("/portfolio/abroad/file.csv").content.decode()
    assert "'=HYPERLINK(1)" in text
    assert ",=HYPERLINK" not in text
