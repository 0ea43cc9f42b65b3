"""Cases in a browser: the worked example of the Exchange in Japanese, every page accessible, by keyboard, on paper."""

import itertools

import pytest
from playwright.sync_api import expect
from tests.e2e.accessibility import faults_of
from tests.e2e.clicking import follow
from tests.e2e.conftest import Look
from tests.e2e.test_shell import LOOKS

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.cases.actions import enter_case, register_case
from kakehashi.systems.cases.description import Description, Finding
from kakehashi.systems.cases.models import Case

WORKED_EXAMPLE = {
    "HP:0001305": "ダンディー",
    "HP:0007033": "小脳異形成",
    "HP:0001274": "脳梁欠損",
    "HP:0011344": "重度の全般的発達遅滞",
    "HP:0008050": "眼瞼裂の異常",
    "HP:0000319": "平坦な人中",
    "HP:0000411": "耳介聳立",
    "HP:0000519": "発達白内障",
}
SIBLING = ("HP:0001305", "HP:0002419", "HP:0001274", "HP:0001263", "HP:0000518", "HP:0000369")
UNLIKE = ("HP:0001166", "HP:0002616", "HP:0001083", "HP:0000768")

pytestmark = pytest.mark.usefixtures("case_index")


def register(person, code, local_id, terms, *, absent=(), **fields):
    findings = [Finding(term=term) for term in terms] + [Finding(term=term, excluded=True) for term in absent]
    organisation = Organisation.objects.get(code=code)
    described = Description(findings=tuple(findings), **fields)
    return register_case(
        by=person, case=enter_case(by=person, organisation=organisation, local_id=local_id, description=described)
    )


@pytest.fixture
def cases(clinician):
    """The worked example with two others to be compared with."""
    first = register(
        clinician,
        "hospital-a",
        "A-001",
        WORKED_EXAMPLE,
        absent=["HP:0001250"],
        sex="female",
        age="P3Y",
        genes=("AHI1",),
    )
    register(clinician, "hospital-b", "B-001", SIBLING, genes=("AHI1",))
    register(clinician, "hospital-b", "B-002", UNLIKE)
    return first


def overlapping(page):
    """Pairs of words in the picture that lie on each other, measured by the browser."""
    boxes = page.locator(".match-picture text").evaluate_all(
        "all => all.map(e => ({ words: e.textContent, box: e.getBoundingClientRect().toJSON() }))"
    )
    return [
        (one["words"], other["words"])
        for one, other in itertools.combinations(boxes, 2)
        if _shared(one["box"], other["box"], "left", "right") > 1
        and _shared(one["box"], other["box"], "top", "bottom") > 4
    ]


def _shared(one, other, begin, end):
    return min(one[end], other[end]) - max(one[begin], other[begin])


def test_worked_example_is_entered_in_japanese_ranked_and_matched(open_page, clinician, screenshots):
    sibling = register(clinician, "hospital-b", "B-001", SIBLING, genes=("AHI1",))
    register(clinician, "hospital-b", "B-002", UNLIKE)
    page = open_page(Look(1280, "ja"), clinician)
    page.goto("/cases/")
    follow(page.get_by_role("link", name="症例を登録"))
    page.get_by_label("仮名").fill("A-2026-001")
    for number, (term, typed) in enumerate(WORKED_EXAMPLE.items()):
        page.locator(f"#id_findings-{number}-label").focus()
        page.keyboard.type(typed)
        page.locator("[role=option]", has_text=term).wait_for()
        while term not in page.locator("[role=option][aria-selected=true]").all_inner_texts().__str__():
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        assert page.locator(f"#id_findings-{number}-term").input_value() == term
    page.screenshot(path=screenshots / "worked-example-form.png", full_page=True)
    page.get_by_role("button", name="登録", exact=True).click()
    page.wait_for_url("**/cases/K-*/")

    entered = Case.objects.get(local_id="A-2026-001")
    assert {finding.term for finding in entered.described.findings} == set(WORKED_EXAMPLE)
    assert page.locator(".chip").count() >= 8
    assert page.get_by_text("既知の疾患ではない").is_visible()
    assert page.locator(".ranked > li").count() >= 6
    assert page.locator(".match-picture .match-line").count() >= 4
    assert overlapping(page) == []
    page.screenshot(path=screenshots / "worked-example-diseases.png", full_page=True)

    follow(page.get_by_role("link", name="似た症例"))
    first = page.locator(".ranked > li").first
    assert sibling.public_id in first.inner_text()
    assert page.locator(".match-picture .match-line").count() >= 4
    assert overlapping(page) == []
    page.screenshot(path=screenshots / "worked-example-similar.png", full_page=True)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_pages_of_cases_are_accessible(open_page, clinician, cases, look):
    page = open_page(look, clinician)
    here = f"/cases/{cases.public_id}"
    addresses = ["/cases/", "/cases/new/", "/cases/import/", "/cases/?state=draft"]
    views = ("", "similar/", "questions/", "history/", "edit/", "moves/withdraw/", "print/")
    faults = []
    for address in [*addresses, *(f"{here}/{view}" for view in views)]:
        page.goto(address)
        faults += faults_of(page)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("look", [Look(1920, "en"), Look(768, "ja")], ids=str)
