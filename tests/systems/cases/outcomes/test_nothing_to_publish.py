"""Before figures are published that would all be nought, the page says so."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.systems.cases.models import Case, Consultation, Publication


@pytest.mark.django_db
def test_empty_node_is_warned_before_it_publishes(client, make_person, hospital):
    agency = Organisation.objects.create(code="AGENCY", name="機構", kind=Kind.AGENCY)
    client.force_login(make_person(agency, "programme_director"))
    client.cookies["django_language"] = "en"
    address = reverse("outcomes:publish")
    page = client.get(address).text
    assert "There is nothing to publish yet" in page
    assert "Publish these figures" not in page
    refused = client.post(address)
    assert refused.status_code == 409
    assert "nothing to publish. Come back after the next quarter" in refused.text
    assert not Publication.objects.exists()
    late = Case(organisation=hospital, local_id="F-0", state="registered", registered_on=timezone.localdate())
    late.save()
    Case.objects.update(created_at=datetime(2026, 1, 5, tzinfo=UTC))  # entered before the day, registered after it
    early = Consultation(organisation=hospital, local_id="F-1", consulted_on=date(2026, 1, 5), again=True)
    early.save()
    assert "There is nothing to publish yet" in client.get(address).text, "neither is counted"
    Consultation.objects.update(again=False)
    assert "There is nothing to publish yet" not in client.get(address).text
    assert "Publish these figures" in client.get(address).text
    assert client.post(address).status_code == 302
