"""The course of findings in a browser: drawn on the case's page, in every width."""

import pytest
from tests.e2e.accessibility import faults_of
from tests.e2e.conftest import Look

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Description, Finding

pytestmark = pytest.mark.usefixtures("case_index")


@pytest.mark.parametrize("look", [Look(1280, "ja"), Look(360, "en", "dark")], ids=str)
def test_course_of_findings_is_drawn(open_page, clinician, screenshots, look):
    findings = (
        Finding(term="HP:0001250", onset="P1Y", resolved="P3Y6M", modifiers=("HP:0031914",)),
        Finding(term="HP:0000252", onset="HP:0003577"),
        Finding(term="HP:0001263", onset="HP:0003593", modifiers=("HP:0003676",)),
        Finding(term="HP:0000518"),
    )
    case = enter_case(
        by=clinician,
        organisation=Organisation.objects.get(code="hospital-a"),
        local_id="A-001",
        description=Description(age="P6Y", findings=findings),
    )
    page = open_page(look, clinician)
    page.goto(f"/cases/{case.public_id}/")
    page.locator("svg.timeline-picture").wait_for()
    page.locator("figure.timeline + details summary").press("Enter")
    assert faults_of(page) == []
    page.screenshot(path=screenshots / f"time-course-{look.width}.png", full_page=True)
