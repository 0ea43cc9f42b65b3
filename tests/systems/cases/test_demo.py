"""The demo node: made once, the same the second time, every patient marked as synthetic."""

import pytest

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.protocols.phenopacket import loads, validate
from kakehashi.systems.cases import ranking, vocabulary
from kakehashi.systems.cases.demo import CLEAR_PATIENT, HOSPITALS, PAID, PATIENTS, SAMPLE_PATIENT, prepare_demo
from kakehashi.systems.cases.matching import similar
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.outcomes.queries import outcomes
from kakehashi.systems.cases.outcomes.reading import Wanted, asked_for
from kakehashi.systems.cases.outcomes.recounting import recount
from kakehashi.systems.cases.outcomes.rules import Scope
from kakehashi.systems.cases.packets.entering import phenopackets_of
from kakehashi.systems.cases.packets.meta import is_marked
from kakehashi.systems.cases.packets.reading import read_packet
from kakehashi.systems.cases.states import FINDABLE
from kakehashi.systems.portfolio.public import awards_of
from tests.systems.cases.conftest import WORKED_EXAMPLE

pytestmark = pytest.mark.django_db


def test_demo_is_prepared_once_and_a_second_time_changes_nothing():
    logins = prepare_demo()
    assert Case.objects.count() == len(HOSPITALS) * PATIENTS + 1
    assert Case.objects.filter(synthetic=True, state__in=FINDABLE).count() == Case.objects.count()
    recount()
    shown = outcomes(asked_for(Wanted(by="region"), Scope(whole=True)))
    assert shown.synthetic
    assert [row.key for row in shown.rows] == ["hokkaido", "kanto", "chubu", "kinki", "kyushu"]
    assert shown.total.consulted == 12 * len(HOSPITALS)
    assert shown.total.analysed > shown.total.diagnosed > 2 == shown.new_diseases
    (award,) = awards_of(Organisation.objects.get(code=HOSPITALS[0].code).pk)
    assert Case.objects.filter(award_id=award.id).count() == 2 * PAID
    assert {login.email for login in logins} == set(Person.objects.values_list("email", flat=True))
    roles = {login.role for login in logins}
    assert {"diagnosis_committee", "researcher", "programme_director"} <= roles
    shared = Case.objects.filter(reach__gt=0).values_list("organisation__code", flat=True)
    assert set(shared) == {hospital.code for hospital in HOSPITALS}
    for login in logins:
        assert Person.objects.get(email=login.email).check_password(login.password)
    entries, descriptions = AuditEntry.objects.count(), list(Case.objects.values_list("local_id", "description"))
    assert prepare_demo() == logins
    assert AuditEntry.objects.count() == entries
    assert list(Case.objects.values_list("local_id", "description")) == descriptions
    assert similar.bring_up_to_date() == Case.objects.count()


def test_clear_patient_has_one_disease_far_before_the_others_and_is_marked_and_sound():
    packet = loads(CLEAR_PATIENT.read_bytes())
    first, second = ranking.rank(read_packet(packet).description).diseases[:2]
    assert (first.id, first.probability > 0.5, second.probability < 0.1) == ("OMIM:154700", True, True)
    assert is_marked(packet)
    assert validate(packet, vocabulary.knowledge().ontology) == []


def test_no_export_of_the_demo_gives_a_warning_that_the_node_could_have_spared():
    prepare_demo()
    for packet in phenopackets_of(Case.objects.order_by("pk")[:60]):
        assert not [one.en for one in validate(packet, vocabulary.knowledge().ontology) if "declared" in one.en]


def test_sample_patient_is_the_worked_example():
    packet = loads(SAMPLE_PATIENT.read_bytes())
    assert tuple(feature.type.id for feature in packet.phenotypic_features) == WORKED_EXAMPLE
