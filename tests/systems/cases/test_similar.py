"""The case index follows the database, survives what kills it, and shows only what one may see."""

import shutil
import threading

import pytest
from django.db import connection, transaction

from kakehashi.systems.cases.actions import edit_case, enter_case, register_case, withdraw_case
from kakehashi.systems.cases.description import Description, Finding
from kakehashi.systems.cases.matching import similar
from kakehashi.systems.cases.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_index(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(similar, "folder", lambda: tmp_path / "case-index")
    yield
    similar._indexes.clear()


@pytest.fixture
def register(hospital, clinician):
    def make(local_id, *terms, genes=(), organisation=None, by=None):
        description = Description(findings=tuple(Finding(term=term) for term in terms), genes=genes)
        by, organisation = by or clinician, organisation or hospital
        return register_case(
            by=by, case=enter_case(by=by, organisation=organisation, local_id=local_id, description=description)
        )

    return make


EYE = ("HP:0000519", "HP:0000589", "HP:0008050")
HEART = ("HP:0001631", "HP:0001629", "HP:0001643")


def found(person, description, **options):
    return [match.case.local_id for match in similar.find_similar(person, description, **options)]


def test_most_similar_case_comes_first_with_its_explanation(register, clinician):
    eye, heart = register("eye", *EYE), register("heart", *HEART)
    query = Description(findings=tuple(Finding(term=term) for term in EYE[:2]))
    best = similar.find_similar(clinician, query)[0]
    assert best.case == eye
    assert 0 < best.score <= 1
    assert best.explanation.query_matches
    assert found(clinician, query, but=[eye.public_id]) in ([], ["heart"])
    assert heart.public_id in similar.case_index()


def test_index_follows_edit_withdrawal_and_restoration(register, clinician):
    case = register("one", *EYE)
    query = Description(findings=tuple(Finding(term=term) for term in HEART))
    changed = Description(findings=tuple(Finding(term=term) for term in HEART))
    edit_case(by=clinician, case=case, description=changed, from_revision=2)
    assert found(clinician, query) == ["one"]
    withdraw_case(by=clinician, case=case, note="asked for")
    assert found(clinician, query) == []
    assert case.public_id not in similar.case_index()


def test_draft_is_not_found(hospital, clinician):
    description = Description(findings=(Finding(term=EYE[0]),))
    enter_case(by=clinician, organisation=hospital, local_id="draft", description=description)
    assert found(clinician, description) == []


def test_cases_of_another_hospital_are_not_found(register, clinician, other_hospital, make_person):
    colleague = make_person(other_hospital, "clinician")
    register("theirs", *EYE, organisation=other_hospital, by=colleague)
    query = Description(findings=tuple(Finding(term=term) for term in EYE))
    assert found(clinician, query) == []
    assert found(colleague, query) == ["theirs"]


def test_absent_findings_do_not_make_cases_similar(register, clinician):
    register("absent", "HP:0001250", *HEART)
    query = Description(findings=(Finding(term="HP:0001250", excluded=True), *(Finding(term=term) for term in EYE)))
    alone = similar.profile_of(query)
    assert len(alone.observed) == len(EYE)


@pytest.mark.parametrize("loss", ["folder", "manifest", "garbage"])
def test_lost_or_damaged_index_is_made_anew_at_the_next_opening(register, clinician, loss):
    register("one", *EYE)
    register("two", *HEART)
    similar.bring_up_to_date()
    folder = similar.folder()
    if loss == "folder":
        shutil.rmtree(folder)
    elif loss == "manifest":
        (folder / "index.json").unlink()
    else:
        (folder / "index.json").write_text("{")
    similar._indexes.clear()
    query = Description(findings=tuple(Finding(term=term) for term in EYE))
    assert found(clinician, query)[0] == "one"
    assert len(similar.case_index()) == 2


def test_case_committed_but_not_indexed_is_indexed_by_the_next_search(register, clinician):
    case = register("one", *EYE)
    similar.bring_up_to_date()
    similar.case_index().withdraw(case.public_id)
    Case.objects.update(indexed_revision=0)  # as when the process was killed between commit and index
    assert found(clinician, case.described) == ["one"]


def test_rebuild_holds_registered_cases_alone(register, clinician):
    register("one", *EYE)
    withdraw_case(by=clinician, case=register("two", *HEART), note="asked for")
    assert similar.rebuild() == 1
    assert similar.bring_up_to_date() == 0


def test_case_changed_while_the_index_is_rebuilt_is_not_taken_for_indexed(register, clinician, monkeypatch):
    case = register("one", *EYE)
    profiles = similar._registered_profiles
    changed = Description(findings=tuple(Finding(term=term) for term in HEART))

    def read_then_changed():
        yield from list(profiles())
        edit_case(by=clinician, case=case, description=changed, from_revision=2)

    monkeypatch.setattr(similar, "_registered_profiles", read_then_changed)
    similar.rebuild()
    assert found(clinician, changed) == ["one"]


@pytest.mark.django_db(transaction=True)
def test_index_is_opened_at_once_by_a_handler_in_its_transaction_and_by_a_page(register, monkeypatch):
    """Neither waits for the other: whoever opens the index holds the right to write first."""
    register("one", *EYE)
    similar.bring_up_to_date()
    Case.objects.update(indexed_revision=0)  # opening it has something to write
    similar._indexes.clear()
    writing, opened, failures = threading.Event(), similar._opened, []
    reached = threading.Event()

    def opening(model):
        reached.set()
        return opened(model)

    monkeypatch.setattr(similar, "_opened", opening)

    def page():
        try:
            writing.wait(10)
            similar.case_index()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=page)
    other.start()
    with transaction.atomic():
        similar.alone()
        writing.set()
        assert not reached.wait(0.5), "opened without the right to write"
        similar.case_index()
    other.join(20)
    assert not other.is_alive()
    assert not failures
