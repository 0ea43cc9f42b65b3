"""The investigator's pages: own awards alone, every figure the sum of its rows, in both languages."""

import html
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.desks.waiting import waiting_for
from kakehashi.systems.portfolio.investigators.actions import end_participation, name_investigator
from kakehashi.systems.portfolio.investigators.money import Share, lines_of, yen_of
from kakehashi.systems.portfolio.ledger.entries import NewEntry, Transfer
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import Credit, Milestone, Output, Part
from kakehashi.web.navigation import systems_of
from tests.systems.portfolio.adjustment.funds import someone
from tests.systems.portfolio.agency import YEAR, make_agency

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency():
    agency = make_agency()
    post_many(
        [
            *agency.paid(100_000_000),
            *agency.paid(7_000_001, money=1),
            *agency.paid(500_000, award=1, institution=1),
            agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, 60_000_000),
            agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, 1, money=1),
            NewEntry(
                E.RETURN,
                date(YEAR + 1, 3, 31),
                YEAR,
                (Transfer(agency.place(A.INSTITUTION), _like(agency, A.RETURNED), 10_000_000),),
            ),
            NewEntry(
                E.CARRY_OVER,
                date(YEAR + 1, 3, 31),
                YEAR,
                (
                    Transfer(agency.place(A.INSTITUTION, money=1), _like(agency, A.CARRIED_OUT, money=1), 7_000_000),
                    Transfer(
                        _like(agency, A.CARRIED_IN, money=1, year=YEAR + 1),
                        agency.place(A.INSTITUTION, money=1, year=YEAR + 1),
                        7_000_000,
                    ),
                ),
            ),
        ],
        by=None,
    )
    return agency


def _like(agency, kind, **which):
    """The account of a kind that serves the first institution's place."""
    return replace(agency.place(A.INSTITUTION, **which), kind=kind)


@pytest.fixture
def investigator(agency):
    person = someone(Role.RESEARCHER, Kind.UNIVERSITY, "univ0")
    name_investigator(
        by=None,
        award=agency.awards[0],
        part=Part.PRINCIPAL,
        organisation=agency.institutions[0],
        since=agency.awards[0].begins,
        person=person,
    )
    return person


def browser_of(person, language="en"):
    person.language = language
    person.save()
    browser = Client(headers={"accept-language": language})
    browser.force_login(person)
    return browser


def pages(number):
    return [
        "/portfolio/mine/research/",
        f"/portfolio/mine/research/{number}/",
        f"/portfolio/mine/research/{number}/rows/spent/?year={YEAR}",
    ]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.UNIVERSITY])
def test_the_pages_are_for_the_awards_investigators_alone_whatever_their_role(agency, investigator, role, kind):
    number, other = (one.number for one in agency.awards)
    stranger = someone(role, kind, "elsewhere")
    browser = browser_of(stranger)
    for page in (*pages(number), "/portfolio/mine/research/none/"):
        assert browser.get(page).status_code == 403, page
        assert Client().get(page).status_code == 302, page
    name_investigator(
        by=None,
        award=agency.awards[1],
        part=Part.CO_INVESTIGATOR,
        organisation=agency.institutions[1],
        since=agency.awards[1].begins,
        person=stranger,
    )
    for page in pages(other):
        assert browser.get(page).status_code == 200, page
    for page in (*pages(number)[1:], "/portfolio/mine/research/none/"):
        assert browser.get(page).status_code == 403, page
    assert number not in browser.get("/portfolio/mine/research/").content.decode()
    may_see = kind == Kind.AGENCY and browser.get("/portfolio/").status_code == 200
    assert browser.get(f"/portfolio/awards/{other}/").status_code == (200 if may_see else 403)


def test_who_has_left_sees_the_award_no_more(agency, investigator):
    page = pages(agency.awards[0].number)[1]
    assert browser_of(investigator).get(page).status_code == 200
    yesterday = timezone.localdate() - timedelta(days=1)
    end_participation(investigator.participations.get(), by=None, on=yesterday, reason="moved")
    assert browser_of(investigator).get(page).status_code == 403