def test_no_page_of_a_case_scrolls_sideways(open_page, clinician, cases, look):
    page = open_page(look, clinician)
    for view in ("", "similar/", "questions/", "history/", "edit/", "print/"):
        page.goto(f"/cases/{cases.public_id}/{view}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view


def test_nothing_scrolls_within_the_page_of_a_case(open_page, clinician, cases):
    page = open_page(Look(1280, "ja"), clinician)
    page.set_viewport_size({"width": 1280, "height": 400})
    page.goto(f"/cases/{cases.public_id}/")
    assert page.locator(".pane-left").evaluate("pane => pane.scrollHeight <= pane.clientHeight + 1")


def test_another_disease_is_chosen_in_place_and_keeps_the_focus(open_page, clinician, cases):
    page = open_page(Look(1280, "en"), clinician)
    page.goto(f"/cases/{cases.public_id}/")
    chosen = page.locator(".ranked a[aria-current=true]").inner_text()
    other = page.locator(".ranked a:not([aria-current])").first
    name = other.inner_text()
    other.focus()
    page.keyboard.press("Enter")
    page.locator(".ranked a[aria-current=true]", has_text=name).wait_for()
    assert chosen != name
    assert name in page.locator("#why-head").inner_text()
    assert page.evaluate("document.activeElement.textContent") == name
    assert "disease=" in page.url


def test_questions_are_answered_and_kept(open_page, clinician, cases):
    page = open_page(Look(1280, "en"), clinician)
    page.goto(f"/cases/{cases.public_id}/questions/")
    before = len(cases.described.findings)
    page.get_by_role("button", name="Yes, present").first.click()
    page.get_by_text("Answers, not kept yet").wait_for()
    page.get_by_role("button", name="Keep these answers as findings").click()
    page.wait_for_url(lambda url: "questions" not in url and "answers" not in url)
    assert len(Case.objects.get(pk=cases.pk).described.findings) == before + 1


@pytest.mark.parametrize("path", ["", "similar/", "questions/", "history/", "print/"])
def test_a_case_reads_without_javascript(open_page, clinician, cases, path):
    page = open_page(Look(1280, "en", script=False), clinician)
    page.goto(f"/cases/{cases.public_id}/{path}")
    assert page.locator("h1").is_visible()
    if not path:
        follow(page.locator(".ranked a:not([aria-current])").first)
        assert "disease=" in page.url


def test_a_case_is_registered_without_javascript(open_page, clinician):
    page = open_page(Look(1280, "ja", script=False), clinician)
    page.goto("/cases/new/")
    page.get_by_label("仮名").fill("A-9")
    page.locator("#id_findings-0-label").fill("脳梁欠損")
    page.locator("#id_findings-1-label").fill("HP:0001305")
    page.locator("#id_findings-1-presence").select_option("absent")
    follow(page.get_by_role("button", name="登録", exact=True))
    described = Case.objects.get(local_id="A-9").described
    assert [(one.term, one.excluded) for one in described.findings] == [("HP:0001274", False), ("HP:0001305", True)]


def test_a_case_prints_on_one_sheet(open_page, clinician, cases, screenshots):
    page = open_page(Look(1280, "ja", scheme="dark"), clinician)
    page.goto(f"/cases/{cases.public_id}/print/")
    sheet = page.pdf(prefer_css_page_size=True)
    (screenshots / "case.pdf").write_bytes(sheet)
    assert sheet.count(b"/Type /Page\n") == 1


def test_wrong_input_is_named_at_its_place(open_page, clinician):
    page = open_page(Look(360, "ja"), clinician)
    page.goto("/cases/new/")
    page.locator("#id_findings-0-label").fill("そんな所見はない")
    follow(page.get_by_role("button", name="登録", exact=True))
    page.locator(".error-summary").wait_for()
    assert page.evaluate("document.activeElement.className") == "error-summary"
    assert not faults_of(page)
    page.locator(".error-summary a").first.click()
    expect(page.locator("input:focus")).to_have_count(1)
