"""A disease that nobody has named yet is read by its name; the id this node made for it is for programs alone."""

import json

import pytest
from django.urls import reverse
from django.utils import translation

from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.systems.cases.actions import edit_case
from kakehashi.systems.cases.course.diagnoses import NewDiagnosis, record_diagnosis, reopen_diagnosis
from kakehashi.systems.cases.models import Case, CaseDiagnosis
from kakehashi.systems.cases.vocabulary import disease_code, disease_label, disease_said
from tests.systems.cases.conftest import shared_whole

pytestmark = pytest.mark.django_db
NAME = "Kitano syndrome"
PAGES = ("show", "course", "history", "print", "similar", "sharing", "questions")


@pytest.fixture
def solved(case, clinician):
    record_diagnosis(by=clinician, case_id=case.pk, diagnosis=NewDiagnosis(new_disease=True, label=NAME))
    return Case.objects.get(pk=case.pk)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_page_shows_the_id_and_those_of_the_disease_say_its_name(site, solved, sibling, language):
    assert solved.diagnosis.startswith("NEW:")
    pages = {name: site(name, solved.public_id, language=language).text for name in PAGES}
    pages["list"] = site("list", language=language).text
    pages["csv"] = site("list", language=language, format="csv").content.decode()
    pages["like it"] = site("similar", sibling.public_id, language=language).text
    pages["print like it"] = site("print", sibling.public_id, language=language).text
    assert {name for name, text in pages.items() if "NEW:" in text} == set()
    naming = {"show", "course", "history", "print", "list", "csv"}
    assert {name for name, text in pages.items() if NAME in text} >= naming


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_search_says_the_name(client, solved, clinician, language):
    client.force_login(clinician)
    text = client.get(reverse("web:search"), {"q": solved.public_id}, headers={"accept-language": language}).text
    assert NAME in text
    assert "NEW:" not in text


def test_messages_and_the_course_say_the_name(solved, clinician, worked_example, site):
    again = NewDiagnosis(new_disease=True, label=NAME)
    with pytest.raises(Conflict) as twice:
        record_diagnosis(by=clinician, case_id=solved.pk, diagnosis=again)
    with pytest.raises(Invalid) as lost:
        edit_case(by=clinician, case=solved, description=worked_example, from_revision=solved.revision)
    said = f"{twice.value} {lost.value.problems}"
    assert NAME in said
    assert "NEW:" not in said
    reopen_diagnosis(by=clinician, diagnosis_id=CaseDiagnosis.objects.get().pk, reason="does not fit")
    page = site("course", solved.public_id).text
    assert f"Diagnosis reopened: {NAME}" in page
    assert "NEW:" not in page


def test_programs_still_get_the_id(client, solved, clinician, other_hospital, make_person):
    shared_whole(solved, clinician)
    client.force_login(make_person(other_hospital, "clinician"))
    told = json.loads(client.get(f"/api/cases/{solved.public_id}").content)
    assert told["diagnosis"] == solved.diagnosis
    assert told["labels"][solved.diagnosis] == NAME


@pytest.mark.parametrize(
    ("disease", "kept", "label", "code", "said"),
    [
        ("OMIM:154700", "", "Marfan syndrome", "OMIM:154700", "Marfan syndrome (OMIM:154700)"),
        ("OMIM:1", "", "OMIM:1", "OMIM:1", "OMIM:1"),
        ("OMIM:1", "Odd disease", "Odd disease", "OMIM:1", "Odd disease (OMIM:1)"),
        ("NEW:K-1-1", "Odd disease", "Odd disease", "", "Odd disease"),
        ("NEW:K-1-1", "", "New disease", "", "New disease"),
        ("NANBYO:999", "", "designated disease 999", "designated disease 999", "designated disease 999"),
        ("NANBYO:999", "Odd", "Odd", "designated disease 999", "Odd (designated disease 999)"),
    ],
)
def test_a_disease_is_said_by_its_name_and_the_number_people_know(disease, kept, label, code, said):
    with translation.override("en"):
        said_so = disease_label(disease, kept), disease_code(disease), disease_said(disease, kept)
    assert said_so == (label, code, said)
