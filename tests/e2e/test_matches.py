"""My matches in a browser: accessible in both languages and widths, triaged by keyboard alone or by buttons alone."""

import pytest
from tests.e2e.accessibility import faults_of
from tests.e2e.clicking import follow
from tests.e2e.conftest import Look

from kakehashi.kernel.sharing.actions import Terms
from kakehashi.kernel.sharing.states import Reach
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.terms import attested, set_terms
from kakehashi.systems.exchange import matching
from kakehashi.systems.exchange.models import Match

PROFILES = (
    (("HP:0001250", "HP:0000252", "HP:0001274"), "SCN1A"),
    (("HP:0001760", "HP:0001166", "HP:0001083"), "FBN1"),
)


@pytest.fixture
def queue(clinician, case_index):
    cases = []
    for membership in clinician.memberships.filter(role="clinician").order_by("pk"):
        for number, (findings, gene) in enumerate(PROFILES):
            described = Description.model_validate({"findings": [{"term": term} for term in findings], "genes": [gene]})
            case = enter_case(
                by=clinician,
                organisation=membership.organisation,
                local_id=f"P{number}",
                description=described,
                register=True,
            )
            terms = {"terms": Terms(Reach.DOMESTIC), "consent": attested(Reach.DOMESTIC)}
            cases.append(set_terms(by=clinician, case=case, **terms))
    matching.match_cases([case.pk for case in cases])
    assert Match.objects.count() == 4
    return cases


@pytest.mark.parametrize("look", [Look(360, "ja", "dark"), Look(1280, "en", "light")], ids=str)
def test_pages_are_accessible(open_page, clinician, queue, look, screenshots):
    page = open_page(look, clinician)
    faults = []
    for path in (
        "/exchange/matches/",
        "/exchange/matches/?view=dismissed",
        f"/exchange/matches/{Match.objects.first().pk}/",
    ):
        assert page.goto(path).status == 200
        faults += faults_of(page)
        page.screenshot(path=screenshots / f"matches-{look}-{len(path)}.png", full_page=True)
    assert not faults, "\n".join(faults)


def test_triage_by_keyboard(open_page, clinician, queue):
    page = open_page(Look(language="en"), clinician)
    page.goto("/exchange/matches/")
    page.keyboard.press("j")
    with page.expect_navigation():  # the next keys are for the scripts of the new page
        page.keyboard.press("c")
    page.wait_for_selector(".message.success")
    assert Match.objects.filter(state="contacted").count() == 1
    at = "[...document.querySelectorAll('[data-rows] > tbody > tr')].indexOf(document.activeElement.closest('tr'))"
    assert page.evaluate(at) == 0  # where one was, the page is again
    for key in ("x", "j", "x", "d"):
        page.keyboard.press(key)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Dismissed: 2")
    assert set(Match.objects.filter(state="dismissed").values_list("dismissal", flat=True)) == {"same_patient"}


def test_triage_without_script(open_page, clinician, queue):
    page = open_page(Look(language="en", script=False), clinician)
    page.goto("/exchange/matches/")
    page.locator("input[name=match]").first.check()
    follow(page.locator("button[value=confirm]"))
    assert Match.objects.filter(state="confirmed").count() == 1
