"""The desks: whose is whose, what needs somebody, and every figure the number or the sum of the rows it leads to."""

import csv
import html
import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.adjustment.states import RoundState
from kakehashi.systems.portfolio.desks.needs import Need, counts_of, most_urgent, rows_of, without_successor
from kakehashi.systems.portfolio.desks.waiting import waiting_for
from kakehashi.systems.portfolio.lineage.actions import link_awards
from kakehashi.systems.portfolio.models import (
    AdjustmentRound,
    Appointment,
    Award,
    AwardLink,
    Axis,
    Credit,
    Found,
    Goal,
    IntegratedProject,
    LinkKind,
    Milestone,
    Output,
    PairingAnswer,
    PlanTerm,
)
from kakehashi.web.navigation import first_steps, systems_of
from tests.systems.portfolio.adjustment.funds import someone
from tests.systems.portfolio.desks.office import YEAR, make_office, outsider

pytestmark = pytest.mark.django_db
STAFF = {
    Role.PROGRAMME_OFFICER,
    Role.PROGRAMME_SUPERVISOR,
    Role.PROGRAMME_DIRECTOR,
    Role.DISEASE_COORDINATOR,
    Role.PRESIDENT,
    Role.ACCOUNTANT,
    Role.ADMINISTRATOR,
    Role.AUDITOR,
}
PAGES = {
    "/portfolio/mine/awards/": {Role.PROGRAMME_OFFICER, Role.PROGRAMME_SUPERVISOR},
    "/portfolio/mine/project/": {Role.PROGRAMME_DIRECTOR},
    "/portfolio/mine/area/": {Role.DISEASE_COORDINATOR},
    "/portfolio/gates/": STAFF,
    "/portfolio/goals/?behind=1": STAFF,
}
DESKS = ("/portfolio/mine/awards/", "/portfolio/mine/project/", "/portfolio/mine/area/")


@pytest.fixture
def office():
    return make_office()


def browser_of(person, language="en"):
    browser = Client(headers={"accept-language": language})
    person.language = language
    person.save()
    browser.force_login(person)
    return browser


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.HOSPITAL])
def test_every_desk_is_for_its_role_alone(role, kind):
    browser = browser_of(someone(role, kind, "here"))
    for page, roles in PAGES.items():
        allowed = kind == Kind.AGENCY and role in roles
        assert browser.get(page).status_code == (200 if allowed else 403), page
        assert Client().get(page).status_code == 302


@pytest.mark.parametrize(
    ("role", "begins"),
    [
        (Role.PRESIDENT, "/portfolio/"),
        (Role.PROGRAMME_DIRECTOR, "/portfolio/mine/project/"),
        (Role.DISEASE_COORDINATOR, "/portfolio/mine/area/"),
        (Role.PROGRAMME_SUPERVISOR, "/portfolio/mine/awards/"),
        (Role.PROGRAMME_OFFICER, "/portfolio/mine/awards/"),
        (Role.ACCOUNTANT, "/portfolio/mine/books/"),
        (Role.ADMINISTRATOR, "/portfolio/"),
    ],
)
def test_the_portfolio_begins_where_a_role_works(rf, role, begins):
    person = someone(role)
    browser = browser_of(person)
    assert browser.get("/portfolio/mine/")["Location"] == begins
    request = rf.get(begins)
    request.user = person
    rail = {entry["url"]: entry["current"] for group in systems_of(request) for entry in group["entries"]}
    assert rail[begins] == "page"
    assert [url for url in rail if "/mine/" in url] == ([begins] if "/mine/" in begins else [])
    assert [step["url"] for step in first_steps(person)] == ([begins] if "/mine/" in begins else [])


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_desk_is_there_in_both_languages_with_or_without_an_appointment(office, language):
    _agency, people = office
    roles = (Role.PROGRAMME_OFFICER, Role.PROGRAMME_DIRECTOR, Role.DISEASE_COORDINATOR)
    browsers = [(page, browser_of(people[role], language)) for page, role in zip(DESKS, roles, strict=True)]
    for page, browser in browsers:
        for show in ("", "awards", *Need.values):
            assert browser.get(f"{page}?show={show}").status_code == 200, (page, show)
            if show:
                assert browser.get(f"{page}?show={show}&format=csv")["Content-Type"].startswith("text/csv")
        assert browser.get(f"{page}?show=none").status_code == 404
    Appointment.objects.all().delete()
    for page, browser in browsers:
        words = {"en": "You are appointed to nothing yet", "ja": "まだ任命されていません"}
        assert words[language] in browser.get(page).content.decode()


def test_what_needs_somebody_is_told_by_its_rows(office):
    agency, _people = office
    today, mine = timezone.localdate(), Award.objects.filter(pk=agency.awards[0].pk)
    told = {kind: [str(getattr(row, "name", row)) for row in rows_of(kind, mine, today)] for kind in Need}
    award = agency.awards[0]
    assert told[Need.OVERDUE] == ["late", "held"]
    assert told[Need.GATES] == ["shown"]
    assert told[Need.OUTPUTS] == [f"patent P-{award.number}-0"]
    assert told[Need.ENDING] == [award.number]
    assert len(told[Need.REQUESTS]) == 1
    items, counts = most_urgent(mine, today)
    assert counts == counts_of(mine, today) == {kind: len(rows) for kind, rows in told.items()}
    assert [item.day for item in items] == sorted(item.day for item in items)
    assert len(items) == sum(counts.values()) == 6
    assert most_urgent(Award.objects.none(), today) == ([], dict.fromkeys(Need, 0))


