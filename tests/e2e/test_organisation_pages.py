"""The pages for administrators and auditors, and API tokens, in a browser: accessible in both languages and widths."""

import pytest
from tests.e2e.accessibility import faults_of
from tests.e2e.clicking import follow
from tests.e2e.conftest import Look

from kakehashi.kernel.people.models import Membership
from kakehashi.kernel.people.roles import Role

PAGES = ["/organisation/people/", "/organisation/people/invite/", "/organisation/audit/", "/accounts/tokens/"]


@pytest.fixture
def administrator(clinician):
    organisation = clinician.memberships.first().organisation
    Membership.objects.create(person=clinician, organisation=organisation, role=Role.ADMINISTRATOR)
    return clinician


@pytest.mark.parametrize("look", [Look(360, "ja", "dark"), Look(1280, "en", "light")], ids=str)
def test_pages_are_accessible(open_page, administrator, look):
    page = open_page(look, administrator)
    faults = []
    for path in PAGES:
        assert page.goto(path).status == 200
        faults += faults_of(page)
    page.goto("/organisation/people/")
    follow(page.locator("main table a[href$='/end/']").first)
    faults += faults_of(page)
    page.goto("/accounts/tokens/")
    page.fill("[name=name]", "script")
    follow(page.locator("main form button.primary"))
    assert page.locator("main .mono").first.inner_text().startswith("kkh_")
    faults += faults_of(page)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_the_audit_trail_is_stands_beneath_its_title(open_page, administrator, language):
    page = open_page(Look(1280, language), administrator)
    page.goto("/organisation/audit/")
    page.reload()  # that it was read stands in it now
    title, text = page.locator(".page-head h1").bounding_box(), page.locator(".page-head > p").bounding_box()
    assert text["y"] >= title["y"] + title["height"]
    assert page.locator("tbody time").first.inner_text().count(":") == 2  # with seconds


def test_documentation_of_the_api_opens(open_page, administrator):
    page = open_page(Look(), administrator)
    page.goto("/api/docs")
    page.wait_for_selector(".opblock")
    assert page.locator(".opblock").count() > 10
