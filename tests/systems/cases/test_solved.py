"""The node's own solved cases as further evidence: whose, when, and that nobody else's show through."""

import pytest
from django.urls import reverse

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases import ranking, solved
from kakehashi.systems.cases.actions import edit_case, enter_case, register_case
from kakehashi.systems.cases.description import Description, Diagnosis, Finding

pytestmark = pytest.mark.django_db

FINDINGS = ("HP:0001250", "HP:0002373", "HP:0001263", "HP:0001251")
DISEASE = "OMIM:607208"


@pytest.fixture(autouse=True)
def _afresh():
    for kept in (solved._libraries, solved._read, ranking._answers):
        kept.clear()


@pytest.fixture
def make_case(clinician, hospital):
    def make(name, *, by=None, organisation=None, diagnosis=DISEASE, register=True, synthetic=False, sources=()):
        description = Description(
            findings=tuple(Finding(term=term) for term in FINDINGS),
            diagnoses=(Diagnosis(disease=diagnosis),) if diagnosis else (),
            sources=sources,
        )
        by, organisation = by or clinician, organisation or hospital
        case = enter_case(by=by, organisation=organisation, local_id=name, description=description, synthetic=synthetic)
        return register_case(by=by, case=case) if register else case

    return make


@pytest.fixture
def patient(make_case):
    return make_case("patient", diagnosis="", sources=("PMID:1",))


def scores(case, person):
    beside = solved.beside(person, case)
    return ranking.rank(case.described, beside=beside).scores.tolist()


def test_a_solved_case_of_ones_own_counts_and_is_named_with_a_link(client, clinician, patient, make_case):
    plain = ranking.rank(patient.described).scores.tolist()
    assert solved.beside(clinician, patient) is None
    like = make_case("solved")
    assert scores(patient, clinician) != plain
    client.force_login(clinician)
    page = client.get(reverse("cases:show", args=[patient.public_id]) + f"?disease={DISEASE}")
    text = page.content.decode()
    assert reverse("cases:show", args=[like.public_id]) in text
    assert AuditEntry.objects.filter(action="case.match").exists()
    assert "?solved=no" in text
    without = client.get(reverse("cases:show", args=[patient.public_id]) + f"?disease={DISEASE}&solved=no")
    assert like.public_id not in without.content.decode()
    for tab in ("similar", "questions", "history", "print"):
        assert client.get(reverse(f"cases:{tab}", args=[patient.public_id])).status_code == 200


def test_cases_of_another_hospital_never_count(clinician, patient, make_case, make_person, other_hospital):
    plain = scores(patient, clinician)
    stranger = make_person(other_hospital, "clinician")
    theirs = make_case("theirs", by=stranger, organisation=other_hospital)
    assert solved.beside(clinician, patient) is None
    assert scores(patient, clinician) == plain
    mine = make_case("mine")
    assert solved.beside(clinician, patient).ranker.solved.ids == [mine.public_id]
    assert solved.beside(stranger, theirs) is None  # the only one they may see is this case itself


def test_neither_the_case_itself_nor_its_publication_nor_drafts_nor_synthetic_ones_count(clinician, make_case):
    itself = make_case("itself", sources=("PMID:1",))
    assert solved.beside(clinician, itself) is None
    make_case("same paper", sources=("PMID:2", "PMID:1"))
    make_case("draft", register=False)
    make_case("synthetic", synthetic=True)
    make_case("unsolved", diagnosis="")
    assert solved.beside(clinician, itself) is None
    make_case("another paper", sources=("PMID:3",))
    assert solved.beside(clinician, itself).count == 1
    assert scores(itself, clinician) != ranking.rank(itself.described).scores.tolist()


def test_a_library_is_made_once_and_a_change_reads_one_case(clinician, patient, make_case, monkeypatch):
    first, _second = make_case("a"), make_case("b")
    made = solved.beside(clinician, patient).ranker
    assert solved.beside(clinician, patient).ranker is made
    description = first.described.model_copy(update={"note": "seen again"})
    edit_case(by=clinician, case=first, description=description, from_revision=first.revision)
    read, described = [], patient.described
    original = Description.model_validate
    monkeypatch.setattr(Description, "model_validate", lambda value: read.append(value) or original(value))
    anew = solved.beside(clinician, patient, described)
    assert anew.ranker is not made
    assert len(read) == 1


def test_a_withdrawn_case_counts_no_more(clinician, patient, make_case):
    like = make_case("solved")
    assert solved.beside(clinician, patient).count == 1
    advance(like, "withdraw", by=clinician, note="by mistake")
    assert solved.beside(clinician, patient) is None


def test_the_api_counts_them_and_can_leave_them_out(client, clinician, patient, make_case):
    like = make_case("solved")
    client.force_login(clinician)
    address = f"/api/cases/{patient.public_id}/diseases"
    with_them, without = client.get(address).json(), client.get(address, {"solved_cases": "false"}).json()

    def named(answer):
        return [name for one in answer["diseases"][:5] for other in one["other_evidence"] for name in other["cases"]]

    assert named(with_them) == [like.public_id]
    assert named(without) == []
