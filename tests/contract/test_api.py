"""The API answers as its OpenAPI document says, whatever is sent: no 500, no undocumented status, header or shape."""

import re

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from kakehashi.config.wsgi import application
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.people.tokens import make_token

schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application)
# Value after value at the edges of the schema: once in a test run, on the database that takes less.
schema.config.phases.coverage.enabled = django_settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


@pytest.fixture
def bearer(db):
    """A token of someone who may do everything here; answers must not close the test's own connection."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    hospital = Organisation.objects.create(code="KITA", name="北病院", name_en="North Hospital")
    person = Person.objects.create_user("p@example.org", "correct horse battery")
    for role in (Role.CLINICIAN, Role.DATA_MANAGER, Role.ADMINISTRATOR):
        Membership.objects.create(person=person, organisation=hospital, role=role)
    _token, secret = make_token(by=person, organisation=hospital, name="schemathesis")
    yield {"Authorization": f"Bearer {secret}"}
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


NOT_ASKED = [
    ignored_auth,  # the token below is sent with everything; without one see test_every_route_wants_a_log_in
    negative_data_rejection,  # pydantic reads "0" as a number and "true" as a truth value, on purpose
    positive_data_acceptance,  # a schema cannot say which codes and terms exist; the answer is 422 then
]


@schema.parametrize()
@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_answers_are_documented(case, bearer):
    case.call_and_validate(headers=bearer, excluded_checks=NOT_ASKED)


def test_every_route_wants_a_log_in(client, db):
    for path, methods in client.get("/api/openapi.json").json()["paths"].items():
        for method in methods:
            place = re.sub(r"{[^}]*}", "1", path)
            response = client.generic(method.upper(), place, b"{}", content_type="application/json")
            assert response.status_code in (401, 404), f"{method} {path}: {response.status_code}"
            assert response["Content-Type"] == "application/problem+json"
