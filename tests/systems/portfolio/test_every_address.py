"""Every address of the portfolio is closed to whoever is not of the agency, before it says what is there."""

import pytest
from django.test import Client
from django.urls import reverse

from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.urls import urlpatterns
from tests.systems.portfolio.adjustment.funds import someone

pytestmark = pytest.mark.django_db
OUTSIDERS = (
    (Role.CLINICIAN, Kind.HOSPITAL),
    (Role.PROGRAMME_DIRECTOR, Kind.UNIVERSITY),
    (Role.ADMINISTRATOR, Kind.HOSPITAL),
    (Role.REVIEWER, Kind.AGENCY),
)


def addresses():
    for pattern in urlpatterns:
        given = {name: 1 if "Int" in type(kind).__name__ else "x" for name, kind in pattern.pattern.converters.items()}
        if pattern.name != "mine":  # leads each to what they may see
            yield reverse(f"portfolio:{pattern.name}", kwargs=given)


def test_nobody_sees_any_who_has_not_logged_in():
    for address in addresses():
        for answer in (Client().get(address), Client().post(address)):
            assert (answer.status_code, "/login/" in answer.headers.get("Location", "")) == (302, True), address


@pytest.mark.parametrize(("role", "kind"), OUTSIDERS)
def test_whoever_is_not_of_the_agency_is_refused_everywhere(role, kind):
    browser = Client()
    browser.force_login(someone(role, kind, "elsewhere"))
    for address in addresses():
        answers = {browser.get(address).status_code, browser.post(address).status_code}
        assert 403 in answers, (address, answers)
        assert answers <= {403, 405}, (address, answers)
