"""Same patient? in a browser: items typed and gone, the suspicion answered, accessible in both languages."""

from datetime import date

import pytest
from tests.e2e.accessibility import faults_of
from tests.e2e.clicking import follow
from tests.e2e.conftest import Look

from kakehashi.engines.linkage.keys import Identity
from kakehashi.kernel.sharing.actions import Terms
from kakehashi.kernel.sharing.states import Reach
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.linkage import actions, looking
from kakehashi.systems.cases.models import LinkageKey, SuspicionSide
from kakehashi.systems.cases.terms import attested, set_terms

HANAKO = Identity("ヤマザキ", "ハナコ", date(2015, 4, 1), "female")
TYPED = {"Family name, in kana": "やまさき", "Given name, in kana": "はなこ", "Date of birth": "2015-4-1"}
TERMS = ("HP:0001250", "HP:0000252", "HP:0001274")


@pytest.fixture
def pair(clinician, case_index):
    """One patient at two institutions of the clinician."""
    cases = []
    for membership in clinician.memberships.filter(role="clinician").order_by("pk")[:2]:
        described = Description.model_validate({"findings": [{"term": term} for term in TERMS]})
        case = enter_case(
            by=clinician, organisation=membership.organisation, local_id="P1", description=described, register=True
        )
        terms = {"terms": Terms(Reach.DOMESTIC), "consent": attested(Reach.DOMESTIC)}
        cases.append(set_terms(by=clinician, case=case, **terms))
    return cases


def test_items_are_typed_and_gone_and_the_suspicion_is_answered(open_page, clinician, pair, screenshots):
    ours, theirs = pair
    actions.give_identity(
        by=clinician, case=theirs, identity=Identity("ヤマザキ", "ハナコ", date(2015, 4, 1), "female")
    )
    page = open_page(Look(language="en"), clinician)
    page.goto(f"/cases/{ours.public_id}/same-patient/")
    for label, text in TYPED.items():
        page.get_by_label(label).fill(text)
    page.get_by_label("Female").check()
    follow(page.get_by_role("button", name="Make the keys"))
    page.wait_for_selector(".message.success")
    assert "やまさき" not in page.content()
    assert LinkageKey.objects.filter(case=ours).count() == 6
    looking.look_for_same_patients()
    page.reload()
    follow(page.get_by_role("button", name="The same patient", exact=True))
    page.wait_for_selector(".message.success")
    assert SuspicionSide.objects.get(case=ours).state == "same"
    faults = []
    for look in (Look(360, "ja", "dark"), Look(1280, "en", "light")):
        page = open_page(look, clinician)
        for path in (f"/cases/{ours.public_id}/same-patient/", "/cases/same-patients/"):
            assert page.goto(path).status == 200
            faults += faults_of(page)
            page.screenshot(path=screenshots / f"same-{look}-{len(path)}.png", full_page=True)
    assert not faults, "\n".join(faults)
