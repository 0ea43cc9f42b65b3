"""Hospitals, people and cases for the tests of cases."""

import pytest

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.sharing.actions import add_network, join_network
from kakehashi.kernel.sharing.models import NetworkRole
from kakehashi.systems.cases.actions import enter_case, register_case
from kakehashi.systems.cases.description import Description, Finding
from kakehashi.systems.cases.matching import similar

PASSWORD = "correct horse battery"
WORKED_EXAMPLE = (
    "HP:0001305",
    "HP:0007033",
    "HP:0001274",
    "HP:0011344",
    "HP:0008050",
    "HP:0000319",
    "HP:0000411",
    "HP:0000519",
)


@pytest.fixture(autouse=True)
def _own_index(tmp_path, monkeypatch):
    """An index of its own for each test: the node's folder is shared with tests in other processes."""
    monkeypatch.setattr(similar, "folder", lambda: tmp_path / "case-index")
    yield
    similar._indexes.clear()


@pytest.fixture(scope="session", autouse=True)
def _compiled_ontology(compiled_ontology):
    """Every test of cases reads the ontology."""


@pytest.fixture
def hospital(db):
    return Organisation.objects.create(code="KITA", name="北病院", name_en="North Hospital")


@pytest.fixture
def other_hospital(db):
    return Organisation.objects.create(code="MINAMI", name="南病院", name_en="South Hospital")


@pytest.fixture
def make_person(db):
    """make_person(hospital, "clinician", …) → a person with these roles there."""

    def make(organisation=None, *roles, **fields):
        number = Person.objects.count() + 1
        person = Person.objects.create_user(f"p{number}@example.org", PASSWORD, **fields)
        for role in roles:
            Membership.objects.create(person=person, organisation=organisation, role=role)
        return person

    return make


@pytest.fixture
def clinician(hospital, make_person):
    return make_person(hospital, "clinician", name="北野 花", name_en="Hana Kitano")


@pytest.fixture
def worked_example():
    return Description(
        sex="female", age="P3Y", findings=tuple(Finding(term=term) for term in WORKED_EXAMPLE), genes=("CEP290",)
    )


@pytest.fixture
def draft(hospital, clinician, worked_example):
    return enter_case(by=clinician, organisation=hospital, local_id="N-001", description=worked_example)


@pytest.fixture
def case(draft, clinician):
    return register_case(by=clinician, case=draft)


@pytest.fixture
def hub(hospital, other_hospital):
    """The other hospital as the hub of a network that the hospital co-operates in."""
    network = add_network(by=None, code="irud", name="未診断疾患", name_en="Undiagnosed diseases")
    join_network(by=None, network=network, organisation=other_hospital, role=NetworkRole.HUB)
    join_network(by=None, network=network, organisation=hospital, role=NetworkRole.COOPERATING, hub=other_hospital)
    return other_hospital
