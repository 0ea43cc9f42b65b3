"""Forms of cases filled in as nobody should, and as large as real patients are: an answer at the field, never a 500."""

import pytest
from django.urls import reverse

from kakehashi.engines.phenotype.knowledge import load
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import MOST_FINDINGS, Description, Finding
from kakehashi.systems.cases.models import Case
from tests.systems.cases.test_case_form import bound, form_data

pytestmark = pytest.mark.django_db


def row(**said):
    return {"label": "HP:0001250", "presence": "present"} | said


MODIFIERS = ", ".join(load().ontology.id(index) for index in load().ontology.modifier_terms[:30])


@pytest.mark.parametrize(
    ("rows", "said", "field"),
    [
        ([row(note="left\tright")], {}, "id_findings-0-note"),
        ([row(note="bell\x07")], {}, "id_findings-0-note"),
        ([row(modifiers=MODIFIERS)], {}, "id_findings-0-modifiers"),
        ([row(label="", term="HP:0000007")], {}, "id_findings-0-label"),
        ([row(label="", term="nonsense")], {}, "id_findings-0-label"),
        ([row()], {"genes": " ".join(f"GENE{number}" for number in range(600))}, "id_genes"),
        ([row()], {"diagnosis": "A" * 100 + ":1"}, "id_diagnosis"),
        ([row()], {"family_history": "a\x0bsister"}, "id_family_history"),
    ],
)
def test_what_a_description_cannot_hold_is_refused_at_its_field(client, clinician, rows, said, field):
    client.force_login(clinician)
    answer = client.post(reverse("cases:new"), form_data(rows, **said))
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert not Case.objects.exists()


def finding_terms(number):
    ontology = load().ontology
    return [ontology.id(index) for index in ontology.descendants(ontology.phenotype_root)[:number]]


def with_findings(clinician, hospital, number):
    said = Description(findings=tuple(Finding(term=term) for term in finding_terms(number)))
    return enter_case(by=clinician, organisation=hospital, local_id="N-MANY", description=said)


def test_patient_with_as_many_findings_as_a_case_holds_is_edited(client, clinician, hospital):
    case = with_findings(clinician, hospital, MOST_FINDINGS)
    client.force_login(clinician)
    fields = bound(client.get(reverse("cases:edit", args=[case.public_id]))) | {"note": ["seen again"]}
    assert client.post(reverse("cases:edit", args=[case.public_id]), fields).status_code == 302
    case.refresh_from_db()
    assert (case.described.note, len(case.described.findings)) == ("seen again", 1000)


def test_answers_are_kept_up_to_the_limit_and_refused_beyond_it(client, clinician, hospital):
    case = with_findings(clinician, hospital, MOST_FINDINGS - 1)
    one, another = finding_terms(MOST_FINDINGS + 1)[-2:]
    client.force_login(clinician)
    keep = reverse("cases:answers", args=[case.public_id])
    too_many = client.post(
        keep, {"answer": [f"{one}:yes", f"{another}:no"], "from_revision": 1}, headers={"accept-language": "en"}
    )
    assert too_many.status_code == 422
    assert "at most 1000 findings; this would make 1001" in too_many.text
    case.refresh_from_db()
    assert (case.revision, len(case.described.findings)) == (1, MOST_FINDINGS - 1)
    assert client.post(keep, {"answer": [f"{one}:yes"], "from_revision": 1}).status_code == 302
    case.refresh_from_db()
    assert len(case.described.findings) == MOST_FINDINGS
    asked = client.post(reverse("cases:questions", args=[case.public_id]), {"answer": [f"{another}:no"]})
    assert asked.status_code == 200, "asking keeps nothing and so meets no limit"


def test_answers_that_are_no_findings_are_left_out(client, clinician, case):
    client.force_login(clinician)
    inheritance = "HP:0000007"
    assert load().ontology.index(inheritance) is not None
    answers = {"answer": [f"{inheritance}:yes", "HP:0001250:yes"], "from_revision": 2}
    client.post(reverse("cases:answers", args=[case.public_id]), answers)
    case.refresh_from_db()
    added = {one.term for one in case.described.findings}
    assert "HP:0001250" in added
    assert inheritance not in added
