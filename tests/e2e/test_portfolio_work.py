"""What people of the agency decide with, in a browser: adjustment funds, milestones, pairing, collections, books."""

import re

import pytest
from django.utils import timezone
from tests.e2e.accessibility import faults_of
from tests.e2e.conftest import Look
from tests.systems.portfolio.adjustment.funds import staff

from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio.demo.agency import make_agency
from kakehashi.systems.portfolio.demo.decisions import make_decisions
from kakehashi.systems.portfolio.demo.elsewhere import make_collection
from kakehashi.systems.portfolio.models import AdjustmentRound, Award, Collection, ImportRun, Milestone

pytestmark = pytest.mark.slow
SHARE = 0.02
A4_ACROSS = 1016
"""What an A4 sheet across has between its margins, in CSS pixels: 297 mm less twice 14."""
AS_PRINTED = """() => {
  const all = name => [...document.querySelectorAll(name)], style = (node, name) => getComputedStyle(node)[name];
  return {
    widest: Math.max(...all(".book-table table, .book-table figure").map(one => one.getBoundingClientRect().right)),
    figures: all(".book-table figure svg").filter(one => one.getBoundingClientRect().height > 50).length,
    head: style(document.querySelector("thead"), "display"),
    foot: style(document.querySelector(".print-foot"), "display"),
    sums: all("tfoot").length,
    breaks: all(".book-table").map(one => style(one, "breakBefore")),
    source: document.querySelector(".print-foot").innerText,
  };
}"""


def demo():
    staff()
    make_agency(share=SHARE)
    make_decisions()
    make_collection()


@pytest.fixture
def people(transactional_db, made_once):
    made_once(demo)
    return {
        person.email.partition("@")[0]: person for person in Person.objects.filter(email__endswith="@agency.example")
    }


def pages():
    """Who looks at what: by name the role and the address."""
    rounds = {one.state: one for one in AdjustmentRound.objects.order_by("pk")}
    scored, decided = rounds["scoring"], rounds["decided"]
    first = scored.requests.order_by("number").first().number
    held = Milestone.objects.filter(state="held").first().award.number
    late = Milestone.objects.filter(state="planned").order_by("due").first().award.number
    ending = Award.objects.filter(synthetic=True, ends__year=2023).first().number
    slices = "/portfolio/databook/?measure="
    return {
        "rounds": ("president", "/portfolio/adjustment/"),
        "round-scored": ("president", f"/portfolio/adjustment/{scored.code}/"),
        "round-decided": ("auditor", f"/portfolio/adjustment/{decided.code}/"),
        "round-open": ("programme_officer", f"/portfolio/adjustment/{rounds['open'].code}/"),
        "conditions": ("president", f"/portfolio/adjustment/{scored.code}/conditions/"),
        "price": ("president", f"/portfolio/adjustment/{scored.code}/price/{first}/"),
        "request": ("programme_director", f"/portfolio/adjustment/{scored.code}/{first}/"),
        "request-new": ("programme_officer", f"/portfolio/adjustment/{rounds['open'].code}/new/"),
        "milestones-held": ("programme_director", f"/portfolio/awards/{held}/milestones/"),
        "milestones-late": ("programme_officer", f"/portfolio/awards/{late}/milestones/"),
        "overdue": ("programme_director", "/portfolio/overdue/"),
        "ending": ("programme_officer", "/portfolio/ending/?year=2023"),
        "next": ("programme_officer", f"/portfolio/awards/{ending}/next/"),
        "collections": ("auditor", "/portfolio/collections/"),
        "collection": ("auditor", f"/portfolio/collections/{Collection.objects.get().pk}/"),
        "import": ("auditor", f"/portfolio/imports/{ImportRun.objects.get().pk}/"),
        "databook-awards": ("auditor", f"{slices}awards&rows=phase&columns=year"),
        "databook-spent": ("auditor", f"{slices}spent&rows=ministry&columns=year"),
        "finder": (None, "/awards/"),
        "finder-found": (None, "/awards/?q=antibody"),
    }


@pytest.mark.parametrize("look", [Look(360, "ja", "dark"), Look(1280, "en", "light")], ids=str)
def test_pages_are_accessible(open_page, people, look, screenshots):
    opened = {role: open_page(look, role and people[role]) for role in {role for role, _path in pages().values()}}
    faults = []
    for name, (role, path) in pages().items():
        page = opened[role]
        assert page.goto(path).status == 200, path
        faults += faults_of(page)
        page.screenshot(path=screenshots / f"portfolio-{name}-{look}.png", full_page=True)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_data_book_prints_on_a4_with_its_source_on_every_page(open_page, people, language, screenshots):
    page = open_page(Look(A4_ACROSS, language), people["auditor"])
    assert page.goto("/portfolio/databook/printed/").status == 200
    assert not faults_of(page)
    sections = page.locator("section.book-table").count()
    page.emulate_media(media="print")
    told = page.evaluate(AS_PRINTED)
    assert told["widest"] <= A4_ACROSS, told
    assert told["figures"] >= 8
    assert (told["head"], told["foot"], told["sums"]) == ("table-header-group", "table-footer-group", 0)
    assert told["breaks"] == ["page"] * sections
    assert timezone.localdate().isoformat() in told["source"]
    sheets = page.pdf(prefer_css_page_size=True)
    (screenshots / f"databook-{language}.pdf").write_bytes(sheets)
    boxes = set(re.findall(rb"/MediaBox \[0 0 (\d+)[.\d]* (\d+)", sheets))
    assert [abs(int(wide) - 842) + abs(int(high) - 595) <= 3 for wide, high in boxes] == [True], boxes  # in points
    assert len(re.findall(rb"/Type /Page\b", sheets)) > sections


def test_a_round_is_decided_by_keyboard(open_page, people):
    page = open_page(Look(language="en"), people["president"])
    of_round = AdjustmentRound.objects.get(state="scoring")
    page.goto(f"/portfolio/adjustment/{of_round.code}/")
    first = page.locator("input[name=chosen]:checked").first
    first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Decide").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "differs from the best one" in page.locator("main").inner_text()
    page.locator("textarea[name=note]").focus()
    page.keyboard.type("Rare diseases first")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    of_round.refresh_from_db()
    assert (of_round.state, of_round.decision_note) == ("decided", "Rare diseases first")
