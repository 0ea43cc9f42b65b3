"""Under which list a diagnosis counts: offered where this node can tell, asked for plainly where it cannot."""

import re

import pytest
from django.urls import reverse

from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.course.diagnoses import NewDiagnosis, record_diagnosis
from kakehashi.systems.cases.course.listed import Listed, listed_as
from kakehashi.systems.cases.course.referrals import refer_case
from kakehashi.systems.cases.description import Diagnosis
from kakehashi.systems.cases.models import CaseDiagnosis
from kakehashi.systems.cases.queries import case_for
from tests.systems.cases.conftest import shared_whole

pytestmark = pytest.mark.django_db
SAID = {"basis": "genetic", "diagnosed_on": "2026-02-10"}
UNLISTED = 'name="unlisted"'


@pytest.fixture
def diagnose(client, case, clinician):
    """diagnose(data, language) → the page after sending the form; without data, the form."""

    def ask(data=None, language="en"):
        client.force_login(clinician)
        address = reverse("cases:course_step", args=[case.public_id, "diagnose"])
        headers = {"accept-language": language}
        return client.get(address, headers=headers) if data is None else client.post(address, data, headers=headers)

    return ask


def filled(page, field):
    return re.search(rf'<input[^>]*name="{field}"[^>]*>', page.text).group()


@pytest.mark.parametrize(
    ("disease", "orphanet"),
    [
        ("OMIM:154700", "ORPHA:558"),  # Marfan syndrome, of one name
        ("OMIM:607208", "ORPHA:33069"),  # … (Dravet syndrome)
        ("OMIM:213300", "ORPHA:475"),  # Joubert syndrome 1, by INPP5E of Joubert syndrome
        ("ORPHA:558", "ORPHA:558"),
        ("OMIM:1", ""),
        ("anything", ""),
    ],
)
def test_orphanet_is_found_by_name_and_genes(clinician, disease, orphanet):
    assert listed_as(clinician, disease) == Listed(orphanet)


def test_numbers_are_known_from_the_diagnoses_one_may_see(clinician, hospital, worked_example, make_person):
    seen = enter_case(by=clinician, organisation=hospital, local_id="S", description=worked_example, register=True)
    marfan = NewDiagnosis(disease="ORPHA:558", designated="167")
    row = record_diagnosis(by=clinician, case_id=seen.pk, diagnosis=marfan)
    assert listed_as(clinician, "OMIM:154700") == Listed("ORPHA:558", "167")
    assert listed_as(make_person(), "OMIM:154700") == Listed("ORPHA:558")
    CaseDiagnosis.objects.filter(pk=row.pk).update(reopened_at="2026-01-01T00:00Z")
    assert listed_as(clinician, "OMIM:154700") == Listed("ORPHA:558")


def test_a_case_open_for_care_alone_tells_no_numbers_for_other_patients(case, clinician, hub, make_person):
    colleague = make_person(hub, "clinician")
    refer_case(by=clinician, case=case, hub=hub, note="please")
    record_diagnosis(by=clinician, case_id=case.pk, diagnosis=NewDiagnosis(disease="ORPHA:558", designated="167"))
    assert case_for(colleague, case.public_id) == case, "open to the hub, for the care of its patient"
    assert listed_as(colleague, "OMIM:154700") == Listed("ORPHA:558")
    assert listed_as(clinician, "OMIM:154700") == Listed("ORPHA:558", "167")
    shared_whole(case, clinician)
    assert listed_as(colleague, "OMIM:154700") == Listed("ORPHA:558", "167")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_known_numbers_are_filled_in_to_be_checked(diagnose, language):
    asked = diagnose(SAID | {"disease": "OMIM:154700"}, language)
    assert asked.status_code == 422
    assert 'value="ORPHA:558"' in filled(asked, "orphanet")
    assert UNLISTED in asked.text
    assert {"ja": "その他の疾患", "en": "As far as this node knows, this is: ORPHA:558 Marfan syndrome"}[
        language
    ] in asked.text
    assert not CaseDiagnosis.objects.exists()
    assert diagnose(SAID | {"disease": "OMIM:154700", "orphanet": "ORPHA:558", "designated": ""}).status_code == 302
    assert CaseDiagnosis.objects.get().catalogue == "orphanet"


def test_what_is_filled_in_may_be_taken_out(diagnose):
    sent = SAID | {"disease": "OMIM:154700", "orphanet": "", "unlisted": "on"}
    assert diagnose(sent).status_code == 302
    assert CaseDiagnosis.objects.get().catalogue == "other"


def test_an_unknown_class_is_said_to_be_empty(diagnose):
    asked = diagnose(SAID | {"disease": "OMIM:1"})
    assert asked.status_code == 422
    assert "the diagnosis would count as “other disease”" in asked.text
    assert UNLISTED in asked.text
    assert diagnose(SAID | {"disease": "OMIM:1", "unlisted": "on"}).status_code == 302
    assert CaseDiagnosis.objects.get().catalogue == "other"


@pytest.mark.parametrize(
    ("more", "catalogue"),
    [
        ({"disease": "ORPHA:475"}, "orphanet"),
        ({"disease": "OMIM:154700", "designated": "167"}, "designated"),
        ({"new_disease": "on", "label": "Kitano syndrome"}, "new"),
    ],
)
def test_nothing_is_asked_where_the_class_is_said(diagnose, more, catalogue):
    assert UNLISTED not in diagnose().text
    assert diagnose(SAID | more).status_code == 302
    assert CaseDiagnosis.objects.get().catalogue == catalogue


def test_a_reported_disease_comes_with_its_numbers(client, clinician, hospital, worked_example):
    described = worked_example.model_copy(update={"diagnoses": (Diagnosis(disease="OMIM:154700"),)})
    case = enter_case(by=clinician, organisation=hospital, local_id="R", description=described, register=True)
    client.force_login(clinician)
    page = client.get(reverse("cases:course_step", args=[case.public_id, "diagnose"]))
    assert "Marfan syndrome" in filled(page, "disease")
    assert "OMIM:154700" in filled(page, "disease")
    assert 'value="ORPHA:558"' in filled(page, "orphanet")
