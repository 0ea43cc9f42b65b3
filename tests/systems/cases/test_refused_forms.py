"""A step that is refused comes back with what was typed and says at which field; a form is shown to those it is for."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.course import referrals
from kakehashi.systems.cases.course.consultations import enter_consultation
from kakehashi.systems.cases.course.diagnoses import NewDiagnosis, record_diagnosis
from kakehashi.systems.cases.course.states import Route
from kakehashi.systems.cases.models import Consultation, Referral

pytestmark = pytest.mark.django_db
TYPED = "Please look at the eyes once more."


@pytest.fixture
def referred(case, hub, clinician):
    return referrals.refer_case(by=clinician, case=case, hub=hub, note=TYPED)


@pytest.fixture
def sent(client):
    """sent(person, address, data) → the answer in English."""

    def send(person, address, data):
        client.force_login(person)
        client.cookies["django_language"] = "en"
        return client.post(address, data)

    return send


def test_note_of_a_refused_answer_stays_and_its_field_is_named(sent, referred, hub, make_person):
    address = reverse("cases:referral", args=[referred.public_id])
    page = sent(make_person(hub, "clinician"), address, {"move": "decline", "note": "  "})
    assert page.status_code == 422
    assert 'href="#id_note">Note to the other hospital: Say why' in page.text
    page = sent(make_person(hub, "clinician"), address, {"move": "accept", "note": "x" * 2001})
    assert (page.status_code, "x" * 2001 in page.text) == (422, True)
    assert Referral.objects.get().state == "sent"


def test_answer_that_came_too_late_keeps_what_was_typed(sent, referred, hub, make_person):
    address = reverse("cases:referral", args=[referred.public_id])
    colleague = make_person(hub, "clinician")
    sent(colleague, address, {"move": "answer", "note": "seen"})
    page = sent(colleague, address, {"move": "decline", "note": TYPED})
    assert (page.status_code, TYPED in page.text) == (409, True)
    assert "error-summary" in page.text


def test_hub_that_is_asked_already_is_refused_with_the_note_kept(sent, referred, hub, case, clinician):
    consulted = reverse("cases:consultation", args=[referred.consultation_id])
    for address in (reverse("cases:course_step", args=[case.public_id, "refer"]), consulted):
        page = sent(clinician, address, {"hub": hub.code, "note": "another wording"})
        assert page.status_code == 422
        assert "another wording" in page.text
        assert 'href="#id_hub">Hub hospital: Choose a hub' in page.text


def test_a_hub_is_offered_until_it_is_asked(client, referred, hub, case, clinician, make_person):
    client.force_login(clinician)
    step = reverse("cases:course_step", args=[case.public_id, "refer"])
    assert step not in client.get(reverse("cases:course", args=[case.public_id])).text
    assert client.get(step).status_code == 403
    advance(referred, "decline", by=make_person(hub, "clinician"), note="full")
    assert step in client.get(reverse("cases:course", args=[case.public_id])).text
    assert client.get(step).status_code == 200


def test_disease_that_is_recorded_already_is_named_at_its_field(sent, case, clinician):
    record_diagnosis(by=clinician, case_id=case.pk, diagnosis=NewDiagnosis(disease="ORPHA:475"))
    said = {"disease": "ORPHA:475", "basis": "genetic", "diagnosed_on": "2026-02-10", "evidence": TYPED}
    page = sent(clinician, reverse("cases:course_step", args=[case.public_id, "diagnose"]), said)
    assert page.status_code == 409
    assert TYPED in page.text
    assert 'href="#id_disease">Disease: Joubert syndrome (ORPHA:475) is recorded of this case already.' in page.text


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"disease": "ORPHA:475", "designated": "１２３！"}, "designated"),
        ({"disease": "ORPHA:475", "orphanet": "OMIM:213300"}, "orphanet"),
        ({"disease": "no such disease"}, "disease"),
        ({}, "disease"),
        ({"disease": "ORPHA:475", "gene": "!", "gene_meant": "on"}, "gene"),
    ],
)
def test_what_a_diagnosis_cannot_hold_is_said_at_its_field(sent, case, clinician, said, field):
    said |= {"basis": "genetic", "diagnosed_on": "2026-02-10"}
    page = sent(clinician, reverse("cases:course_step", args=[case.public_id, "diagnose"]), said)
    assert page.status_code == 422
    assert f'<a href="#id_{field}">' in page.text
    assert "This cannot be used here" not in page.text


@pytest.mark.parametrize("written", ["475", "ORPHA:475", "orphanet: 475"])
def test_number_of_orphanet_is_read_however_written(sent, case, clinician, written):
    said = {"disease": "OMIM:213300", "orphanet": written, "basis": "genetic", "diagnosed_on": "2026-02-10"}
    sent(clinician, reverse("cases:course_step", args=[case.public_id, "diagnose"]), said)
    assert case.diagnosis_rows.get().orphanet == "ORPHA:475"


def test_reason_of_a_move_is_asked_at_its_field(sent, case, clinician, hospital):
    page = sent(clinician, reverse("cases:move", args=[case.public_id, "withdraw"]), {"note": ""})
    assert page.status_code == 422
    assert 'href="#id_note">Reason (kept in the history): Say why' in page.text
    unmet = case.described.model_copy(update={"findings": case.described.findings[:1], "affected_relatives": "no"})
    short = enter_case(by=clinician, organisation=hospital, local_id="N-2", description=unmet)
    page = sent(clinician, reverse("cases:move", args=[short.public_id, "register"]), {"note": ""})
    assert (page.status_code, "error-summary" in page.text) == (422, True)


FORMS_OF_WRITERS = (
    ("cases:edit", ()),
    ("cases:candidates", ()),
    ("cases:family_edit", ()),
    ("cases:family_import", ()),
    ("cases:move", ("withdraw",)),
    ("cases:course_step", ("send_for_analysis",)),
    ("cases:course_step", ("diagnose",)),
)


@pytest.mark.parametrize(
    ("place", "role", "writes"),
    [
        ("own", "clinician", True),
        ("own", "data_manager", True),
        ("own", "auditor", False),
        ("own", "diagnosis_committee", False),
        ("hub", "clinician", False),
        ("hub", "data_manager", False),
    ],
)
@pytest.mark.parametrize(("name", "more"), FORMS_OF_WRITERS)
def test_forms_are_offered_to_those_who_may_send_them(
    client, referred, case, hospital, hub, make_person, place, role, writes, name, more
):
    client.force_login(make_person({"own": hospital, "hub": hub}[place], role))
    address = reverse(name, args=[case.public_id, *more])
    if more == ("diagnose",) and role == "diagnosis_committee":
        writes = True  # the committee of its hospital may
    opened = "cases:course" if name == "cases:course_step" else "cases:family" if "family" in name else "cases:show"
    offered = client.get(reverse(opened, args=[case.public_id]))
    assert (offered.status_code, address in offered.text) == (200, writes)
    assert client.get(address).status_code == (200 if writes else 403)


@pytest.mark.parametrize(
    ("said", "field"),
    [({}, "result"), ({"result": "one", "no_result": "too little DNA"}, "no_result"), ({"result": " "}, "result")],
)
def test_analysis_is_done_with_a_result_or_the_reason_why_not(sent, client, case, clinician, said, field):
    advance(case, "send_for_analysis", by=clinician)
    day = f"{timezone.localdate():%Y-%m-%d}"
    address = reverse("cases:course_step", args=[case.public_id, "record_analysis"])
    page = sent(clinician, address, {"done_on": day} | said)
    assert (page.status_code, f'href="#id_{field}"' in page.text) == (422, True)
    assert case.analyses.get().done_on is None
    sent(clinician, address, {"done_on": day, "no_result": "too little DNA"})
    assert "No result: too little DNA" in client.get(reverse("cases:course", args=[case.public_id])).text


def test_note_of_the_bare_move_is_taken_for_no_result(sent, case, clinician):
    advance(case, "send_for_analysis", by=clinician)
    page = sent(clinician, reverse("cases:move", args=[case.public_id, "record_analysis"]), {"note": "too little DNA"})
    assert page.url == reverse("cases:course_step", args=[case.public_id, "record_analysis"])
    advance(case, "record_analysis", by=clinician, note="too little DNA")
    done = case.analyses.get()
    assert (done.done_on, done.result, done.no_result_because) == (timezone.localdate(), "", "")
    assert case.revisions.latest("number").note == "too little DNA"


def test_patient_registered_in_between_is_refused_as_a_conflict(sent, hospital, case, clinician):
    family = Consultation.objects.create(organisation=hospital, local_id="F-9", case=case)
    said = {f"{part}-{name}": "0" for part in ("findings", "variants") for name in ("INITIAL_FORMS", "TOTAL_FORMS")}
    said |= {"sex": "female", "genes": "CEP290", "affected_relatives": "yes", "consanguinity": "no"}
    address = f"{reverse('cases:new')}?consultation={family.pk}"
    page = sent(clinician, address, said | {"local_id": "N-9"})
    assert (page.status_code, "led to another case" in page.text) == (409, True)
    assert sent(clinician, address, said | {"local_id": ""}).status_code == 422


def test_criteria_that_cannot_be_judged_say_what_to_ask(client, case, clinician):
    client.force_login(clinician)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("cases:course", args=[case.public_id])).text
    assert "Since when the patient has been without a diagnosis is not said." in page
    assert "Not all criteria can be judged" in page
    assert "Add it to the case" in page


def test_hospital_with_a_hub_notes_that_a_family_waits_to_be_referred(client, hospital, hub, clinician, make_person):
    address = reverse("cases:new_consultation")
    client.force_login(clinician)
    page = client.get(address).text
    assert re.search(r'value="waiting"[^>]*checked', page)
    assert 'value="direct"' not in page
    with pytest.raises(Invalid):
        enter_consultation(by=clinician, organisation=hospital, local_id="F", route=Route.DIRECT)
    client.force_login(make_person(hub, "clinician"))
    assert re.search(r'value="direct"[^>]*checked', client.get(address).text)
    client.force_login(clinician)
    said = {"local_id": "F-9", "consulted_on": "2026-03-01", "route": "waiting"}
    unsaid = client.post(address, said | {"phenotype_group": ""})
    assert unsaid.status_code == 422
    assert not re.search(r"<option[^>]*value=\"\w+\"[^>]*selected", unsaid.text)
    client.post(
        address, {"local_id": "F-9", "consulted_on": "2026-03-01", "phenotype_group": "eye", "route": "waiting"}
    )
    waiting = Consultation.objects.get()
    assert waiting.route == "waiting"
    referrals.refer(by=clinician, consultation=waiting, hub=hub, note="please")
    assert Consultation.objects.get().route == "referred"
