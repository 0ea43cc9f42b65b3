"""A print carries no other patient's data; on the screen similar cases of all institutions stand in one order."""

import pytest
from django.utils import timezone

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.sharing.actions import Consent, Terms
from kakehashi.kernel.sharing.states import Level, Reach
from kakehashi.systems.cases import terms
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.course.diagnoses import NewDiagnosis, record_diagnosis
from kakehashi.systems.cases.description import Description, Finding

pytestmark = pytest.mark.django_db


def registered(by, organisation, name, described, level=None):
    made = enter_case(by=by, organisation=organisation, local_id=name, description=described, register=True)
    if level is not None:
        consent = Consent(version="1", since=timezone.localdate(), domestic=True)
        made = terms.set_terms(by=by, case=made, terms=Terms(Reach.DOMESTIC, level), consent=consent)
    return made


@pytest.fixture
def alike(case, clinician, hospital, other_hospital, make_person, worked_example):
    """Two cases of one's own hospital, less and more alike, and two of another one between them."""
    colleague = make_person(other_hospital, "clinician")
    own = registered(clinician, hospital, "N-ALIKE", worked_example)
    found = NewDiagnosis(disease="OMIM:213300", label="Joubert syndrome 1")
    record_diagnosis(by=clinician, case_id=own.pk, diagnosis=found)
    fewer = worked_example.model_copy(update={"findings": worked_example.findings[:6]})
    registered(colleague, other_hospital, "T-1", fewer, Level.MATCHING)
    registered(colleague, other_hospital, "T-2", worked_example, Level.EXISTS)
    far = Description(findings=(worked_example.findings[0], Finding(term="HP:0001250")))
    return own, registered(clinician, hospital, "N-FAR", far)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "On {day}, 1 of the cases that you may open was alike from 50% on."),
        ("ja", "{day}時点で、閲覧できる症例のうち類似度50%以上は1件です。"),
    ],
)
def test_print_says_how_many_are_alike_and_nothing_else_of_other_patients(site, case, alike, language, said):
    page = site("print", case.public_id, language=language).text.partition("<main")[2]
    for other in alike:
        assert other.public_id not in page
        assert other.local_id not in page
    for name in ("T-1", "T-2", "Hospital in Japan", "日本の病院"):
        assert name not in page
    assert said.format(day=timezone.localdate().isoformat()) in page
    printed = AuditEntry.objects.get(action="case.print")
    assert printed.subjects == [str(case.pk)]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_diagnosis_of_another_patient_is_on_no_print(site, case, clinician, hospital, worked_example, language):
    """Where it is not among the patient's own ranked diseases."""
    own = registered(clinician, hospital, "N-2", worked_example)
    record_diagnosis(by=clinician, case_id=own.pk, diagnosis=NewDiagnosis(new_disease=True, label="Kitano syndrome"))
    assert "Kitano syndrome" in site("similar", case.public_id, language=language).text
    assert "Kitano syndrome" not in site("print", case.public_id, language=language).text


@pytest.mark.parametrize(("language", "place"), [("en", "Hospital in Japan"), ("ja", "日本の病院")])
def test_cases_of_others_stand_in_their_rank_with_what_they_share(site, case, alike, language, place):
    own, far = alike
    answer = site("similar", case.public_id, language=language)
    page = answer.text.partition('id="similar-head"')[2].partition("</section>")[0]
    scores = [row["score"] for row in answer.context["ranked"]]
    assert scores == sorted(scores, reverse=True)
    places = [page.index(f'id="case-{own.public_id}"'), page.index(place), page.rindex(place)]
    places.append(page.index(f'id="case-{far.public_id}"'))
    assert places == sorted(places)
    assert len(set(places)) == 4
    between = page[places[1] : places[2]]
    assert {"en": "In common:", "ja": "共通"}[language] in between
    assert {"en": "Dandy-Walker malformation", "ja": "ダンディー・ウォーカー奇形"}[language] in between
    assert "T-1" not in page
    assert {"en": "shows only that it exists", "ja": "あることだけ"}[language] in page[places[2] : places[3]]


def test_where_only_others_have_similar_cases_they_stand_there(site, case, other_hospital, make_person, worked_example):
    colleague = make_person(other_hospital, "clinician")
    registered(colleague, other_hospital, "T-1", worked_example, Level.MATCHING)
    page = site("similar", case.public_id).text
    assert "Hospital in Japan" in page
    assert "No similar case yet" not in page
