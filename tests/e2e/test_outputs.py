"""Outputs in a browser: a file looked at and written, a logic model drawn; accessible in every window."""

from datetime import date

import pytest
from tests.e2e.accessibility import faults_of
from tests.e2e.conftest import Look
from tests.systems.portfolio.agency import make_agency

from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.systems.portfolio.installing import install_structure
from kakehashi.systems.portfolio.models import Output
from kakehashi.systems.portfolio.outputs.actions import NewOutput, record_output

CSV = "kind,reference,on,title,awards\npaper,10.5555/new,2019-06-01,新しい論文,JP19ek0109000\ntrial,NCT1,2019-06-01,,\n"


@pytest.fixture
def officer(transactional_db):
    awards = make_agency().awards
    install_structure(by=None)
    record_output(NewOutput("trial", "jRCT2031200001", date(2019, 6, 1), "試験", "A trial"), awards, by=None)
    agency = Organisation.objects.create(code="AGENCY", name="機構", name_en="Agency", kind=Kind.AGENCY)
    person = Person.objects.create_user("officer@example.org", "correct horse battery", name="見本")
    Membership.objects.create(person=person, organisation=agency, role="programme_officer")
    return person


@pytest.mark.slow
@pytest.mark.parametrize("look", [Look(360, "ja", "dark"), Look(1280, "en", "light")], ids=str)
def test_a_file_is_looked_at_and_written_and_pages_are_accessible(open_page, officer, look, screenshots, tmp_path):
    page = open_page(look, officer)
    faults = []
    for name, path in (
        ("list", "/portfolio/outputs/?year=2019&term=1"),
        ("output", f"/portfolio/outputs/{Output.objects.get().pk}/"),
        ("record", "/portfolio/outputs/new/"),
        ("logic", "/portfolio/projects/t1-hubs/logic/?term=1"),
    ):
        assert page.goto(path).status == 200, path
        faults += faults_of(page)
        page.screenshot(path=screenshots / f"outputs-{name}-{look}.png", full_page=True)
    (tmp_path / "outputs.csv").write_text(CSV, encoding="utf-8")
    page.goto("/portfolio/outputs/import/")
    page.locator("input[type=file]").set_input_files(tmp_path / "outputs.csv")
    page.locator("main form button.primary").click()
    page.wait_for_selector("button[name=write]")
    faults += faults_of(page)
    page.screenshot(path=screenshots / f"outputs-import-{look}.png", full_page=True)
    page.locator("button[name=write]").click()
    page.wait_for_url("**/portfolio/outputs/")
    assert Output.objects.filter(reference="10.5555/new").count() == 1
    assert not faults, "\n".join(faults)
