"""A case that was entered by form comes back under its public id: the same case for its own organisation alone."""

import io
import json

import pytest

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.cases.actions import edit_case, enter_case, withdraw_case
from kakehashi.systems.cases.description import Description, Finding
from kakehashi.systems.cases.models import Case, Packet
from kakehashi.systems.cases.packets import recognising
from kakehashi.systems.cases.packets.exporting import export_packets
from kakehashi.systems.cases.packets.importing import import_packets
from kakehashi.systems.cases.packets.reading import read_packet
from tests.systems.cases.test_importing import packet, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def entered(hospital, clinician):
    """A registered case that was entered by form, under the hospital's pseudonym P-1."""
    described = Description(sex="female", age="P4Y", findings=(Finding(term="HP:0001250"),), genes=("FBN1",))
    return enter_case(by=clinician, organisation=hospital, local_id="P-1", description=described, register=True)


@pytest.fixture
def exported(entered, hospital):
    stream = io.BytesIO()
    assert export_packets(stream, organisation=hospital) == 1
    tree = json.loads(stream.getvalue())
    assert tree["id"] == entered.public_id
    return tree


def counts(summary):
    return summary.new, summary.updated, summary.unchanged, summary.refused


@pytest.mark.parametrize("operator", [False, True])
def test_what_was_exported_comes_back_unchanged(entered, exported, hospital, clinician, operator):
    by = None if operator else clinician
    assert counts(import_packets(read(exported), by=by, organisation=hospital)) == (0, 0, 1, 0)
    assert Case.objects.get().revision == entered.revision
    assert (Case.objects.count(), Packet.objects.count()) == (1, 0)


def test_another_content_is_a_new_revision_of_the_same_case_which_keeps_its_pseudonym(
    entered, exported, hospital, clinician
):
    exported["phenotypicFeatures"].append({"type": {"id": "HP:0001263", "label": "x"}})
    summary = import_packets(read(exported), by=clinician, organisation=hospital)
    assert counts(summary) == (0, 1, 0, 0)
    assert summary.overwritten == 1
    case = Case.objects.get()
    assert (case.pk, case.local_id, case.revision, len(case.described.findings)) == (
        entered.pk,
        "P-1",
        entered.revision + 1,
        2,
    )
    assert counts(import_packets(read(exported), by=clinician, organisation=hospital)) == (0, 0, 1, 0)


def test_an_earlier_export_of_an_edited_case_is_another_content(entered, exported, hospital, clinician):
    edited = entered.described.model_copy(update={"genes": ("SCN1A",)})
    edit_case(by=clinician, case=entered, description=edited, from_revision=entered.revision)
    assert counts(import_packets(read(exported), by=clinician, organisation=hospital)) == (0, 1, 0, 0)
    assert Case.objects.get().described.genes == ("FBN1",)


def test_a_withdrawn_case_is_not_brought_back_by_its_public_id(entered, exported, hospital, clinician):
    withdraw_case(by=clinician, case=entered, note="consent withdrawn")
    exported["subject"]["sex"] = "MALE"
    assert counts(import_packets(read(exported), by=clinician, organisation=hospital)) == (0, 0, 0, 1)
    assert Case.objects.get().state == "withdrawn"


def test_for_another_organisation_it_is_a_new_patient(entered, exported):
    far = Organisation.objects.create(code="MINAMI", name="南病院", name_en="South Hospital")
    person = Person.objects.create_user("south@example.org")
    Membership.objects.create(person=person, organisation=far, role=Role.CLINICIAN)
    assert counts(import_packets(read(exported), by=person, organisation=far)) == (1, 0, 0, 0)
    assert Case.objects.get(organisation=far).local_id == entered.public_id
    assert Case.objects.get(pk=entered.pk).revision == entered.revision


@pytest.mark.parametrize("role", list(Role))
def test_recognised_for_those_alone_who_may_edit_it(entered, exported, hospital, role):
    person = Person.objects.create_user("someone@example.org")
    Membership.objects.create(person=person, organisation=hospital, role=role)
    of_ours = next(iter(read(exported))).document
    known = recognising.known_cases([read_packet(of_ours)], by=person, organisation=hospital)
    assert bool(known) == (role in (Role.CLINICIAN, Role.DATA_MANAGER))


def test_a_pseudonym_comes_before_a_public_id(entered, hospital, clinician):
    taken = packet(1, id=entered.public_id)
    Case.objects.create(organisation=hospital, local_id=entered.public_id, registered_by=clinician)
    assert counts(import_packets(read(taken), by=clinician, organisation=hospital)) == (0, 1, 0, 0)
    assert Case.objects.get(pk=entered.pk).revision == entered.revision
