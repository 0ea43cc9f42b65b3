"""A disease chosen from suggestions in a browser: by its Japanese name, its numbers filled in."""

import pytest
from playwright.sync_api import expect
from tests.e2e.accessibility import faults_of
from tests.e2e.clicking import follow
from tests.e2e.conftest import Look
from tests.e2e.test_cases import WORKED_EXAMPLE, register
from tests.protocols.test_designated import LIST

from kakehashi.systems.cases.course.diagnoses import NewDiagnosis, record_diagnosis
from kakehashi.systems.cases.designated import install_list
from kakehashi.systems.cases.models import CaseDiagnosis

pytestmark = pytest.mark.usefixtures("case_index")


@pytest.mark.parametrize("look", [Look(1280, "ja"), Look(360, "en")], ids=str)
def test_a_disease_is_chosen_as_one_types_and_its_numbers_are_filled_in(open_page, clinician, screenshots, look):
    install_list(LIST.encode(), source="list.csv")
    case = register(clinician, "hospital-a", "A-001", WORKED_EXAMPLE)
    page = open_page(look, clinician)
    page.goto(f"/cases/{case.public_id}/course/diagnose/")
    field = page.locator("#id_disease")
    field.press_sequentially("マルファン")
    page.get_by_role("option", name="OMIM:154700").wait_for()
    page.screenshot(path=screenshots / f"disease-field-{look}.png", full_page=True)
    field.press("Enter")
    expect(page.locator("#id_designated")).to_have_value("167")
    written = {"ja": "マルファン症候群（OMIM:154700）", "en": "Marfan syndrome (OMIM:154700)"}[look.language]
    assert field.input_value() == written
    assert page.locator("#id_orphanet").input_value() == "ORPHA:558"
    assert not faults_of(page)
    follow(page.locator("form.form button.primary"))
    page.wait_for_url(f"**/cases/{case.public_id}/course/")
    row = CaseDiagnosis.objects.get()
    assert (row.disease, row.designated, row.catalogue) == ("OMIM:154700", "167", "designated")


@pytest.mark.parametrize("look", [Look(1280, "ja"), Look(1280, "en")], ids=str)
def test_a_case_of_a_new_disease_is_read_in_list_and_print(open_page, clinician, screenshots, look):
    case = register(clinician, "hospital-a", "A-001", WORKED_EXAMPLE)
    record_diagnosis(by=clinician, case_id=case.pk, diagnosis=NewDiagnosis(new_disease=True, label="Kitano syndrome"))
    page = open_page(look, clinician)
    for name, address in (("list", "/cases/"), ("print", f"/cases/{case.public_id}/print/")):
        page.goto(address)
        page.screenshot(path=screenshots / f"new-disease-{name}-{look}.png", full_page=True)
        text = page.locator("main").inner_text()
        assert "Kitano syndrome" in text
        assert "NEW:" not in text
        assert not faults_of(page)
    page.goto(f"/cases/{case.public_id}/course/diagnose/")
    page.locator("#id_disease").fill("Marfan syndrome (OMIM:154700)")
    page.locator("#id_hgvs").fill("c.123A>G")
    follow(page.locator("form.form button.primary"))
    page.screenshot(path=screenshots / f"diagnosis-faults-{look}.png", full_page=True)
    assert not faults_of(page)
