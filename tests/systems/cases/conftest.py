"""Hospitals, people and cases for the tests of cases."""

import pytest
from django.urls import reverse

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.sharing.actions import Consent, Terms, add_network, join_network
from kakehashi.kernel.sharing.models import NetworkRole
from kakehashi.kernel.sharing.states import DataClass, Level, Reach
from kakehashi.systems.cases import solved, terms
from kakehashi.systems.cases.actions import enter_case, register_case
from kakehashi.systems.cases.description import Description, Diagnosis, Finding, Variant
from kakehashi.systems.cases.families.actions import enter_family
from kakehashi.systems.cases.families.members import Relative
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


TRIO = (
    Relative(id="N-001", sex="female", father="N-001-F", mother="N-001-M", affected="yes", proband=True),
    Relative(id="N-001-F", sex="male", affected="no"),
    Relative(id="N-001-M", sex="female", affected="no", deceased=True, note="died at 40"),
)
PED = "FAM1\tN-001\tN-001-F\tN-001-M\t2\t2\nFAM1\tN-001-F\t0\t0\t1\t1\tsite A\nFAM1\tN-001-M\t0\t0\t2\t-9\n"


@pytest.fixture(autouse=True)
def _own_index(tmp_path, monkeypatch):
    """An index of its own for each test, and what is kept of solved cases: a test's cases get the keys of another's."""
    monkeypatch.setattr(similar, "folder", lambda: tmp_path / "case-index")
    yield
    similar._indexes.clear()
    solved._libraries.clear()
    solved._read.clear()


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


@pytest.fixture
def site(client, clinician):
    client.force_login(clinician)

    def get(name, *args, language="en", **query):
        return client.get(reverse(f"cases:{name}", args=args), query, headers={"accept-language": language})

    return get


@pytest.fixture
def full_case(hospital, clinician):
    """A case that says everything a case can say."""
    description = Description(
        sex="male",
        birth="2019-04",
        age="P3Y2M5D",
        onset="HP:0003577",
        findings=(
            Finding(term="HP:0001250", onset="P1Y", severity="HP:0012828", modifiers=("HP:0012832",), note="nocturnal"),
            Finding(term="HP:0000518", excluded=True),
            Finding(term="HP:9999999", label="A term of tomorrow"),
        ),
        genes=("SCN1A",),
        variants=(
            Variant(gene="SCN1A", hgvs="NM_001165963.4:c.1A>G", zygosity="heterozygous"),
            Variant(assembly="GRCh38", chromosome="2", position=1, reference="A", alternate="G"),
        ),
        affected_relatives="yes",
        consanguinity="no",
        family_history="A sister.",
        inheritance=("HP:0000006",),
        diagnoses=(Diagnosis(disease="OMIM:607208", label="Dravet syndrome"),),
        sources=("PMID:1",),
        note="seen twice",
    )
    case = enter_case(by=clinician, organisation=hospital, local_id="N-ALL", description=description, synthetic=True)
    return register_case(by=clinician, case=case)


@pytest.fixture
def family(case, clinician):
    return enter_family(by=clinician, case=case, local_id="FAM1", members=TRIO, cases={"N-001": case})


@pytest.fixture
def sibling(hospital, clinician):
    described = Description(sex="male", findings=(Finding(term="HP:0001250"),))
    entered = enter_case(by=clinician, organisation=hospital, local_id="N-001-S", description=described)
    return register_case(by=clinician, case=entered)


def shared_whole(case, by):
    consent = Consent(version="1", since=case.created_at.date(), domestic=True)
    return terms.set_terms(by=by, case=case, terms=Terms(Reach.DOMESTIC, Level.WHOLE, DataClass.OPEN), consent=consent)