@pytest.mark.parametrize(("days", "needs"), [(-184, False), (-183, True), (0, True), (183, True), (184, False)])
def test_an_award_that_ends_needs_a_successor(office, days, needs):
    agency, people = office
    today, award = timezone.localdate(), agency.awards[0]
    Award.objects.filter(pk=award.pk).update(ends=today + timedelta(days=days))
    mine = Award.objects.filter(pk=award.pk)
    assert rows_of(Need.ENDING, mine, today).exists() is needs
    PairingAnswer.objects.create(
        award=award, found=Found.CALL, key="c", place=1, answer="declined", answered_by=people["programme_officer"]
    )
    assert rows_of(Need.ENDING, mine, today).exists() is needs
    PairingAnswer.objects.update(answer="accepted")
    assert not rows_of(Need.ENDING, mine, today).exists()
    PairingAnswer.objects.all().delete()
    link_awards(by=None, before=agency.awards[1], after=award, source="s")
    assert rows_of(Need.ENDING, mine, today).exists() is needs
    assert not rows_of(Need.ENDING, Award.objects.filter(pk=agency.awards[1].pk), today).exists()


def test_a_desk_shows_what_is_ones_own_and_nothing_else(office):
    agency, people = office
    ours, theirs = (one.number for one in agency.awards)
    for page, role in (
        ("/portfolio/mine/awards/", "programme_officer"),
        ("/portfolio/mine/project/", "programme_director"),
    ):
        browser = browser_of(people[role])
        for show in ("", "awards", *Need.values):
            text = browser.get(f"{page}?show={show}").content.decode()
            assert ours in text, (page, show)
            assert theirs not in text, (page, show)
    text = browser_of(people["disease_coordinator"]).get("/portfolio/mine/area/").content.decode()
    assert ours in text
    assert theirs in text
    other = IntegratedProject.objects.create(
        term=IntegratedProject.objects.first().term, code="t3-other", name="x", axis=Axis.MODALITY
    )
    assert (
        browser_of(people["programme_director"]).get(f"/portfolio/mine/project/?project={other.code}").status_code
        == 404
    )


@pytest.mark.parametrize(
    ("page", "role", "fewest"),
    [
        ("/portfolio/mine/project/", Role.PROGRAMME_DIRECTOR, 5),
        ("/portfolio/mine/awards/", Role.PROGRAMME_OFFICER, 2),
        ("/portfolio/mine/area/", Role.DISEASE_COORDINATOR, 5),
    ],
)
def test_every_figure_is_the_sum_or_the_number_of_the_rows_it_leads_to(office, page, role, fewest):
    """Walks a desk: yen against the balances listed, awards and outputs and needs against the rows listed."""
    browser = browser_of(office[1][role])
    text = browser.get(f"{page}?year={YEAR}&term=3").content.decode()
    money = re.findall(r'title="(¥[\d,]+)"><a href="([^"]*/rows/[^"]+)"', text)
    money += [(yen, url) for url, yen in re.findall(r'href="([^"]*/rows/[^"]+)"[^>]*title="([^"]*)"', text)]
    for told, url in money:
        rows = _listed(browser, url)
        assert f"¥{sum(int(row['Balance (yen)']) for row in rows):,}" == told, url
    counts = re.findall(r'<a href="([^"]*/(?:awards|outputs)/\?[^"]+)"[^>]*>([\d,]+)</a>', text)
    tabs = re.findall(r'<a href="([^"]*\?[^"]*show=[^"]+)"[^>]*>[^<]*<span class="count">([\d,]+)', text)
    assert len(tabs) == len(Need) + 1
    for url, told in [*counts, *tabs]:
        assert f"{len(_listed(browser, url)):,}" == told, url
    assert len(money) >= fewest


def _listed(browser, url):
    listed = browser.get(f"{html.unescape(url)}&format=csv")
    assert listed.status_code == 200, url
    return list(csv.DictReader(listed.content.decode("utf-8-sig").splitlines()))


def test_the_president_sees_what_waits_and_each_leads_to_its_rows(office):
    _agency, people = office
    browser = browser_of(people["president"])
    text = browser.get("/portfolio/?term=3").content.decode()
    section = text[text.index("deciding-heading") :].split("</section>")[0]
    for words in ("2 gates are on hold", "4 milestones are overdue", "1 goal is behind", "0 of 2 requests scored"):
        assert words in section, words
    for url in re.findall(r'href="([^"]+)"', section):
        assert browser.get(html.unescape(url)).status_code == 200, url
    held = _listed(browser, "/portfolio/gates/?state=held")
    assert len(held) == Milestone.objects.filter(state="held").count() == 2
    assert "Licences" in browser.get("/portfolio/goals/?term=3&behind=1").content.decode()
    assert "What needs me today" not in browser_of(people["auditor"]).get("/portfolio/").content.decode()


