"""Each role's page in a browser: accessible in every window, worked by keyboard, figures opened to their rows."""

import pytest
from tests.e2e.accessibility import faults_of
from tests.e2e.clicking import follow
from tests.e2e.conftest import Look
from tests.systems.portfolio.desks.office import make_office, outsider

from kakehashi.systems.portfolio.investigators.actions import name_investigator
from kakehashi.systems.portfolio.models import Award, Part
from kakehashi.systems.portfolio.publication.actions import publish_awards, withdraw_award

FACES = (
    ("president", "/portfolio/"),
    ("programme_director", "/portfolio/mine/project/"),
    ("disease_coordinator", "/portfolio/mine/area/"),
    ("programme_officer", "/portfolio/mine/awards/"),
    ("programme_officer", "/portfolio/mine/awards/?show=gates"),
    ("accountant", "/portfolio/mine/books/"),
    ("accountant", "/portfolio/mine/books/?show=year_end"),
    ("accountant", "/portfolio/gates/"),
    ("auditor", "/portfolio/mine/audit/"),
    ("administrator", "/portfolio/offices/programme_officer/"),
    ("administrator", "/portfolio/awards/{number}/investigators/"),
    ("administrator", "/portfolio/awards/{number}/publication/"),
    ("investigator", "/portfolio/mine/research/"),
    ("investigator", "/portfolio/mine/research/{number}/"),
    ("investigator", "/portfolio/mine/research/{number}/rows/spent/?year=2019"),
)


@pytest.fixture
def office(transactional_db):
    agency, people = make_office()
    investigator = outsider()
    award = agency.awards[0]
    name_investigator(
        by=None,
        award=award,
        part=Part.PRINCIPAL,
        organisation=agency.institutions[1],
        since=award.begins,
        person=investigator,
    )
    publish_awards(by=None, awards=Award.objects.all())
    withdraw_award(by=None, award=award, reason="誤った要約で公開していた")
    publish_awards(by=None, awards=Award.objects.all(), again=True)
    return award.number, people | {"investigator": investigator}


@pytest.mark.slow
@pytest.mark.parametrize("look", [Look(360, "ja", "dark"), Look(1280, "en", "light")], ids=str)
def test_every_face_is_accessible(open_page, office, look, screenshots):
    number, people = office
    faults, pages = [], {}
    for who, path in FACES:
        page = pages[who] = pages.get(who) or open_page(look, people[who])
        address = path.format(number=number)
        assert page.goto(address).status == 200, address
        faults += faults_of(page)
        name = path.strip("/").replace("{number}", "award").replace("/", "-").replace("?", "-")
        page.screenshot(path=screenshots / f"desk-{who}-{name}-{look}.png", full_page=True)
    assert not faults, "\n".join(faults)


@pytest.mark.slow
def test_an_officer_works_off_the_list_by_keyboard_and_an_investigator_opens_a_figure(open_page, office):
    number, people = office
    page = open_page(Look(language="en"), people["programme_officer"])
    page.goto("/portfolio/mine/")
    assert page.get_by_role("heading", level=1).inner_text() == "My awards"
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert number in page.url
    own = open_page(Look(language="en"), people["investigator"])
    own.goto("/portfolio/mine/")
    follow(own.get_by_role("link", name=number).first)
    assert own.get_by_text(f"under Grant Number JP{number}.").count() == 1
    follow(own.locator("a[href*='/rows/spent/']").first)
    assert own.get_by_role("heading", level=1).inner_text() == "Spent: ¥23,456,789"
    assert own.goto("/portfolio/").status == 403
