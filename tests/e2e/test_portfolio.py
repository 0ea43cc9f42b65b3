"""The portfolio in a browser: accessible in every window, and a figure opened down to its entry."""

import pytest
from tests.e2e.accessibility import faults_of
from tests.e2e.clicking import follow
from tests.e2e.conftest import Look

from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.systems.portfolio.demo.agency import make_agency
from kakehashi.systems.portfolio.models import Account, Award

SHARE = 0.05


def demo():
    make_agency(share=SHARE)


@pytest.fixture
def president(transactional_db, made_once):
    made_once(demo)
    agency = Organisation.objects.create(code="AGENCY", name="機構", name_en="Agency", kind=Kind.AGENCY)
    person = Person.objects.create_user("president@example.org", "correct horse battery", name="見本")
    Membership.objects.create(person=person, organisation=agency, role="president")
    return person


@pytest.mark.slow
@pytest.mark.parametrize("look", [Look(360, "ja", "dark"), Look(1280, "en", "light")], ids=str)
def test_pages_are_accessible(open_page, president, look, screenshots):
    page = open_page(look, president)
    award = Award.objects.filter(accounts__isnull=False).order_by("number").first().number
    faults = []
    for name, path in (
        ("agency", "/portfolio/?year=2019&term=1"),
        ("project", "/portfolio/projects/t1-rare/?year=2019&term=1"),
        ("programme", "/portfolio/programmes/rare-diseases/"),
        ("goals", "/portfolio/goals/?term=1"),
        ("abroad", "/portfolio/abroad/"),
        ("abroad-rows", "/portfolio/abroad/rows/?country=US"),
        ("involvement", "/portfolio/involvement/?year=2023"),
        ("involvement-award", f"/portfolio/awards/{award}/involvement/"),
        ("totals", "/portfolio/published/"),
        ("pipeline", "/portfolio/pipeline/?year=2024&where=drug/t2-area-cancer/phase_1&more=5"),
        ("pipeline-rates", "/portfolio/pipeline/rates/?year=2024&history=told"),
        ("pipeline-rows", "/portfolio/pipeline/rows/?year=2024&table=drug&at=phase_1"),
        ("pipeline-history", "/portfolio/pipeline/history/?year=2024"),
        ("awards", "/portfolio/awards/"),
        ("award", f"/portfolio/awards/{award}/"),
        ("rows", "/portfolio/rows/spent/?year=2019&ministry=mext"),
        ("account", f"/portfolio/accounts/{Account.objects.filter(kind='spent').first().pk}/"),
        ("entries", "/portfolio/entries/"),
        ("entry", "/portfolio/entries/1/"),
        ("databook", "/portfolio/databook/?measure=committed&rows=project&columns=year"),
        ("finder", "/awards/"),
        ("published", f"/awards/{award}/"),
    ):
        assert page.goto(path).status == 200, path
        faults += faults_of(page)
        page.screenshot(path=screenshots / f"portfolio-{name}-{look}.png", full_page=True)
    assert not faults, "\n".join(faults)


@pytest.mark.slow
def test_a_figure_is_opened_down_to_its_entry(open_page, president):
    page = open_page(Look(language="en"), president)
    page.goto("/portfolio/?year=2019&term=1")
    follow(page.get_by_role("link", name="Rare and Intractable Diseases Project"))
    follow(page.locator("a[href*='/portfolio/rows/spent/']").first)
    assert page.get_by_role("heading", level=1).inner_text().startswith("Spent: ¥")
    follow(page.locator("tbody th a").first)
    follow(page.locator("tbody a[href*='/portfolio/entries/']").first)
    assert page.get_by_text("Recorded").count() == 1
    stranger = open_page(Look(language="en"))
    stranger.goto("/awards/")
    stranger.get_by_label("Number, title, summary, programme, institution or output").fill("antibody")
    follow(stranger.get_by_role("button", name="Find"))
    follow(stranger.locator("ol.stack a").first)
    assert stranger.get_by_text("In acknowledgements").count() == 1


@pytest.mark.slow
def test_what_if_is_asked_by_keyboard_and_kept_in_the_address(open_page, president):
    page = open_page(Look(language="en"), president)
    page.goto("/portfolio/pipeline/?year=2024")
    page.get_by_label("Awards more in").select_option("drug/t2-area-cancer/phase_1")
    page.get_by_label("How many", exact=True).fill("10")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "more=10" in page.url
    assert page.get_by_role("cell", name="The interval").count() == 0
    difference = page.locator("#what-if").locator("..").locator("tbody tr").first.locator("td").last
    assert difference.inner_text().startswith("+")
