"""The pages of a case's course, of consultations, referrals and networks."""

import pytest
from django.urls import reverse

from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.sharing.actions import Terms, join_network
from kakehashi.kernel.sharing.models import NetworkMember, NetworkRole
from kakehashi.kernel.sharing.states import Reach
from kakehashi.systems.cases.models import Case, CaseDiagnosis, Consultation, Referral
from kakehashi.systems.cases.terms import attested, set_terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(case, clinician):
    return set_terms(by=clinician, case=case, terms=Terms(Reach.NETWORK), consent=attested(Reach.NETWORK))


@pytest.fixture
def go(client):
    """go(person, name, *args, data) → the page after its redirects, insisting on success."""

    def ask(person, name, *args, data=None, status=200):
        client.force_login(person)
        address = reverse(name, args=args)
        page = client.get(address, follow=True) if data is None else client.post(address, data, follow=True)
        assert page.status_code == status, page.text
        return page

    return ask


@pytest.mark.parametrize("language", ["ja", "en"])
def test_course_leads_from_referral_to_a_reopened_diagnosis(go, client, shared, hub, clinician, make_person, language):
    client.cookies["django_language"] = language
    colleague, member = make_person(hub, "clinician"), make_person(hub, "diagnosis_committee")
    here = shared.public_id
    go(clinician, "cases:course", here)
    go(clinician, "cases:course_step", here, "refer", data={"hub": hub.code, "note": "please"})
    sent = Referral.objects.get()
    assert sent.public_id in go(colleague, "web:home").text
    go(colleague, "cases:referral", sent.public_id, data={"move": "accept", "note": ""})
    assert here in go(colleague, "cases:referral", sent.public_id).text
    go(clinician, "cases:course_step", here, "send_for_analysis", data={"kind": "exome", "sent_on": "2026-01-05"})
    go(clinician, "cases:course_step", here, "received", data={"on": "2026-01-06"})
    go(clinician, "cases:course_step", here, "record_analysis", data={"done_on": "2026-02-01", "result": "x"})
    go(clinician, "cases:course_step", here, "committee", data={"committee": hub.code})
    assert here in go(member, "web:home").text
    go(member, "cases:course_step", here, "opinion", data={"text": "fits"})
    decision = {"decision": "diagnosed", "note": "segregates", "disease": "ORPHA:475", "gene": "CEP290"}
    decision |= {"basis": "genetic", "diagnosed_on": "2026-02-10"}
    page = go(member, "cases:course_step", here, "decide", data=decision | {"disease": ""}, status=422)
    assert not CaseDiagnosis.objects.exists()
    go(member, "cases:course_step", here, "decide", data=decision)
    row = CaseDiagnosis.objects.get()
    assert (Case.objects.get().state, row.catalogue, row.gene) == ("diagnosed", "orphanet", "CEP290")
    page = go(clinician, "cases:course", here)
    for told in ("2026-01-05", "2026-01-06", "2026-02-01", "2026-02-10", "segregates", sent.public_id, "ORPHA:475"):
        assert told in page.text, told
    go(clinician, "cases:reopen", here, row.pk, data={"note": "does not fit after all"})
    assert Case.objects.get().state == "analysed"
    assert "does not fit after all" in go(clinician, "cases:course", here).text


def test_centre_is_led_home_when_its_work_is_done(go, shared, hub, clinician, make_person):
    centre = Organisation.objects.create(code="KAISEKI", name="解析センター", name_en="Analysis Centre")
    network = NetworkMember.objects.filter(organisation=hub).get().network
    join_network(by=None, network=network, organisation=centre, role=NetworkRole.ANALYSIS)
    analyst, here = make_person(centre, "researcher"), shared.public_id
    sent = {"kind": "exome", "sent_on": "2026-01-05", "centre": centre.code}
    go(clinician, "cases:course_step", here, "send_for_analysis", data=sent)
    page = go(analyst, "cases:course_step", here, "record_analysis", data={"done_on": "2026-02-01", "result": "x"})
    assert page.redirect_chain == [(reverse("web:home"), 302)]
    go(analyst, "cases:course", here, status=404)


