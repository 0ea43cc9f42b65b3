"""``kakehashi match --registered``: the node's own cases, through its own index, with an entry in the audit trail."""

import json

import pytest
from click.testing import CliRunner
from tests.cli.conftest import DRAVET, MARFAN, packet

from kakehashi.cli.library import RegisteredLibrary
from kakehashi.cli.rank import match
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.systems.cases.actions import enter_case, register_case, withdraw_case
from kakehashi.systems.cases.description import Description, Diagnosis, Finding
from kakehashi.systems.cases.matching import similar

pytestmark = pytest.mark.django_db


@pytest.fixture
def registered(tmp_path, monkeypatch):
    """Register a case; gives a function (local id, terms, sources) → case."""
    monkeypatch.setattr(similar, "folder", lambda: tmp_path / "case-index")
    hospital = Organisation.objects.create(code="KITA", name="北病院", name_en="North Hospital")
    person = Person.objects.create_user("p@example.org", "correct horse battery")
    Membership.objects.create(person=person, organisation=hospital, role="clinician")

    def make(local_id, *terms, sources=()):
        description = Description(
            findings=tuple(Finding(term=term) for term in terms),
            sources=sources,
            diagnoses=(Diagnosis(disease="OMIM:154700"),),
        )
        case = enter_case(by=person, organisation=hospital, local_id=local_id, description=description)
        return register_case(by=person, case=case), person

    yield make
    similar._indexes.clear()


def matches(path, *more):
    result = CliRunner().invoke(match, [str(path), "--registered", "--format", "jsonl", *more])
    assert result.exit_code == 0, (result.output, result.exception)
    return [case["id"] for case in json.loads(result.stdout)["matches"]], json.loads(result.stdout)


def test_registered_cases_are_found_and_the_look_up_is_recorded(registered, tmp_path):
    alike, _ = registered("N-1", *MARFAN, sources=("PMID:11",))
    other, _ = registered("N-2", *MARFAN[1:], sources=("PMID:33",))
    registered("N-3", *DRAVET)
    path = tmp_path / "p.json"
    path.write_text(json.dumps(packet("p", *MARFAN, pmid="PMID:11")), encoding="utf-8")
    ids, answer = matches(path)
    assert ids[:2] == [alike.public_id, other.public_id]
    assert answer["matches"][0]["diseases"] == ["OMIM:154700"]
    assert answer["matches"][0]["publications"] == ["PMID:11"]
    recorded = AuditEntry.objects.filter(action="case.match")
    assert [one.organisation for one in recorded] == [str(alike.organisation_id)]
    ids, _ = matches(path, "--leave-publication-out")
    assert alike.public_id not in ids
    assert ids[0] == other.public_id


def test_the_patients_own_registered_record_and_withdrawn_cases_are_not_shown(registered, tmp_path):
    registered("p", *MARFAN)
    gone, person = registered("N-2", *MARFAN)
    withdraw_case(by=person, case=gone, note="asked for")
    kept, _ = registered("N-3", *MARFAN[:2])
    path = tmp_path / "p.json"
    path.write_text(json.dumps(packet("p", *MARFAN)), encoding="utf-8")
    assert matches(path)[0] == [kept.public_id]


def test_all_cases_of_an_answer_are_read_at_once(registered, tmp_path, django_assert_max_num_queries):
    made = [registered(f"N-{number}", *MARFAN)[0] for number in range(12)]
    path = tmp_path / "p.json"
    path.write_text(json.dumps(packet("p", *MARFAN)), encoding="utf-8")
    matches(path)
    library = RegisteredLibrary()
    with django_assert_max_num_queries(6):
        assert set(library.cases([case.public_id for case in made])) == {case.public_id for case in made}
