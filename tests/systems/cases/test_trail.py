"""Cases in the audit trail: by their ids for those who may see them, as numbers for others."""

import re
from io import BytesIO

import pytest
from click.testing import CliRunner
from django.urls import reverse

from kakehashi.cli import main
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.audit.rules import entries_of
from kakehashi.kernel.people.models import Membership
from kakehashi.systems.cases.actions import edit_case, enter_case, withdraw_case
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.packets.exporting import export_packets
from kakehashi.systems.cases.queries import case_for

pytestmark = pytest.mark.django_db
ACCESSES = {"read", "list", "print", "export", "withdraw"}


@pytest.mark.parametrize(("role", "sees"), [("auditor", True), ("administrator", False)])
def test_case_is_named_to_those_who_may_see_it(client, clinician, case, hospital, make_person, role, sees):
    clinician.acting_organisation_id = hospital.pk
    case_for(clinician, case.public_id)
    withdraw_case(by=clinician, case=case, note="asked for")
    client.force_login(make_person(hospital, role))
    page = client.get(reverse("audit:list"), {"action": "case.read"}, headers={"accept-language": "en"}).text
    rows = page.partition("<tbody>")[2]
    assert (f'<a href="/cases/{case.public_id}/">{case.public_id}</a>' in rows) == sees
    assert (f"case {case.pk}" in rows) != sees
    assert "Hana Kitano" in rows


@pytest.mark.parametrize("said", ["{0}", "case:{0}", " {1} "])
def test_auditor_finds_a_case_by_the_id_that_people_know(client, clinician, case, hospital, make_person, said):
    case_for(clinician, case.public_id)
    client.force_login(make_person(hospital, "auditor"))
    written = said.format(case.public_id, case.public_id.lower())
    assert _actions_shown(client, written) >= {"case: read"}
    assert _actions_shown(client, "K-AAAAAAAAAAAA") == set()


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_nobody_finds_another_institutions_case_or_people_in_their_trail(
    client, clinician, case, other_hospital, make_person, role
):
    case_for(clinician, case.public_id)
    client.force_login(make_person(other_hospital, role))
    for said in (case.public_id, f"case:{case.pk}", clinician.email, f"person:{clinician.email}"):
        assert _actions_shown(client, said) == set(), said


def test_operator_reads_the_trail_of_a_case_by_the_id_that_people_know(clinician, case, monkeypatch):
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", "en")
    case_for(clinician, case.public_id)
    by_id, by_number = (
        CliRunner().invoke(main, ["audit", "list", "--subject", f"case:{said}"]) for said in (case.public_id, case.pk)
    )
    assert by_id.exit_code == 0
    assert "case.read" in by_id.output
    assert by_id.output == by_number.output


def _actions_shown(client, subject):
    """The actions in the trail's table, in words, with this written as the subject."""
    page = client.get(reverse("audit:list"), {"subject": subject}, headers={"accept-language": "en"}).text
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return {found.strip() for found in re.findall(r'data-label="Action"><span>([^<]*)', rows)}


def test_whoever_touches_a_case_stands_in_its_hospitals_trail_and_in_that_of_whom_they_acted_for(
    client, case, hospital, other_hospital, make_person, worked_example
):
    person = make_person(hospital, "clinician")
    Membership.objects.create(person=person, organisation=other_hospital, role="clinician")
    client.force_login(person)
    client.post(reverse("web:act_for"), {"organisation": other_hospital.code})
    enter_case(by=person, organisation=other_hospital, local_id="M-1", description=worked_example, register=True)
    before = AuditEntry.objects.latest("sequence").sequence
    page = reverse("cases:show", args=[case.public_id])
    for address in (page, f"{page}print/", f"{page}similar/", reverse("cases:list"), "/cases/?format=csv"):
        assert client.get(address).status_code == 200, address
    client.post(f"/api/cases/{case.public_id}/moves/withdraw", {"note": "asked"}, content_type="application/json")
    client.get("/search/", {"q": case.local_id})
    client.get(f"/api/cases/{case.public_id}/phenopacket")
    for organisation in (hospital, other_hospital):
        entries = entries_of(organisation).filter(sequence__gt=before, subject_type="case")
        about = entries.filter(organisation=str(hospital.pk))
        assert {one.action.partition(".")[2] for one in about} >= ACCESSES
        assert {tuple(one.subjects) for one in about} == {(str(case.pk),)}
        assert {one.detail.count(f'"acting":"{other_hospital.pk}"') for one in about} == {1}
    assert not entries_of(hospital).filter(organisation=str(other_hospital.pk)).exists()


def test_edit_stands_in_the_trail_of_the_cases_hospital(case, clinician, hospital, other_hospital):
    Membership.objects.create(person=clinician, organisation=other_hospital, role="clinician")
    clinician.acting_organisation_id = other_hospital.pk
    edit_case(by=clinician, case=case, description=Description(genes=("FBN1",)), from_revision=case.revision)
    withdraw_case(by=clinician, case=case, note="asked for")
    entries = AuditEntry.objects.filter(action__in=["case.edit", "case.withdraw"])
    assert [one.organisation for one in entries] == [str(hospital.pk)] * 2


def test_operators_export_stands_in_each_hospitals_trail(case, other_hospital, make_person, worked_example):
    person = make_person(other_hospital, "clinician")
    other = enter_case(
        by=person, organisation=other_hospital, local_id="M-1", description=worked_example, register=True
    )
    assert export_packets(BytesIO()) == 2
    for one in (case, other):
        entry = entries_of(one.organisation).get(action="case.export")
        assert (entry.actor, entry.subjects) == ("command-line", [str(one.pk)])