def test_consultation_is_noted_referred_and_registered(go, hub, clinician, make_person):
    said = {"local_id": "F-1", "consulted_on": "2026-03-01", "phenotype_group": "nervous", "route": "waiting"}
    page = go(clinician, "cases:new_consultation", data=said)
    made = Consultation.objects.get()
    assert f"?consultation={made.pk}" in page.text
    go(clinician, "cases:new_consultation", data=said, status=422)
    go(clinician, "cases:consultation", made.pk, data={"hub": hub.code, "note": "please"})
    go(clinician, "cases:settle", made.pk, data={}, status=409)
    colleague = make_person(hub, "clinician")
    sent = Referral.objects.get()
    go(colleague, "cases:referral", sent.public_id, data={"move": "decline", "note": ""}, status=422)
    go(colleague, "cases:referral", sent.public_id, data={"move": "decline", "note": "seen elsewhere"})
    assert "seen elsewhere" in go(clinician, "cases:referral", sent.public_id).text
    for name in ("cases:consultations", "cases:referrals"):
        assert go(clinician, name).status_code == 200
    go(clinician, "cases:settle", made.pk, data={})
    assert Consultation.objects.get().route == "settled"
    go(make_person(), "cases:consultation", made.pk, status=404)
    go(make_person(), "cases:referral", sent.public_id, status=404)


def test_patient_is_registered_from_the_consultation(go, client, clinician, hospital):
    made = Consultation.objects.create(organisation=hospital, local_id="F-2")
    client.force_login(clinician)
    forms = {f"{part}-{name}": "0" for part in ("findings", "variants") for name in ("INITIAL_FORMS", "TOTAL_FORMS")}
    said = {"local_id": "F-2", "sex": "female", "genes": "CEP290", "affected_relatives": "no", "consanguinity": "no"}
    address = f"{reverse('cases:new')}?consultation={made.pk}"
    refused = client.post(address, forms | said)
    assert refused.status_code == 422
    assert 'name="criteria"' in refused.text
    client.post(address, forms | said | {"criteria": "the hub asked for it"})
    case = Case.objects.get()
    assert (case.state, case.eligibility) == ("registered", "overridden")
    assert Consultation.objects.get().case == case
    assert case.revisions.first().note == "the hub asked for it"


def test_steps_of_others_are_refused(go, shared, hub, make_person, hospital):
    auditor = make_person(hospital, "auditor")
    for step, data in (
        ("close", {"note": "x"}),
        ("send_for_analysis", {"kind": "exome", "sent_on": "2026-01-05"}),
        ("refer", {"hub": hub.code, "note": "x"}),
        ("diagnose", {"disease": "ORPHA:475", "basis": "genetic", "diagnosed_on": "2026-01-01"}),
    ):
        go(auditor, "cases:course_step", shared.public_id, step, data=data, status=403)
    go(auditor, "cases:course_step", shared.public_id, "nothing", status=404)
    assert Case.objects.get().state == "registered"


def test_networks_are_changed_by_an_agency_and_left_by_ones_own(go, hub, hospital, make_person):
    agency = Organisation.objects.create(code="AGENCY", name="機構", kind=Kind.AGENCY)
    officer, own = make_person(agency, "administrator"), make_person(hospital, "administrator")
    found = {"form": "found", "found-code": "new", "found-name": "新しい網", "found-name_en": "New"}
    place = {"form": "place", "place-network": "new", "place-organisation": hub.code, "place-role": "hub"}
    go(own, "sharing:networks", data=found, status=403)
    go(officer, "sharing:networks", data=found)
    go(officer, "sharing:networks", data=found, status=422)
    go(officer, "sharing:networks", data=place)
    wrong = place | {"place-organisation": hospital.code, "place-role": "cooperating", "place-hub": "nobody"}
    go(officer, "sharing:networks", data=wrong, status=422)
    assert NetworkMember.objects.filter(network__code="new", role="hub").exists()
    go(own, "sharing:leave", "irud", hub.code, data={}, status=403)
    go(own, "sharing:leave", "irud", hospital.code, data={})
    assert not NetworkMember.objects.filter(organisation=hospital).exists()
    go(make_person(hospital, "clinician"), "sharing:networks", status=403)
