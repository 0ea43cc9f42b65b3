"""Cases in the audit trail: by their ids for those who may see them, as numbers for others."""

import pytest
from django.urls import reverse

from kakehashi.systems.cases.actions import withdraw_case
from kakehashi.systems.cases.queries import case_for

pytestmark = pytest.mark.django_db


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
    assert "北野 花" in rows
