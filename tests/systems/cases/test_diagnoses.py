"""Diagnoses: recorded, reopened, and always the same in the rows and in the description."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pydantic import ValidationError

from kakehashi.kernel import audit, events
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from kakehashi.kernel.events.results import CaseDiagnosed, DiagnosisReopened
from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases.actions import edit_case, revert_case, withdraw_case
from kakehashi.systems.cases.course.diagnoses import NewDiagnosis, standing
from kakehashi.systems.cases.description import Description, Variant
from kakehashi.systems.cases.matching.similar import find_similar
from kakehashi.systems.cases.models import Case, CaseDiagnosis
from kakehashi.systems.cases.public import diagnosed_with, record_diagnosis, reopen_diagnosis
from kakehashi.systems.cases.states import FINDABLE, CaseState

pytestmark = pytest.mark.django_db
JOUBERT = NewDiagnosis(
    disease="OMIM:213300",
    gene="CEP290",
    variant=Variant(gene="CEP290", hgvs="NM_025114.4:c.2991+1655A>G", zygosity="homozygous"),
    acmg="pathogenic",
    evidence="segregates in the family",
)


@pytest.fixture
def heard(monkeypatch):
    found = []
    publish = events.publish
    monkeypatch.setattr(events, "publish", lambda event: (found.append(event), publish(event)))
    return found


def agree(case):
    """The rows and the description name the same diseases, and the list's column the first."""
    case = Case.objects.get(pk=case.pk)
    named = [one.disease for one in case.described.diagnoses]
    assert {row.disease for row in standing(case)} <= set(named)
    assert case.diagnosis == (named[0] if named else "")
    return case


def test_recorded_diagnosis_is_said_in_the_description_and_moves_the_case(case, clinician, heard):
    row = record_diagnosis(by=clinician, case_id=case.pk, diagnosis=JOUBERT)
    found = agree(case)
    assert (found.state, found.diagnosis, row.catalogue) == ("diagnosed", "OMIM:213300", "other")
    assert found.described.variants == (JOUBERT.variant,)
    assert row.described_variant == JOUBERT.variant
    told = [event for event in heard if isinstance(event, CaseDiagnosed)]
    assert told == [CaseDiagnosed(case.pk, row.pk, case.organisation_id, None, timezone.localdate(), case.revision + 1)]
    assert audit.verify().intact


def test_second_diagnosis_leaves_the_case_diagnosed_and_the_same_twice_is_refused(case, clinician):
    record_diagnosis(by=clinician, case_id=case.pk, diagnosis=JOUBERT)
    record_diagnosis(by=clinician, case_id=case.pk, diagnosis=NewDiagnosis(disease="ORPHA:475", designated="177"))
    assert [row.catalogue for row in standing(agree(case))] == ["other", "designated"]
    with pytest.raises(Conflict):
        record_diagnosis(by=clinician, case_id=case.pk, diagnosis=JOUBERT)


def test_one_of_two_is_reopened_then_the_last(case, clinician, heard):
    first = record_diagnosis(by=clinician, case_id=case.pk, diagnosis=JOUBERT)
    second = record_diagnosis(by=clinician, case_id=case.pk, diagnosis=NewDiagnosis(disease="ORPHA:475"))
    reopen_diagnosis(by=clinician, diagnosis_id=first.pk, reason="does not segregate")
    assert (agree(case).state, agree(case).diagnosis) == ("diagnosed", "ORPHA:475")
    reopen_diagnosis(by=clinician, diagnosis_id=second.pk, reason="not this either")
    found = agree(case)
    assert (found.state, found.diagnosis) == ("registered", "")
    assert CaseDiagnosis.objects.filter(case=case).count() == 2
    assert [event.diagnosis_id for event in heard if isinstance(event, DiagnosisReopened)] == [first.pk, second.pk]
    again = record_diagnosis(by=clinician, case_id=case.pk, diagnosis=JOUBERT)
    assert again.pk != first.pk
    with pytest.raises(Conflict):
        reopen_diagnosis(by=clinician, diagnosis_id=first.pk, reason="twice")


def test_reopening_leads_back_to_where_the_case_stood(case, clinician):
    advance(case, "send_for_analysis", by=clinician)
    advance(case, "record_analysis", by=clinician, note="one candidate")
    row = record_diagnosis(by=clinician, case_id=case.pk, diagnosis=JOUBERT)
    reopen_diagnosis(by=clinician, diagnosis_id=row.pk, reason="a second look")
    assert Case.objects.get(pk=case.pk).state == CaseState.ANALYSED
    with pytest.raises(Invalid):
        advance(case, "diagnose", by=clinician)


