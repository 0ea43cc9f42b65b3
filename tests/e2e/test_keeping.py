"""An administrator keeps the agency's structure and goals in a browser; the pages are accessible in every window."""

import pytest
from tests.e2e.accessibility import faults_of
from tests.e2e.clicking import follow
from tests.e2e.conftest import Look
from tests.systems.portfolio.adjustment.funds import someone

from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.installing import install_structure
from kakehashi.systems.portfolio.models import GoalActual, Placement, Programme

pytestmark = pytest.mark.slow
PAGES = (
    "structure/?term=1&year=2019",
    "structure/?term=1&year=2019&view=terms",
    "structure/?view=areas",
    "structure/place/",
    "structure/terms/1/",
    "goals/?term=1",
    "goals/new/?term=1",
    "goals/import/",
    "goal/drug-licences/",
    "goal/drug-licences/report/",
    "projects/t1-hubs/logic/?term=1",
    "add-logic-model/",
)


@pytest.mark.parametrize("look", [Look(360, "ja", "dark"), Look(1280, "en", "light")], ids=str)
def test_a_programme_is_placed_and_a_goal_reported(open_page, transactional_db, look, screenshots):
    install_structure(by=None)
    Programme.objects.create(code="new-one", name="新しい事業", name_en="A new programme")
    page = open_page(look, someone(Role.ADMINISTRATOR))
    faults = []
    for number, path in enumerate(PAGES):
        assert page.goto(f"/portfolio/{path}").status == 200, path
        faults += faults_of(page)
        page.screenshot(path=screenshots / f"keeping-{number}-{look}.png", full_page=True)
    page.goto("/portfolio/structure/?term=1&year=2019")
    follow(page.locator("a[href$='place/?programme=new-one']"))
    page.locator("#id_project").select_option(index=1)
    page.locator("#id_since").fill("2019-04-01")
    follow(page.locator("main form button.primary"))
    assert Placement.objects.get(programme__code="new-one").since.isoformat() == "2019-04-01"
    page.goto("/portfolio/projects/t1-hubs/logic/?term=1")
    follow(page.locator("main a[href*='/portfolio/logic/']").first)
    follow(page.locator("a[href$='add-statement/?stage=input']"))
    page.locator("#id_text").fill("拠点の整備費")
    page.locator("input[name=leads_to]").first.check()
    follow(page.locator("main form button.primary"))
    faults += faults_of(page)
    follow(page.locator("main .page-actions a, main a[href*='/logic/?term=']").first)
    faults += faults_of(page)
    assert page.get_by_text("拠点の整備費").count() == 1
    assert page.locator("a[href^='#statement-']").count() == 1
    page.goto("/portfolio/goal/drug-licences/")
    follow(page.locator("main table a[href*='replaces=']").first)
    page.locator("#id_value").fill("222")
    page.locator("#id_source").fill("事業報告書")
    follow(page.locator("main form button.primary"))
    faults += faults_of(page)
    assert page.locator("main table s").count() == 1
    assert GoalActual.objects.filter(value=222, replaces__isnull=False).count() == 1
    assert not faults, "\n".join(faults)
