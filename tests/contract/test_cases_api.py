"""The routes of one case answer as documented when the case is there: reads, edits, moves, rankings, matches."""

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
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Description, Finding
from kakehashi.systems.cases.matching import similar
from kakehashi.systems.cases.models import Case

schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application).include(path_regex=r"^/api/cases/")
# Value after value at the edges of the schema: once in a test run, on the database that takes less.
schema.config.phases.coverage.enabled = django_settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
NOT_ASKED = [ignored_auth, negative_data_rejection, positive_data_acceptance]  # why: see test_api.py


@pytest.fixture
def bearer(db, knowledge, tmp_path, monkeypatch):
    """A token of someone who may do everything with the cases of a hospital."""
    folder = django_settings.HOME / "ontology"
    if not folder.exists():
        folder.symlink_to(knowledge.folder.path.parent.parent, target_is_directory=True)
    monkeypatch.setattr(similar, "folder", lambda: tmp_path / "case-index")
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    hospital = Organisation.objects.create(code="KITA", name="北病院", name_en="North Hospital")
    person = Person.objects.create_user("p@example.org", "correct horse battery")
    for role in (Role.CLINICIAN, Role.DATA_MANAGER):
        Membership.objects.create(person=person, organisation=hospital, role=role)
    for number in range(3):
        findings = tuple(Finding(term=term) for term in ("HP:0001250", "HP:0000518", "HP:0001305")[: number + 1])
        description = Description(findings=findings, genes=("FBN1",))
        enter_case(by=person, organisation=hospital, local_id=f"N-{number}", description=description, register=True)
    _token, secret = make_token(by=person, organisation=hospital, name="schemathesis")
    yield {"Authorization": f"Bearer {secret}"}
    similar._indexes.clear()
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@schema.parametrize()
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_answers_are_documented_for_cases_that_are_there(case, bearer):
    if "case_id" in case.path_parameters:
        case.path_parameters["case_id"] = Case.objects.order_by("pk").values_list("public_id", flat=True)[0]
    if isinstance(case.body, dict) and "from_revision" in case.body:
        case.body["from_revision"] = Case.objects.order_by("pk").values_list("revision", flat=True)[0]
    case.call_and_validate(headers=bearer, excluded_checks=NOT_ASKED)
