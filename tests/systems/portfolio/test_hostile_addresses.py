"""What an address says that is no year, no day and no key is as if it were not said, or is not there: never a fault of
the server, on any address of the portfolio and of the public finder."""

from datetime import date

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import URLPattern, reverse

from kakehashi.kernel.people.models import Membership
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import Account, Award, Goal, IntegratedProject, Output, Participation, PlanTerm
from kakehashi.systems.portfolio.public_urls import urlpatterns as public
from kakehashi.systems.portfolio.urls import urlpatterns
from tests.systems.portfolio.adjustment.funds import someone
from tests.systems.portfolio.agency import YEAR, make_agency

pytestmark = pytest.mark.django_db
NO_YEARS = ("0", "0000", "1", "1700", "9999", "²²²²", "-1", "9" * 5_000)
NO_DAYS = ("2024-02-31", "2024-13-01", "9999-12-31", "0001-01-01", "²²²²-01-01", "2024", "-" * 5_000)
NO_KEYS = ("9" * 30, "9" * 5_000, "²", "-1", "x", "")
GIVEN = {"code": "cell", "kind": "pay", "office": "programme_officer", "what": "committed", "shape": "datacite"}


@pytest.fixture
def agency():
    agency = make_agency()
    post_many([*agency.paid(1_000), *agency.paid(500, award=1, institution=1, money=1)], by=None)
    term = PlanTerm.objects.create(number=1, name="第1期", begins=date(2015, 4, 1), ends=date(2020, 3, 31))
    IntegratedProject.objects.create(term=term, code="p", name="事業", axis="modality")
    Goal.objects.create(term=term, code="g", name="目標", results="paper")
    Output.objects.create(kind="paper", reference="10.5555/x", on=date(2019, 6, 1))
    Award.objects.update(published_on=date(2020, 1, 1))
    return agency


@pytest.fixture
def browser(agency):
    """Of somebody with every role at the agency, who is an investigator too: no page is closed."""
    person = someone(Role.PRESIDENT)
    home = person.memberships.get().organisation
    Membership.objects.bulk_create(
        Membership(person=person, organisation=home, role=role) for role in Role if role != Role.PRESIDENT
    )
    Participation.objects.create(
        award=agency.awards[0],
        person=person,
        organisation=agency.institutions[0],
        part="principal",
        since=date(2019, 4, 1),
    )
    client = Client(raise_request_exception=False, headers={"accept-language": "ja"})
    client.force_login(person)
    return client


def addresses(agency, patterns, name_of):
    """Every address that can be read, of what is there where the address names something."""
    given = GIVEN | {"number": agency.awards[0].number, "share": "left", "section": "awards"}
    given |= {"pk": Account.objects.order_by("pk")[0].pk, "credit": 1, "which": 1}
    for pattern in patterns:
        assert isinstance(pattern, URLPattern)
        parts = dict(pattern.pattern.converters)
        told = {name: given[name] for name in parts}
        if "IntConverter" in {type(kind).__name__ for kind in parts.values()} and "number" in parts:
            told["number"] = 1
        if pattern.name == "project":
            told["code"] = "p"
        yield reverse(f"{name_of}:{pattern.name}", kwargs=told)


def read(client, address):
    answered = client.get(address)
    return answered.status_code, b"".join(answered.streaming_content) if answered.streaming else answered.content


def test_no_year_breaks_any_page(agency, browser, monkeypatch):
    """The last value is given to every address, the others to those that then read a year."""
    asked, get = set(), QueryDict.get
    monkeypatch.setattr(QueryDict, "get", lambda said, key, default=None: asked.add(key) or get(said, key, default))
    reading = 0
    for address in addresses(agency, urlpatterns, "portfolio"):
        asked.clear()
        assert read(browser, f"{address}?year={NO_YEARS[-1]}&term={NO_YEARS[-1]}")[0] < 500, address
        if "year" not in asked:
            continue
        reading += 1
        for year in NO_YEARS[:-1]:
            assert read(browser, f"{address}?year={year}&term={year}")[0] < 500, (address, year)
    assert reading > 30


def test_no_year_breaks_what_everybody_sees(agency):
    client = Client(raise_request_exception=False, headers={"accept-language": "ja"})
    for address in addresses(agency, public, "finder"):
        plain, _content = read(client, address)
        assert plain < 500, address
        for year in NO_YEARS:
            assert read(client, f"{address}?year={year}")[0] == plain, (address, year[:10])


@pytest.mark.parametrize("year", NO_YEARS)
def test_what_is_no_year_is_as_if_it_were_not_said(agency, browser, year):
    page = browser.get(f"/portfolio/awards/?year={year}")
    assert page.context["year"] == YEAR
    assert browser.get(f"/awards/?year={year}").context["year"] == ""
    rows = reverse("portfolio:my_research_rows", args=[agency.awards[0].number, "left"])
    assert browser.get(f"{rows}?year={YEAR}").status_code == 200
    assert browser.get(f"{rows}?year={year}").status_code == 404


@pytest.mark.parametrize("day", NO_DAYS)
def test_a_goal_has_no_outputs_of_a_day_that_there_is_not(agency, browser, day):
    assert browser.get("/portfolio/outputs/?goal=g&on=2019-12-31").status_code == 200
    assert browser.get(f"/portfolio/outputs/?goal=g&on={day}").status_code == 404


@pytest.mark.parametrize("key", NO_KEYS)
def test_a_key_that_no_row_has_names_nothing(agency, browser, key):
    award = f"/portfolio/awards/{agency.awards[0].number}"
    asked = [
        browser.post(f"{award}/milestones/", {"step": "go", "milestone": key, "note": "x"}),
        browser.post(f"{award}/involvement/", {"take_back": key or "-", "reason": "x"}),
        browser.post(f"{award}/links/", {"remove": key or "-", "reason": "x"}),
        browser.post(f"{award}/investigators/", {"end": key or "-", "on": "2020-01-01", "reason": "x"}),
        browser.get(f"{award}/contracts/?amend={key or '-'}"),
        browser.get(f"/portfolio/adjustment/2019-{key}/"),
        browser.get(f"/portfolio/adjustment/{key}-1/"),
    ]
    assert {answer.status_code for answer in asked} <= {404, 422}, [answer.status_code for answer in asked]
    assert asked[0].status_code == asked[1].status_code == asked[4].status_code == 404