@pytest.mark.parametrize(
    "moves", [(), ("send_for_analysis",), ("send_for_analysis", "record_analysis"), ("diagnose",), ("close",)]
)
def test_withdrawn_case_comes_back_where_it_stood(case, clinician, hospital, make_person, moves):
    for move in moves:
        if move == "diagnose":
            record_diagnosis(by=clinician, case_id=case.pk, diagnosis=JOUBERT)
        else:
            advance(case, move, by=clinician, note="because")
    before = Case.objects.get(pk=case.pk)
    withdraw_case(by=clinician, case=case, note="asked for")
    advance(case, "restore", by=make_person(hospital, "data_manager"), note="a mistake")
    found = agree(case)
    analysing = before.state == CaseState.IN_ANALYSIS  # which ended with the withdrawal
    assert found.state == (CaseState.REGISTERED if analysing else before.state)
    assert found.described == before.described


@pytest.mark.parametrize("state", CaseState.values)
def test_only_findable_cases_are_found(case, clinician, state):
    Case.objects.filter(pk=case.pk).update(state=state, revision=case.revision + 1)
    found = [one.case.public_id for one in find_similar(clinician, case.described)]
    assert found == ([case.public_id] if state in FINDABLE else [])


@pytest.mark.parametrize("state", [CaseState.DRAFT, CaseState.CLOSED, CaseState.WITHDRAWN])
def test_no_diagnosis_is_recorded_of_a_case_that_is_not_open(case, clinician, state):
    Case.objects.filter(pk=case.pk).update(state=state)
    with pytest.raises(Conflict):
        record_diagnosis(by=clinician, case_id=case.pk, diagnosis=JOUBERT)


def test_refusals(case, clinician, other_hospital, make_person):
    stranger = make_person(other_hospital, "clinician")
    with pytest.raises(NotAllowed):
        record_diagnosis(by=stranger, case_id=case.pk, diagnosis=JOUBERT)
    row = record_diagnosis(by=clinician, case_id=case.pk, diagnosis=JOUBERT)
    with pytest.raises(NotAllowed):
        reopen_diagnosis(by=stranger, diagnosis_id=row.pk, reason="why not")
    with pytest.raises(Invalid):
        reopen_diagnosis(by=clinician, diagnosis_id=row.pk, reason=" ")
    with pytest.raises(NotFound):
        reopen_diagnosis(by=clinician, diagnosis_id=0, reason="x")
    with pytest.raises(NotFound):
        record_diagnosis(by=clinician, case_id=0, diagnosis=JOUBERT)
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(Invalid):
        record_diagnosis(
            by=clinician, case_id=case.pk, diagnosis=NewDiagnosis(disease="ORPHA:475", diagnosed_on=tomorrow)
        )


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ({"birth": "2022-05"}, date(2022, 5, 1)),
        ({"birth": "1960"}, date(1960, 1, 1)),
        ({"birth": "", "age": "P4Y"}, timezone.localdate() - timedelta(days=5 * 366)),
        ({"birth": "", "age": ""}, date(2000, 1, 1)),
    ],
)
def test_a_day_before_the_patient_lived_is_refused_with_the_first_possible(said, first, case, clinician):
    Case.objects.filter(pk=case.pk).update(description=case.described.model_copy(update=said).stored())
    for day in (date(1900, 1, 1), first - timedelta(days=3)):
        with pytest.raises(Invalid) as refused:
            record_diagnosis(
                by=clinician, case_id=case.pk, diagnosis=NewDiagnosis(disease="ORPHA:475", diagnosed_on=day)
            )
        assert list(refused.value.problems) == ["diagnosed_on"]
    day = first + timedelta(days=400)
    record_diagnosis(by=clinician, case_id=case.pk, diagnosis=NewDiagnosis(disease="ORPHA:475", diagnosed_on=day))


def test_hgvs_that_cannot_be_read_is_told_unless_the_case_says_it(case, clinician):
    odd = NewDiagnosis(disease="ORPHA:475", variant=Variant(gene="CEP290", hgvs="zzz"))
    with pytest.raises(Invalid) as refused:
        record_diagnosis(by=clinician, case_id=case.pk, diagnosis=odd)
    assert list(refused.value.problems) == ["hgvs"]
    assert Case.objects.get(pk=case.pk).described == case.described
    said = case.described.model_copy(update={"variants": (odd.variant,)}).stored()
    Case.objects.filter(pk=case.pk).update(description=said)
    assert record_diagnosis(by=clinician, case_id=case.pk, diagnosis=odd).described_variant == odd.variant