def test_an_empty_desk_says_what_to_do(office):
    agency, people = office
    for model in (Milestone, Credit, Output):
        model.objects.all().delete()
    award = agency.awards[0]
    award.adjustment_requests.all().delete()
    Award.objects.update(ends=timezone.localdate() + timedelta(days=900))
    text = browser_of(people["programme_officer"]).get("/portfolio/mine/awards/").content.decode()
    assert "Nothing needs you today" in text
    assert browser_of(outsider()).get("/portfolio/mine/awards/").status_code == 403


def test_my_work_says_what_the_desks_say(office):
    """Each line of the home page leads to as many rows as it says, and all of a desk's lines are its "Today"."""
    _agency, people = office
    for role, page in (
        (Role.PROGRAMME_OFFICER, "/portfolio/mine/awards/"),
        (Role.PROGRAMME_DIRECTOR, "/portfolio/mine/project/"),
        (Role.DISEASE_COORDINATOR, "/portfolio/mine/area/"),
    ):
        browser = browser_of(people[role])
        today = re.search(r'>Today[^<]*<span class="count">(\d+)', _shown(browser, page))
        lines = [one for one in waiting_for(people[role]) if page in one.link]
        numbers = [int(re.search(r": ([\d,]+)", str(one.text))[1]) for one in lines]
        assert sum(numbers) == int(today[1]) > 0
        assert [len(_listed(browser, one.link)) for one in lines] == numbers
        home = _shown(browser, "/")
        assert all(str(one.text) in home for one in lines)
        assert "Nothing waits for you" not in home


@pytest.mark.parametrize("language", ["en", "ja"])
def test_my_work_of_the_president_and_of_the_accountant_is_what_they_decide_and_commit(office, language):
    _agency, people = office
    AdjustmentRound.objects.create(
        fiscal_year=2018, number=3, budget_yen=1, opened_by=people["president"], state=RoundState.DECIDED
    )
    president, accountant = (browser_of(people[role], language) for role in ("president", "accountant"))
    home = _shown(president, "/")
    page = _shown(president, "/portfolio/?year=2019")
    section = page[page.index("deciding-heading") :].split("</section>")[0]
    told = [words for words in re.findall(r'<li><a href="[^"]*">([^<]+)</a>', section) if words in home]
    assert len(told) == 4
    words = {"en": "Commit the money of round 2018-3", "ja": "2018-3"}[language]
    assert words in _shown(accountant, "/")
    assert words not in home
    for role, browser in (("president", president), ("accountant", accountant)):
        for one in waiting_for(people[role]):
            assert browser.get(one.link).status_code == 200, one.link


def test_goals_behind_and_untold_are_the_same_in_every_year_and_told_apart(office):
    _agency, people = office
    term = PlanTerm.objects.get()
    first = PlanTerm.objects.create(
        number=1, name="第1期", name_en="Term 1", begins=date(2010, 4, 1), ends=date(2015, 3, 31)
    )
    for number in range(2):
        Goal.objects.create(term=first, code=f"untold-{number}", name="目標", name_en=f"Untold {number}", target=1)
    browser = browser_of(people["president"])
    for year in (2014, 2019, 2026):
        text = _shown(browser, f"/portfolio/?year={year}")
        assert "1 goal is behind" in text, year
        assert "of 2 goals that are due nothing was told yet" in text, year
    behind, untold = (_shown(browser, f"/portfolio/goals/?term={term.number}&{one}=1") for one in ("behind", "untold"))
    assert ("Licences" in behind, "Untold" in behind) == (True, False)
    assert ("Licences" in untold, "Untold 0" in untold, "Untold 1" in untold) == (False, True, True)


def test_a_year_without_results_says_when_those_came_that_are_recorded(office):
    _agency, people = office
    browser = browser_of(people["president"])
    words = "No output recorded on this node came in this year: those that are came between"
    assert words in _shown(browser, "/portfolio/?year=2016")
    Output.objects.update(on=date(2016, 6, 1))
    assert words not in _shown(browser, "/portfolio/?year=2016")


def _shown(browser, page):
    answered = browser.get(page)
    assert answered.status_code == 200, page
    return html.unescape(answered.content.decode())


def test_a_spin_off_carries_no_award_on(office):
    today = timezone.localdate()
    ours = Award.objects.all()
    first, second = ours.order_by("number")[:2]
    Award.objects.filter(pk=first.pk).update(ends=today + timedelta(days=30))
    AwardLink.objects.all().delete()
    PairingAnswer.objects.all().delete()
    assert first in without_successor(ours, today)
    link = AwardLink.objects.create(before=first, after=second, kind=LinkKind.SPIN_OFF, noted_on=today, reason="r")
    assert first in without_successor(ours, today)
    AwardLink.objects.filter(pk=link.pk).update(kind=LinkKind.SUCCESSOR)
    assert first not in without_successor(ours, today)
