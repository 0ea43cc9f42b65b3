"""People and organisations for the kernel's tests."""

import pytest

from kakehashi.kernel.audit import refusals
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership, Person


@pytest.fixture(autouse=True)
def _no_refusals_from_other_tests():
    refusals._waiting.set(())


@pytest.fixture
def hospital(db):
    return Organisation.objects.create(code="KITA", name="北病院", name_en="North Hospital")


@pytest.fixture
def other_hospital(db):
    return Organisation.objects.create(code="MINAMI", name="南病院", name_en="South Hospital")


@pytest.fixture
def make_person(db):
    """make_person(hospital, "clinician", …) → a person with these roles there."""

    def make(organisation=None, *roles, email=None, **fields):
        number = Person.objects.count() + 1
        person = Person.objects.create_user(email or f"p{number}@example.org", "correct horse battery", **fields)
        for role in roles:
            Membership.objects.create(person=person, organisation=organisation, role=role)
        return person

    return make