def test_a_gene_nobody_knows_is_asked_about_on_the_page(case, clinician, client):
    client.force_login(clinician)
    page = reverse("cases:course_step", args=[case.public_id, "diagnose"])
    sent = {"disease": "ORPHA:475", "basis": "genetic", "diagnosed_on": timezone.localdate(), "gene": "XYZZY"}
    assert "gene_meant" not in client.get(page).content.decode()
    asked = client.post(page, sent, headers={"accept-language": "en"})
    assert asked.status_code == 422
    assert "XYZZY" in asked.content.decode()
    assert 'name="gene_meant"' in asked.content.decode()
    assert not CaseDiagnosis.objects.exists()
    unread = client.post(page, sent | {"gene_meant": "on", "hgvs": "zzz"}, headers={"accept-language": "en"})
    assert "cannot be read as HGVS" in unread.content.decode()
    assert client.post(page, sent | {"gene_meant": "on"}).status_code == 302
    assert CaseDiagnosis.objects.get().gene == "XYZZY"


def test_edits_keep_what_is_recorded(case, clinician, worked_example):
    record_diagnosis(by=clinician, case_id=case.pk, diagnosis=JOUBERT)
    found = Case.objects.get(pk=case.pk)
    with pytest.raises(Invalid) as refused:
        edit_case(by=clinician, case=found, description=worked_example, from_revision=found.revision)
    assert "diagnoses" in refused.value.problems
    reverted = revert_case(by=clinician, case=found, to_revision=1, from_revision=found.revision)
    assert reverted.diagnosis == "OMIM:213300"
    agree(case)


@pytest.mark.parametrize(
    ("said", "catalogue"),
    [
        ({"disease": "OMIM:1"}, "other"),
        ({"disease": "ORPHA:1"}, "orphanet"),
        ({"disease": "OMIM:1", "orphanet": "ORPHA:1"}, "orphanet"),
        ({"disease": "ORPHA:1", "designated": "177"}, "designated"),
        ({"designated": "177"}, "designated"),
        ({"label": "Kita syndrome", "new_disease": True}, "new"),
        ({"disease": "OMIM:1", "new_disease": True}, "new"),
    ],
)
def test_every_diagnosis_is_counted_in_one_catalogue(case, clinician, said, catalogue):
    row = record_diagnosis(by=clinician, case_id=case.pk, diagnosis=NewDiagnosis(**said))
    assert row.catalogue == catalogue
    agree(case)


def test_same_new_disease_is_recorded_once_however_often_it_is_sent(case, clinician, heard):
    new = NewDiagnosis(label="Kita syndrome", new_disease=True)
    assert not diagnosed_with(case.pk, new)
    row = record_diagnosis(by=clinician, case_id=case.pk, diagnosis=new)
    for again in (new, NewDiagnosis(label="kita syndrome", new_disease=True)):
        assert diagnosed_with(case.pk, again)
        with pytest.raises(Conflict, match="Kita syndrome"):
            record_diagnosis(by=clinician, case_id=case.pk, diagnosis=again)
    assert len([event for event in heard if isinstance(event, CaseDiagnosed)]) == 1
    other = NewDiagnosis(label="Minami syndrome", new_disease=True)
    assert not diagnosed_with(case.pk, other)
    record_diagnosis(by=clinician, case_id=case.pk, diagnosis=other)
    reopen_diagnosis(by=clinician, diagnosis_id=row.pk, reason="does not segregate")
    record_diagnosis(by=clinician, case_id=case.pk, diagnosis=new)
    assert len({one.disease for one in standing(agree(case))}) == 2


@pytest.mark.parametrize("said", [{}, {"label": "x"}, {"disease": "OMIM:1", "new_link": True}, {"designated": "a b"}])
def test_diagnosis_without_a_disease_is_refused(said):
    with pytest.raises(ValidationError):
        NewDiagnosis(**said)


def test_description_of_a_diagnosed_case_is_a_description(case, clinician):
    record_diagnosis(by=clinician, case_id=case.pk, diagnosis=NewDiagnosis(label="x", new_disease=True))
    assert isinstance(agree(case).described, Description)
