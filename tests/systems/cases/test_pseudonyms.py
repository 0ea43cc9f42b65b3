"""The site's search finds a hospital's own cases by how their pseudonyms begin, alike on every database."""

import pytest

from kakehashi.systems.cases import queries
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Description

pytestmark = pytest.mark.django_db
NAMES = ("Fam-12", "FAM-13", "fam-14", "family-1", "Z-fam-12", "f%m-1", "紹介-7")
FOUND = {
    "Fam": {"Fam-12", "FAM-13", "fam-14", "family-1"},
    "fam": {"FAM-13", "fam-14", "family-1"},
    "FAM-1": {"FAM-13", "fam-14"},
    "f%": {"f%m-1"},
    "f_m": set(),
    "紹介": {"紹介-7"},
    "Fam-12 and more": set(),
}


@pytest.fixture
def named(hospital, clinician):
    gene = Description(genes=("SCN1A",))
    return [enter_case(by=clinician, organisation=hospital, local_id=name, description=gene) for name in NAMES]


def begun(person, text):
    return set(queries.cases_begun(person, text).values_list("local_id", flat=True))


@pytest.mark.parametrize("text", FOUND)
def test_cases_are_found_by_how_their_pseudonym_begins_capitals_counting(named, clinician, text):
    assert begun(clinician, text) == FOUND[text]


def test_another_hospital_finds_none_by_it(named, other_hospital, make_person):
    assert not begun(make_person(other_hospital, "clinician"), "fam")


def test_of_very_many_the_newest_are_found(named, clinician, monkeypatch):
    monkeypatch.setattr(queries, "BEGUN_AT_MOST", 2)
    assert begun(clinician, "Fam") == {"fam-14", "family-1"}
