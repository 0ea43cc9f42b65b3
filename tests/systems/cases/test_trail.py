"""Cases in the audit trail: by their ids for those who may see them, as numbers for others."""

from io import BytesIO

import pytest
from django.urls import reverse

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
