"""Two hospitals' clinicians in their browsers: find each other, write, agree to be named, confirm, solve both cases."""

import pytest
from tests.e2e.accessibility import faults_of
from tests.e2e.clicking import follow
from tests.e2e.conftest import Look

from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.sharing.actions import Terms
from kakehashi.kernel.sharing.states import Reach
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.models import CaseDiagnosis
from kakehashi.systems.cases.terms import attested, set_terms
from kakehashi.systems.exchange import matching
from kakehashi.systems.exchange.models import Match


@pytest.fixture
def sides(clinician, case_index):
    """(person, match) of either hospital: two like cases, and one clinician for each."""
    described = Description.model_validate(
        {"findings": [{"term": term} for term in ("HP:0001250", "HP:0000252", "HP:0001274")], "genes": ["SCN1A"]}
    )
    other = Person.objects.create_user("jiro@hospital-b.example", name="港 次郎")
    first, second = (one.organisation for one in clinician.memberships.filter(role="clinician").order_by("pk"))
    clinician.memberships.filter(organisation=second).delete()
    Membership.objects.create(person=other, organisation=second, role=Role.CLINICIAN)
    cases = []
    for person, organisation in ((clinician, first), (other, second)):
        case = enter_case(by=person, organisation=organisation, local_id="P", description=described, register=True)
        terms = {"terms": Terms(Reach.DOMESTIC), "consent": attested(Reach.DOMESTIC)}
        cases.append(set_terms(by=person, case=case, **terms))
    matching.match_cases([case.pk for case in cases])
    return [(person, Match.objects.get(case=case)) for person, case in zip((clinician, other), cases, strict=True)]


def test_from_the_match_to_two_diagnoses(open_page, sides, screenshots):
    (ours, match), (theirs, across) = sides
    here, there = open_page(Look(language="en"), ours), open_page(Look(language="ja"), theirs)
    here.goto(f"/exchange/matches/{match.pk}/")
    here.keyboard.press("r")
    here.keyboard.type("We see the same since birth.")
    here.keyboard.press("Control+Enter")
    here.wait_for_selector(".message.success")
    there.goto("/exchange/conversations/")
    follow(there.locator("tbody a").first)
    there.wait_for_selector("text=We see the same since birth.")
    assert "日本の病院" in there.content()
    assert "山田" not in there.content()
    there.locator("textarea").fill("こちらも同じです。")
    follow(there.locator("form[data-reply-keys] button"))
    there.wait_for_selector("text=こちらも同じです。")
    follow(there.locator("button[value=agree]"))
    here.goto(f"/exchange/matches/{match.pk}/")
    assert "次郎" not in here.content()
    follow(here.locator("button[value=agree]"))
    here.wait_for_selector("text=jiro@hospital-b.example")
    faults = faults_of(here)
    here.goto(f"/exchange/matches/{match.pk}/")
    here.keyboard.press("y")
    here.wait_for_selector(".message.success")
    here.goto(f"/exchange/matches/{match.pk}/")
    here.locator("input[name=disease]").fill("OMIM:607208")
    here.locator("input[name=gene]").fill("SCN1A")
    here.evaluate("scrollTo(0, 0)")  # else the bar at the top lies over half of the breadcrumb's links
    faults += faults_of(here)
    here.screenshot(path=screenshots / "two-hospitals-match.png", full_page=True)
    follow(here.locator("form[action$='/solve/'] button"))  # which fills in what it knows of the disease, and asks
    assert here.locator("input[name=orphanet]").input_value() == "ORPHA:33069"
    faults += faults_of(here)
    follow(here.locator("form[action$='/solve/'] button"))
    here.wait_for_selector(".message.success")
    there.goto(f"/exchange/matches/{across.pk}/")
    there.wait_for_selector("text=相手側は一致を確定済み")
    faults += faults_of(there)
    there.screenshot(path=screenshots / "two-hospitals-proposal.png", full_page=True)
    follow(there.locator("button[value=accept]"))
    there.wait_for_selector(".message.success")
    recorded = CaseDiagnosis.objects.order_by("pk").values_list("case", "disease", "recorded_by")
    assert list(recorded) == [
        (match.case_id, "OMIM:607208", ours.pk),
        (across.case_id, "OMIM:607208", theirs.pk),
    ]
    for path in ("/exchange/matches/precision/", "/exchange/conversations/"):
        there.goto(path)
        faults += faults_of(there)
    assert not faults, "\n".join(faults)
