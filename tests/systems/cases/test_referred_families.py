"""A family that a hub registered: its case is the hub's, whatever the hospital that referred the family does next."""

import json

import pytest
from django.urls import reverse

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.sharing.actions import Terms, add_network, join_network
from kakehashi.kernel.sharing.models import Grant, NetworkRole
from kakehashi.kernel.sharing.states import Reach
from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases.actions import enter_case, register_case
from kakehashi.systems.cases.course import consultations, referrals
from kakehashi.systems.cases.queries import visible_cases
from kakehashi.systems.cases.terms import attested, set_terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def hubs(hospital, other_hospital):
    """The other hospital and a third one, each a hub of the first's networks."""
    third = Organisation.objects.create(code="HIGASHI", name="東病院", name_en="East Hospital")
    for code, hub in (("irud", other_hospital), ("rare", third)):
        network = add_network(by=None, code=code, name="未診断疾患")
        join_network(by=None, network=network, organisation=hub, role=NetworkRole.HUB)
        join_network(by=None, network=network, organisation=hospital, role=NetworkRole.COOPERATING, hub=hub)
    join_network(by=None, network=network, organisation=other_hospital, role=NetworkRole.COOPERATING, hub=third)
    return other_hospital, third


@pytest.fixture
def family(hospital, hubs, clinician, make_person, worked_example):
    """Referred to the first hub, which accepted it and registered the patient, within the network's reach."""
    noted = consultations.enter_consultation(by=clinician, organisation=hospital, local_id="F-1")
    colleague = make_person(hubs[0], "clinician")
    sent = referrals.refer(by=clinician, consultation=noted, hub=hubs[0], note="please")
    advance(sent, "accept", by=colleague)
    made = enter_case(by=colleague, organisation=hubs[0], local_id="H-1", description=worked_example)
    case = register_case(by=colleague, case=made)
    set_terms(by=colleague, case=case, terms=Terms(Reach.NETWORK), consent=attested(Reach.NETWORK))
    return consultations.lead_to_case(by=colleague, consultation=noted, case=case)


def test_case_of_one_hub_is_not_opened_to_another_by_the_referring_hospital(family, hubs, clinician, make_person):
    stranger = make_person(hubs[1], "clinician")
    sent = referrals.refer(by=clinician, consultation=family, hub=hubs[1], note="and what do you think?")
    assert sent.grant is None
    assert not Grant.objects.exists()
    assert not visible_cases(stranger).exists()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_referring_hospital_is_not_told_the_id_of_the_hubs_case(client, family, hubs, clinician, make_person, language):
    hidden = family.case.public_id
    pages = [
        reverse("cases:consultations"),
        f"{reverse('cases:consultations')}?format=csv",
        reverse("cases:consultation", args=[family.pk]),
        "/api/consultations/",
    ]
    client.force_login(clinician)
    for page in pages:
        shown = client.get(page, headers={"accept-language": language})
        assert shown.status_code == 200
        assert family.local_id in shown.text
        assert hidden not in shown.text, page
    assert json.loads(shown.text)[0]["case"] is None


def test_hospital_that_may_open_the_case_is_told_its_id(client, hospital, clinician, case):
    noted = consultations.enter_consultation(by=clinician, organisation=hospital, local_id="F-2")
    consultations.lead_to_case(by=clinician, consultation=noted, case=case)
    client.force_login(clinician)
    assert client.get("/api/consultations/").json()[0]["case"] == case.public_id
    assert case.public_id in client.get(reverse("cases:consultations")).text
    assert case.public_id in client.get(reverse("cases:consultation", args=[noted.pk])).text


def test_why_a_hub_sees_no_more_is_told_only_of_the_referring_hospitals_case(client, family, hubs, clinician):
    sent = referrals.refer(by=clinician, consultation=family, hub=hubs[1], note="and what do you think?")
    client.force_login(clinician)
    assert client.get(reverse("cases:referral", args=[sent.public_id])).context["hub_sees"] is None


def test_referrals_as_csv_are_read_and_recorded(client, family, clinician):
    client.force_login(clinician)
    answer = client.get(reverse("cases:referrals"), {"format": "csv"})
    sent = family.referrals.get()
    assert sent.public_id in answer.text
    entry = AuditEntry.objects.get(action="case.export")
    assert (entry.subject_type.split(".")[-1], entry.subject_id) == ("referral", str(sent.pk))


@pytest.mark.parametrize("at_holder", [True, False])
def test_the_hospitals_own_pseudonym_is_shown_to_its_own_people_alone(
    at_holder, client, case, hospital, hubs, clinician, make_person
):
    referrals.refer_case(by=clinician, case=case, hub=hubs[0], note="please")
    client.force_login(clinician if at_holder else make_person(hubs[0], "clinician"))
    views = ("", "similar/", "questions/", "history/", "course/", "family/", "edit/", "print/", "phenopacket/")
    pages = [f"/cases/{case.public_id}/{view}" for view in views]
    pages += ["/cases/", "/cases/?format=csv", "/api/cases/", f"/api/cases/{case.public_id}"]
    pages += [f"/cases/?q={case.local_id}", f"/search/?q={case.public_id}"]
    shown = {page: client.get(page) for page in pages}
    assert shown["/cases/"].status_code == shown[f"/api/cases/{case.public_id}"].status_code == 200
    named = {page for page, answer in shown.items() if case.local_id in answer.text.replace(f"q={case.local_id}", "")}
    if at_holder:
        assert {"/cases/", "/cases/?format=csv", "/api/cases/", f"/api/cases/{case.public_id}", pages[0]} <= named
        return
    assert named <= {f"/cases/?q={case.local_id}"}  # what was typed
    assert case.public_id not in shown[f"/cases/?q={case.local_id}"].text
    assert shown["/cases/"].text.count(case.public_id) >= 1
