"""Index and database compared: what the doctor says when they agree, and when something was taken, added or changed."""

import pytest

from kakehashi.cli import doctor
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Description, Finding
from kakehashi.systems.cases.matching import similar
from kakehashi.systems.cases.matching.agreement import compare
from kakehashi.systems.cases.models import Case


@pytest.fixture
def cases(clinician, hospital, monkeypatch):
    """Three registered cases, in the index."""
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", "en")
    for number, term in enumerate(("HP:0001250", "HP:0001305", "HP:0000411")):
        said = Description(findings=(Finding(term=term), Finding(term="HP:0001263")), genes=("FBN1",))
        enter_case(by=clinician, organisation=hospital, local_id=f"A-{number}", description=said, register=True)
    similar.bring_up_to_date()
    return list(Case.objects.order_by("pk"))


def test_index_that_holds_what_it_must_agrees(cases):
    found = compare()
    assert (found.agrees, found.indexed, found.waiting) == (True, 3, 0)
    assert doctor.case_index().state == "ok"


def test_case_that_waits_for_the_index_is_no_fault(cases):
    Case.objects.filter(pk=cases[0].pk).update(indexed_revision=0)
    found = compare()
    assert found.agrees
    assert found.waiting == 1
    assert "1 to follow" in doctor.case_index().said


def test_what_was_taken_added_or_changed_is_named_and_rebuilding_mends_it(cases):
    index = similar.case_index()
    index.change(
        put=[
            ("K-STRANGER", similar.profile_of(cases[0].described)),
            (cases[1].public_id, similar.profile_of(cases[2].described)),
        ],
        withdraw=[cases[0].public_id],
    )
    found = compare()
    assert found.missing == (cases[0].public_id,)
    assert found.strangers == ("K-STRANGER",)
    assert found.different == (cases[1].public_id,)
    said = doctor.case_index()
    assert said.state == "failed"
    assert "rebuild-index" in said.to_do
    similar.rebuild()
    assert compare().agrees


def test_index_that_cannot_be_read_is_said(cases):
    for file in similar.folder().glob("segment-*"):
        file.write_bytes(b"damaged")
    similar._indexes.clear()
    assert not compare().readable
    assert doctor.case_index().state == "warning"
