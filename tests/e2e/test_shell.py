"""The shell in a browser: every page accessible, usable by keyboard alone, readable without JavaScript."""

import itertools
import os

import pytest
from playwright.sync_api import expect
from tests.e2e.accessibility import faults_of
from tests.e2e.clicking import follow
from tests.e2e.conftest import Look

from kakehashi.kernel.notices import notify
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership
from kakehashi.kernel.people.roles import Role

# Two looks between them hold both widths, both languages and both schemes; all eight: KAKEHASHI_ALL_LOOKS=1.
LOOKS = [Look(360, "ja", "dark"), Look(1280, "en", "light")]
if os.environ.get("KAKEHASHI_ALL_LOOKS") == "1":
    LOOKS = [Look(*one) for one in itertools.product((360, 1280), ("ja", "en"), ("light", "dark"))]
SIGNED_OUT = [
    "/",
    "/accounts/login/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/signup/",
    "/nowhere/",
]
SIGNED_IN = [
    "/",
    "/about/",
    "/search/",
    "/search/?q=abc",
    "/notices/",
    "/jobs/",
    "/accounts/password/change/",
    "/accounts/email/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/reauthenticate/",
    "/accounts/logout/",
    "/nowhere/",
]


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_pages_for_visitors_are_accessible(open_page, transactional_db, look):
    page = open_page(look)
    faults = []
    for path in SIGNED_OUT:
        page.goto(path)
        faults += faults_of(page)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_pages_for_people_are_accessible(open_page, clinician, look):
    page = open_page(look, clinician)
    faults = []
    for path in SIGNED_IN:
        page.goto(path)
        faults += faults_of(page)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("width", [360, 1920])
def test_no_page_scrolls_sideways(open_page, clinician, width):
    page = open_page(Look(width), clinician)
    for path in SIGNED_IN:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


MAIN_PAGES = ["/", "/cases/", "/cases/new/", "/cases/import/", "/notices/", "/search/?q=abc", "/jobs/", "/about/"]
MAIN_PAGES += ["/organisation/people/", "/organisation/people/invite/", "/organisation/audit/", "/accounts/tokens/"]


@pytest.mark.parametrize("organisations", [1, 2])
def test_long_name_of_an_organisation_makes_no_page_scroll_sideways_on_a_phone(open_page, clinician, organisations):
    """One organisation is plain text in the top bar, several are a menu."""
    first, *others = Organisation.objects.order_by("code")
    for one in (first, *others):
        one.name_en = f"National Research Institute for Rare and Undiagnosed Diseases of {one.name_en}"
        one.save()
    Membership.objects.create(person=clinician, organisation=first, role=Role.ADMINISTRATOR)
    if organisations == 1:
        clinician.memberships.exclude(organisation=first).delete()
    notify(clinician, "x", "one", mail=False)
    page = open_page(Look(360, "en"), clinician)
    for path in MAIN_PAGES:
        assert page.goto(path).status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.evaluate("document.querySelector('.topbar').scrollWidth <= innerWidth"), path


def tab_to(page, name):
    """Press Tab until the field of that name has the focus."""
    for _ in range(40):
        if page.evaluate("document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached by keyboard")


def test_log_in_by_keyboard_alone(open_page, clinician):
    page = open_page(Look(language="en"))
    page.goto("/accounts/login/")
    tab_to(page, "login")
    page.keyboard.type("hanako@hospital-a.example")
    tab_to(page, "password")
    page.keyboard.type("long enough words")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.endswith("/") and "login" not in url)
    assert page.locator("h1").inner_text() == "My work"


def test_first_tab_stop_leads_past_the_shell(open_page, clinician):
    page = open_page(Look(language="en"), clinician)
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_slash_goes_to_the_search_and_escape_closes_menus(open_page, clinician):
    page = open_page(Look(language="en"), clinician)
    page.goto("/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "site-search"
    page.locator("summary").last.click()
    assert page.locator("details[data-menu][open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("details[data-menu][open]").count() == 0


def test_language_switch_keeps_the_page(open_page, clinician):
    page = open_page(Look(language="ja"), clinician)
    page.goto("/search/?q=abc")
    follow(page.get_by_role("button", name="English"))
    assert page.url.endswith("/search/?q=abc")
    assert page.locator("html").get_attribute("lang") == "en"


def test_organisation_switch_keeps_the_page(open_page, clinician):
    page = open_page(Look(language="en"), clinician)
    page.goto("/search/?q=abc")
    page.locator("summary", has_text="Aoba").click()
    follow(page.get_by_role("button", name="Act for Minato University Hospital"))
    assert page.url.endswith("/search/?q=abc")
    assert page.locator("summary", has_text="Minato").count() == 1


@pytest.mark.parametrize("script", [True, False], ids=["script", "noscript"])
def test_rail_is_a_sheet_on_a_phone(open_page, clinician, script):
    page = open_page(Look(360, "en", script=script), clinician)
    page.goto("/search/")
    rail = page.get_by_role("navigation", name="Systems")
    assert not rail.is_visible()
    page.get_by_role("link", name="Menu").click()
    rail.wait_for()
    page.get_by_role("link", name="Close").click()
    rail.wait_for(state="hidden")


def test_pages_read_without_javascript(open_page, clinician):
    page = open_page(Look(language="en", script=False), clinician)
    for path in SIGNED_IN:
        page.goto(path)
        assert page.locator("h1").is_visible()


def test_page_prints_on_a_white_a4_with_its_address(open_page, clinician):
    page = open_page(Look(scheme="dark"), clinician)
    page.goto("/")
    page.emulate_media(media="print")
    assert page.locator(".print-foot").is_visible()
    assert not page.locator(".topbar").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf().startswith(b"%PDF")
