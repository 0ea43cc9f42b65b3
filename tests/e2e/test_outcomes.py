"""The outcomes in a browser: accessible, filtered, published and read without a log-in."""

from datetime import date

import pytest
from tests.e2e.accessibility import faults_of
from tests.e2e.clicking import follow
from tests.e2e.conftest import Look
from tests.systems.cases.outcomes.programme import Spec, make

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership, Person


@pytest.fixture
def director(transactional_db):
    make(Spec((300, 500, 120), 700, 430, (39, 60, 80, 31), {3: 12}, hospitals=12))
    agency = Organisation.objects.create(code="AGENCY", name="機構", name_en="Agency", kind="agency")
    person = Person.objects.create_user("director@example.org", "correct horse battery", name="見本")
    Membership.objects.create(person=person, organisation=agency, role="programme_director", since=date(2020, 4, 1))
    return person


@pytest.mark.parametrize("look", [Look(360, "ja", "dark"), Look(1280, "en", "light"), Look(1280, "ja")], ids=str)
def test_pages_are_accessible(open_page, director, look, screenshots):
    page = open_page(look, director)
    faults = []
    for name, path in (
        ("year", "/outcomes/"),
        ("period", "/outcomes/?unit=half"),
        ("month", "/outcomes/?unit=month"),
        ("region", "/outcomes/?by=region"),
        ("hub", "/outcomes/?by=hub"),
        ("rows", "/outcomes/rows/diagnosed/?row=total"),
        ("publish", "/outcomes/publish/"),
    ):
        assert page.goto(path).status == 200
        faults += faults_of(page)
        page.screenshot(path=screenshots / f"outcomes-{name}-{look}.png", full_page=True)
    assert not faults, "\n".join(faults)


def test_filtered_published_and_read_by_a_stranger(open_page, director):
    page = open_page(Look(language="en"), director)
    page.goto("/outcomes/")
    controls = page.locator("form.row :is(input:not([type=hidden]), select, button)")
    ends = {
        round(bottom) for bottom in controls.evaluate_all("all => all.map(one => one.getBoundingClientRect().bottom)")
    }
    assert len(ends) <= 2, "the filters stand on one line, or two where there is no room"
    follow(page.locator("a[href*='by=region']").first)
    page.locator("#outcomes-first").fill("2016-04-01")
    follow(page.get_by_role("button", name="Show"))
    assert "by=region" in page.url
    assert "first=2016-04-01" in page.url
    page.goto("/outcomes/")
    follow(page.get_by_role("link", name="Publish the outcomes"))
    follow(page.get_by_role("button", name="Publish these figures"))
    page.wait_for_url("**/outcomes/public/")
    stranger = open_page(Look(language="ja"))
    assert stranger.goto("/outcomes/public/").status == 200
    assert stranger.get_by_role("heading", level=1).inner_text() == "診断の成果"
    assert not faults_of(stranger)
