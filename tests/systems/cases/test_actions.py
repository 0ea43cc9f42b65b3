"""Entering, editing, reverting and withdrawing a case."""

import pytest
from django.db import IntegrityError, transaction

from kakehashi.kernel import audit
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from kakehashi.systems.cases import actions
from kakehashi.systems.cases.actions import (
    EditConflict,
    add_revision,
    edit_case,
    enter_case,
    register_case,
    revert_case,
    withdraw_case,
)
from kakehashi.systems.cases.description import Description, Finding
from kakehashi.systems.cases.models import Case, CaseFinding, CaseGene
from kakehashi.systems.cases.queries import history_of

pytestmark = pytest.mark.django_db


def test_enter_case_keeps_description_rows_and_first_revision(draft, worked_example):
    assert draft.public_id.startswith("K-")
    assert len(draft.public_id) == 14
    assert draft.described == worked_example
    assert draft.present_count == 8
    assert CaseFinding.objects.filter(case=draft).count() == 8
    assert list(CaseGene.objects.values_list("symbol", flat=True)) == ["CEP290"]
    assert [step.revision.kind for step in history_of(draft)] == ["entered"]


def test_public_id_says_nothing_of_hospital_or_number(draft):
    assert "KITA" not in draft.public_id
    assert "N-001" not in draft.public_id


def test_enter_case_refuses_a_taken_pseudonym(draft, hospital, clinician, worked_example):
    with pytest.raises(Invalid) as refused:
        enter_case(by=clinician, organisation=hospital, local_id=" N-001 ", description=worked_example)
    assert "local_id" in refused.value.problems


def test_another_broken_constraint_is_not_told_as_a_taken_pseudonym(hospital, clinician, monkeypatch):
    def twice(*said, **more):
        return [add_revision(*said, **more), add_revision(*said, **more)]

    monkeypatch.setattr(actions, "add_revision", twice)
    with pytest.raises(IntegrityError), transaction.atomic():
        enter_case(by=clinician, organisation=hospital, local_id="N-002", description=Description())


def test_same_pseudonym_at_another_hospital_is_another_case(draft, other_hospital, make_person, worked_example):
    other = make_person(other_hospital, "clinician")
    enter_case(by=other, organisation=other_hospital, local_id="N-001", description=worked_example)
    assert Case.objects.count() == 2


@pytest.mark.parametrize("pseudonym", ["", "  ", "x" * 121, "a\nb", "a\x00"])
def test_enter_case_refuses_an_unusable_pseudonym(hospital, clinician, worked_example, pseudonym):
    with pytest.raises(Invalid):
        enter_case(by=clinician, organisation=hospital, local_id=pseudonym, description=worked_example)


def test_enter_case_for_another_hospital_is_refused_and_recorded(other_hospital, clinician, worked_example):
    with pytest.raises(NotAllowed):
        enter_case(by=clinician, organisation=other_hospital, local_id="X", description=worked_example)
    assert AuditEntry.objects.filter(action="case.enter", outcome="refused").count() == 1


def test_register_needs_something_to_rank_by(hospital, clinician):
    draft = enter_case(by=clinician, organisation=hospital, local_id="N-2", description=Description(sex="male"))
    with pytest.raises(Invalid):
        register_case(by=clinician, case=draft)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_edit_case_adds_a_revision_that_says_what_changed(case, clinician, worked_example):
    edited = worked_example.model_copy(
        update={"findings": (*worked_example.findings[1:], Finding(term="HP:0001250", excluded=True)), "sex": "male"}
    )
    after = edit_case(by=clinician, case=case, description=edited, from_revision=2, note="new examination")
    assert after.revision == 3
    step = history_of(after)[0]
    assert [(one.place, one.item) for one in step.changes] == [
        ("sex", ""),
        ("findings", "HP:0001305"),
        ("findings", "HP:0001250"),
    ]
    assert CaseFinding.objects.filter(case=case, number=1250, excluded=True).exists()
    assert not CaseFinding.objects.filter(case=case, number=1305).exists()


def test_edit_case_without_a_change_makes_no_revision(case, clinician, worked_example):
    assert edit_case(by=clinician, case=case, description=worked_example, from_revision=2).revision == 2


def test_two_people_editing_lose_nothing(case, clinician, hospital, make_person, worked_example):
    colleague = make_person(hospital, "data_manager")
    mine = worked_example.model_copy(update={"sex": "male"})
    theirs = worked_example.model_copy(update={"genes": ("TMEM67",)})
    edit_case(by=colleague, case=case, description=theirs, from_revision=2)
    with pytest.raises(EditConflict) as conflict:
        edit_case(by=clinician, case=case, description=mine, from_revision=2)
    assert {one.item for one in conflict.value.theirs} == {"CEP290", "TMEM67"}
    assert conflict.value.revision == 3
    assert conflict.value.problem()["changed"][0]["place"] == "genes"
    case.refresh_from_db()
    assert case.described == theirs


def test_revert_case_says_again_what_an_earlier_revision_said(case, clinician, worked_example):
    edit_case(by=clinician, case=case, description=Description(genes=("FBN1",)), from_revision=2)
    reverted = revert_case(by=clinician, case=case, to_revision=1, from_revision=3)
    assert reverted.described == worked_example
    assert [step.revision.kind for step in history_of(reverted)] == ["reverted", "edited", "moved", "entered"]
    with pytest.raises(NotFound):
        revert_case(by=clinician, case=case, to_revision=99, from_revision=4)


def test_withdrawn_case_keeps_its_history_and_cannot_be_edited(case, clinician, worked_example):
    withdraw_case(by=clinician, case=case, note="consent withdrawn")
    with pytest.raises(Conflict):
        edit_case(by=clinician, case=case, description=Description(genes=("FBN1",)), from_revision=3)
    assert history_of(case)[0].revision.note == "consent withdrawn"


def test_withdraw_needs_a_reason(case, clinician):
    with pytest.raises(Invalid):
        withdraw_case(by=clinician, case=case, note=" ")


def test_audit_trail_holds_every_write_and_nothing_of_the_patient(case, clinician, worked_example):
    edit_case(by=clinician, case=case, description=Description(genes=("FBN1",)), from_revision=2)
    assert list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True)) == [
        "case.enter",
        "case.register",
        "case.edit",
    ]
    written = " ".join(AuditEntry.objects.values_list("detail", flat=True))
    assert not any(word in written for word in ("HP:", "N-001", "CEP290", "FBN1"))
    assert audit.verify().intact