def test_what_comes_in_is_what_became_of_it_in_every_line(agency):
    lines = lines_of(agency.awards[0])
    assert [(line.fiscal_year, line.kind) for line in lines] == [
        (YEAR + 1, "multi_year"),
        (YEAR, "initial"),
        (YEAR, "multi_year"),
    ]
    for line in lines:
        came = line.yen[Share.COMMITTED] + line.yen[Share.CARRIED_IN]
        assert came == sum(line.yen[one] for one in (Share.SPENT, Share.LEFT, Share.RETURNED, Share.CARRIED_OUT))
        for share, yen in line.yen.items():
            assert yen_of(agency.awards[0], share, line.fiscal_year, line.kind) == yen
    assert lines[0].yen[Share.CARRIED_IN] == 7_000_000
    assert lines[1].yen == {
        Share.COMMITTED: 100_000_000,
        Share.CARRIED_IN: 0,
        Share.SPENT: 60_000_000,
        Share.LEFT: 30_000_000,
        Share.RETURNED: 10_000_000,
        Share.CARRIED_OUT: 0,
    }


def yen(text):
    return int(re.sub(r"[^\d−]", "", text).replace("−", "-"))


def test_every_figure_leads_to_accounts_and_entries_that_come_to_it(agency, investigator):
    browser, number = browser_of(investigator), agency.awards[0].number
    text = browser.get(f"/portfolio/mine/research/{number}/").content.decode()
    figures = re.findall(r'<a href="([^"]*/rows/[^"]+)">(¥[\d,]+)</a>', text)
    assert len(figures) >= 9
    committed = 0
    for url, told in figures:
        page = browser.get(html.unescape(url)).content.decode()
        assert f"{told}</h1>" in page, url
        balances = [yen(one) for one in re.findall(r"<h2>[^<]*?(−?¥[\d,]+)</h2>", page)]
        moved = [yen(one) for one in re.findall(r'data-label="Amount"><span>(−?¥[\d,]+)<', page)]
        assert abs(sum(balances)) == abs(sum(moved)) == yen(told), url
        committed += yen(told) if "/committed/" in url else 0
    listed = browser.get("/portfolio/mine/research/").content.decode()
    told = re.findall(r'data-label="(Committed|Spent)"><span><a[^>]*>(¥[\d,]+)<', listed)
    assert dict(told) == {"Committed": f"¥{committed:,}", "Spent": "¥60,000,001"}
    for wrong in ("none/?year=2019", "spent/?year=x", "spent/", "spent/?year=2019&budget=none"):
        assert browser.get(f"/portfolio/mine/research/{number}/rows/{wrong}").status_code == 404, wrong


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_pages_tell_duties_acknowledgement_and_outputs_in_both_languages(rf, agency, investigator, language):
    award, today = agency.awards[0], timezone.localdate()
    for name, due, state in (("Late", -3, "planned"), ("Soon", 5, "held"), ("Done", -9, "go")):
        Milestone.objects.create(award=award, name=name, criteria="c", due=today + timedelta(days=due), state=state)
    output = Output.objects.create(kind="paper", reference="10.1000/x", title="論文", title_en="Paper", on=today)
    Credit.objects.create(output=output, award=award, since=today)
    browser = browser_of(investigator, language)
    duties = browser.get("/portfolio/mine/research/").content.decode()
    assert duties.index("Late") < duties.index("Soon")
    assert "Done" not in duties
    text = browser.get(f"/portfolio/mine/research/{award.number}/").content.decode()
    thanks = (
        "の課題番号JP19ek0109000の支援を受けた。",
        "under Grant Number JP19ek0109000.",
        "https://doi.org/10.1000/x",
        "Done",
    )
    for words in thanks:
        assert words in text, words
    assert len(list(waiting_for(investigator))) == 2
    request = rf.get("/portfolio/mine/research/")
    request.user = investigator
    urls = [entry["url"] for group in systems_of(request) for entry in group["entries"]]
    assert "/portfolio/mine/research/" in urls
    assert "/portfolio/" not in urls
    assert browser.get("/portfolio/mine/")["Location"] == "/portfolio/mine/research/"
