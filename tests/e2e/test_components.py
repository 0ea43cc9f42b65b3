"""The components in a browser: accessible in every look, and their small scripts by keyboard."""

import pytest
from tests.e2e.accessibility import faults_of
from tests.e2e.clicking import follow
from tests.e2e.conftest import Look
from tests.e2e.test_shell import LOOKS

PAGES = [
    "/gallery/",
    "/gallery/?kind=hospital",
    "/gallery/empty/",
    "/gallery/form/",
    "/gallery/parts/",
    "/gallery/panes/",
]


@pytest.fixture(autouse=True)
def gallery(settings):
    settings.ROOT_URLCONF = "tests.e2e.gallery"


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_components_are_accessible(open_page, clinician, look):
    page = open_page(look, clinician)
    faults = []
    for path in PAGES:
        page.goto(path)
        faults += faults_of(page)
        if path == "/gallery/parts/":
            assert page.locator(".danger-zone textarea").is_visible(), "no reason is asked for"
    page.goto("/gallery/form/")
    with page.expect_navigation():
        page.locator("form.form").evaluate("form => { form.noValidate = true; form.submit() }")
    faults += faults_of(page)
    assert not faults, "\n".join(faults)


def test_terms_are_chosen_by_keyboard_and_open_the_next_row(open_page, clinician):
    page = open_page(Look(language="en"), clinician)
    page.goto("/gallery/form/")
    field = page.locator("#id_findings-0-label")
    field.focus()
    page.keyboard.type("seiz")
    page.locator("[role=option]").first.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator("[aria-selected=true]").inner_text().startswith("HP:0002373")
    assert not faults_of(page)
    page.keyboard.press("Enter")
    assert field.input_value() == "Febrile seizure"
    assert page.locator("#id_findings-0-term").input_value() == "HP:0002373"
    assert page.evaluate("document.activeElement.id") == "id_findings-1-label"


@pytest.mark.parametrize("typed", ["", "no such finding", "seizure"])
def test_enter_in_a_row_never_sends_the_form(open_page, clinician, typed):
    page = open_page(Look(language="en"), clinician)
    page.goto("/gallery/form/")
    page.evaluate("document.querySelector('form.form').addEventListener('submit', () => { window.sent = true })")
    page.locator("#id_findings-0-label").focus()
    page.keyboard.type(typed)
    page.keyboard.press("Enter")  # at once, before anything is proposed
    assert page.evaluate("window.sent") is None
    assert page.locator("#id_findings-0-label").input_value() == typed


def test_rows_are_added_and_taken_away(open_page, clinician):
    page = open_page(Look(language="en"), clinician)
    page.goto("/gallery/form/")
    assert page.locator("[data-row]:visible").count() == 1
    for _ in range(3):
        page.get_by_role("button", name="Add a finding").click()
    assert page.locator("[data-row]:visible").count() == 4
    assert page.locator("#id_findings-TOTAL_FORMS").input_value() == "4"
    page.keyboard.type("febrile")
    page.locator("[role=option]").first.wait_for()
    page.keyboard.press("Enter")
    assert page.locator("#id_findings-3-term").input_value() == "HP:0002373"
    page.get_by_role("button", name="Remove").first.click()
    assert not page.locator("#id_findings-0-label").is_visible()


def test_form_works_without_javascript(open_page, clinician):
    page = open_page(Look(language="en", script=False), clinician)
    page.goto("/gallery/form/")
    assert page.locator("[data-row]:visible").count() == 3
    assert not page.get_by_role("button", name="Add a finding").is_visible()


def test_draft_is_kept_and_offered_back(open_page, clinician):
    page = open_page(Look(language="en"), clinician)
    page.goto("/gallery/form/")
    page.fill("#id_name", "Hanako")
    page.get_by_role("button", name="Add a finding").click()
    page.fill("#id_findings-1-label", "Seizure")
    page.locator("[data-autosave-notice]", has_text="Kept").wait_for()
    page.reload()
    page.get_by_role("button", name="Restore").click()
    assert page.locator("#id_name").input_value() == "Hanako"
    assert page.locator("#id_findings-1-label").is_visible()
    assert page.locator("#id_findings-1-label").input_value() == "Seizure"


def test_table_rows_by_keyboard(open_page, clinician):
    page = open_page(Look(language="en"), clinician)
    page.goto("/gallery/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator(":focus").inner_text() == "hospital-b"
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gallery/?row=hospital-a")


def test_table_filters_sorts_and_chooses_columns(open_page, clinician):
    page = open_page(Look(language="en", script=False), clinician)
    page.goto("/gallery/")
    follow(page.get_by_role("link", name="Name"))
    page.locator("summary", has_text="Filter").click()
    page.get_by_label("Kind").select_option("hospital")
    follow(page.get_by_role("button", name="Show", exact=True))
    assert "kind=hospital" in page.url
    assert "sort=name" in page.url
    page.locator("summary", has_text="Columns").click()
    page.get_by_label("Size").uncheck()
    follow(page.get_by_role("button", name="Show these columns"))
    page.goto("/gallery/")
    assert page.locator("th[scope=col]").all_inner_texts() == ["Code ↑", "Name"]


def test_progress_polls_until_it_is_finished(open_page, clinician):
    page = open_page(Look(language="en"), clinician)
    page.goto("/gallery/parts/")
    page.locator(".progress-line", has_text="5,077 / 5,077").wait_for()
    assert page.locator(".progress-line[hx-get]").count() == 0


def test_picture_becomes_a_list_on_a_phone(open_page, clinician):
    page = open_page(Look(360), clinician)
    page.goto("/gallery/panes/")
    assert page.locator(".match-list").is_visible()
    assert not page.locator(".match-picture").is_visible()
