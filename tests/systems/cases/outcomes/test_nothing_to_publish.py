"""Before figures are published that would all be nought, the page says so."""

from datetime import date

import pytest
from django.urls import reverse

from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.systems.cases.models import Consultation


@pytest.mark.django_db
def test_empty_node_is_warned_before_it_publishes(client, make_person, hospital):
    agency = Organisation.objects.create(code="AGENCY", name="機構", kind=Kind.AGENCY)
    client.force_login(make_person(agency, "programme_director"))
    client.cookies["django_language"] = "en"
    address = reverse("outcomes:publish")
    assert "There is nothing to publish yet" in client.get(address).text
    Consultation.objects.create(organisation=hospital, local_id="F-1", consulted_on=date(2026, 1, 5))
    assert "There is nothing to publish yet" not in client.get(address).text
