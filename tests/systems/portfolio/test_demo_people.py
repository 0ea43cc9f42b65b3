"""The demo agency's people: offices held with their terms, and an investigator for every award."""

from datetime import date

import pytest

from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.actions import add_person
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.demo.people import OFFICES, OWN_AWARDS, appoint_people, investigators_of
from kakehashi.systems.portfolio.installing import install_structure
from kakehashi.systems.portfolio.models import Appointment, Award, Part, Participation, Programme

pytestmark = pytest.mark.django_db


def test_offices_are_held_and_every_award_is_carried_out_by_somebody():
    install_structure(by=None)
    agency = Organisation.objects.create(code="AGENCY", name="機構", kind=Kind.AGENCY)
    for role in {office for office, *_rest in OFFICES}:
        add_person(by=None, email=f"{role}@agency.example", organisation=agency, role=role, name="見本")
    centre, holder = (
        Organisation.objects.create(code=code, name=code, kind=Kind.UNIVERSITY) for code in ("CENTRE", "DEMO-R001")
    )
    investigator = add_person(by=None, email="pi@centre.example", organisation=centre, role=Role.RESEARCHER)
    awards = Award.objects.bulk_create(
        Award(
            number=f"24ek0109{number:03d}",
            title="課題",
            programme=Programme.objects.get(code="rare-diseases"),
            organisation=holder,
            begins=date(2024, 4, 1),
            ends=date(2027, 3, 31),
            synthetic=True,
        )
        for number in range(40)
    )
    made = investigators_of(awards, 2015)
    assert len(awards) < len(made) < 1.3 * len(awards)
    assert {one.award for one in made} == set(awards)
    for _again in range(2):
        appoint_people(agency, investigator)
        assert Appointment.objects.count() == len(OFFICES)
    own = Participation.objects.filter(person=investigator)
    assert own.filter(part=Part.PRINCIPAL).count() == OWN_AWARDS
    assert own.filter(part=Part.CO_INVESTIGATOR).count() == 1
    assert Award.objects.filter(organisation=centre).count() == OWN_AWARDS
    assert Participation.objects.filter(part=Part.PRINCIPAL, until=None).count() == len(awards)
