"""The course of a case in a browser: referred, accepted, analysed, decided, reopened; every page accessible."""

import pytest
from tests.e2e.accessibility import faults_of
from tests.e2e.clicking import follow
from tests.e2e.conftest import Look
from tests.e2e.test_cases import WORKED_EXAMPLE, register

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.sharing.actions import Terms, add_network, join_network
from kakehashi.kernel.sharing.models import NetworkRole
from kakehashi.kernel.sharing.states import Reach
from kakehashi.systems.cases.models import Case, Referral
from kakehashi.systems.cases.terms import attested, set_terms

pytestmark = pytest.mark.usefixtures("case_index")


def someone_at(hub, address, *roles):
    person = Person.objects.create_user(f"{address}@hub.example", "long enough words", name="青木 泉")
    for role in roles:
        Membership.objects.create(person=person, organisation=hub, role=role)
    return person


@pytest.fixture
def hub(clinician):
    """A hub whose people are not the clinician, and the clinician's hospital beside it in a network."""
    made = Organisation.objects.create(code="hub", name="中央拠点病院", name_en="Central Hub Hospital")
    network = add_network(by=None, code="irud", name="未診断疾患ネットワーク", name_en="Undiagnosed diseases")
    join_network(by=None, network=network, organisation=made, role=NetworkRole.HUB)
    own = Organisation.objects.get(code="hospital-a")
    join_network(by=None, network=network, organisation=own, role=NetworkRole.COOPERATING, hub=made)
    return made


def test_referred_accepted_analysed_decided_and_reopened(open_page, clinician, hub, screenshots):
    case = register(clinician, "hospital-a", "A-001", WORKED_EXAMPLE, genes=("AHI1",))
    set_terms(by=clinician, case=case, terms=Terms(Reach.NETWORK), consent=attested(Reach.NETWORK))
    colleague = someone_at(hub, "colleague", Role.CLINICIAN)
    member = someone_at(hub, "member", Role.DIAGNOSIS_COMMITTEE)
    here = f"/cases/{case.public_id}/course/"

    own = open_page(Look(1280, "ja"), clinician)
    own.goto(here)
    follow(own.get_by_role("link", name="拠点病院へ紹介する"))
    own.get_by_label("依頼内容").fill("受け入れをお願いします")
    follow(own.get_by_role("button", name="拠点病院へ紹介する"))
    own.get_by_text("中央拠点病院 へ紹介").wait_for()

    theirs = open_page(Look(1280, "en"), colleague)
    theirs.goto("/")
    follow(theirs.get_by_role("link", name="Read and answer").first)
    follow(theirs.get_by_role("button", name="Accept"))
    theirs.get_by_text("Accepted by the hub").first.wait_for()
    assert not faults_of(theirs)
    follow(theirs.get_by_role("link", name=case.public_id))
    theirs.get_by_role("heading", name="What happened").wait_for()

    for step, name in (("send_for_analysis", "解析に出す"), ("record_analysis", "解析の完了を記録")):
        own.goto(f"{here}{step}/")
        if step == "record_analysis":
            own.get_by_label("結果の要約").fill("候補1件")
        follow(own.get_by_role("button", name=name))
        own.wait_for_url(f"**{here}")
    follow(own.get_by_role("link", name="診断委員会に付議する"))
    follow(own.get_by_role("button", name="診断委員会に付議する"))
    own.wait_for_url(f"**{here}")

    deciding = open_page(Look(1280, "ja"), member)
    deciding.goto(here)
    follow(deciding.get_by_role("link", name="委員会として判定する"))
    assert not faults_of(deciding)
    deciding.get_by_label("判定の根拠").fill("家系内で共分離")
    deciding.get_by_role("combobox", name="疾患", exact=True).fill("ORPHA:475")
    deciding.screenshot(path=screenshots / "course-decision.png", full_page=True)
    follow(deciding.get_by_role("button", name="委員会として判定する"))
    deciding.wait_for_url(f"**{here}")
    assert Case.objects.get(pk=case.pk).state == "diagnosed"

    own.goto(here)
    own.get_by_role("heading", name="記録された診断").wait_for()
    own.screenshot(path=screenshots / "course.png", full_page=True)
    assert not faults_of(own)
    follow(own.get_by_role("link", name="診断を見直す"))
    own.get_by_label("理由").fill("別の所見と合わない")
    follow(own.get_by_role("button", name="診断を見直す"))
    own.get_by_text("別の所見と合わない").wait_for()
    assert Case.objects.get(pk=case.pk).state == "analysed"


@pytest.mark.parametrize("look", [Look(1280, "ja"), Look(360, "en", "dark")], ids=str)
def test_pages_of_consultations_and_networks_are_accessible(open_page, clinician, hub, look):
    Membership.objects.create(
        person=clinician, organisation=Organisation.objects.get(code="hospital-a"), role=Role.ADMINISTRATOR
    )
    page = open_page(look, clinician)
    page.goto("/cases/consultations/new/")
    page.locator("#id_local_id").fill("F-1")
    page.locator("#id_phenotype_group").select_option("eye")
    follow(page.locator("form.form button.primary"))
    page.wait_for_url("**/cases/consultations/*/")
    faults = faults_of(page)
    page.locator("#id_note").fill("x")
    follow(page.locator("form.form button"))
    sent = Referral.objects.get().public_id
    for address in ("/cases/consultations/", "/cases/referrals/", f"/cases/referrals/{sent}/", "/networks/"):
        page.goto(address)
        faults += faults_of(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    assert not faults, "\n".join(faults)
