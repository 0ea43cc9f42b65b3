"""The demo node: made once, the same the second time, every patient marked as synthetic."""

import pytest

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.people.models import Person
from kakehashi.protocols.phenopacket import loads
from kakehashi.systems.cases import similar
from kakehashi.systems.cases.demo import HOSPITALS, PATIENTS, SAMPLE_PATIENT, prepare_demo
from kakehashi.systems.cases.models import Case
from tests.systems.cases.conftest import WORKED_EXAMPLE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_index(tmp_path, monkeypatch):
    monkeypatch.setattr(similar, "folder", lambda: tmp_path / "case-index")
    yield
    similar._indexes.clear()


def test_demo_is_prepared_once_and_a_second_time_changes_nothing():
    logins = prepare_demo()
    assert Case.objects.count() == len(HOSPITALS) * PATIENTS + 1
    assert Case.objects.filter(synthetic=True, state="registered").count() == Case.objects.count()
    assert {login.email for login in logins} == set(Person.objects.values_list("email", flat=True))
    for login in logins:
        assert Person.objects.get(email=login.email).check_password(login.password)
    entries, descriptions = AuditEntry.objects.count(), list(Case.objects.values_list("local_id", "description"))
    assert prepare_demo() == logins
    assert AuditEntry.objects.count() == entries
    assert list(Case.objects.values_list("local_id", "description")) == descriptions
    assert similar.bring_up_to_date() == Case.objects.count()


def test_sample_patient_is_the_worked_example():
    packet = loads(SAMPLE_PATIENT.read_bytes())
    assert tuple(feature.type.id for feature in packet.phenotypic_features) == WORKED_EXAMPLE
