"""The ledger, contracts and calls in a browser: booked after a look, amended, published; accessible in every window."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from tests.e2e.accessibility import faults_of
from tests.e2e.clicking import follow
from tests.e2e.conftest import Look
from tests.systems.portfolio.agency import make_agency

from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.systems.portfolio.calls.actions import make_call, publish_call
from kakehashi.systems.portfolio.contracts.actions import amend_contract, record_contract
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import Award, Entry


@pytest.fixture
def accountant(transactional_db):
    agency = make_agency()
    post_many(agency.paid(30_000_000), by=None)
    award, today = agency.awards[0], timezone.localdate()
    days = {"signed_on": award.begins, "begins": award.begins, "ends": award.ends}
    told = {"award": award, "number": "2019-C-001", "kind": "commission", "organisation": award.organisation}
    signed = record_contract(by=None, **told, amount_yen=30_000_000, **days)
    amend_contract(by=None, contract=signed, signed_on=date(2020, 3, 1), reason="動物試験の追加", amount_yen=36_000_000)
    call = make_call(
        by=None,
        number="2026-gene-1",
        programme=agency.programmes[0],
        name="遺伝子治療の公募",
        name_en="Call for gene therapy",
        opens=today - timedelta(days=20),
        closes=today + timedelta(days=5),
        budget_yen=500_000_000,
        summary="患者さんに届く遺伝子治療を募集します。",
        asks_involvement=True,
    )
    publish_call(by=None, call=call)
    Award.objects.filter(pk=award.pk).update(call=call, published_on=award.begins, doi="10.5555/JP19ek0109000")
    place = Organisation.objects.create(code="AGENCY", name="機構", name_en="Agency", kind=Kind.AGENCY)
    person = Person.objects.create_user("books@example.org", "correct horse battery", name="見本")
    for role in ("accountant", "programme_officer"):
        Membership.objects.create(person=person, organisation=place, role=role)
    return person


@pytest.mark.slow
@pytest.mark.parametrize("look", [Look(360, "ja", "dark"), Look(1280, "en", "light")], ids=str)
def test_an_entry_is_looked_at_and_booked_and_pages_are_accessible(open_page, accountant, look, screenshots):
    page = open_page(look, accountant)
    faults = []
    for name, path in (
        ("kinds", "/portfolio/entries/new/"),
        ("correct", "/portfolio/entries/4/correct/"),
        ("import", "/portfolio/entries/import/"),
        ("award", "/portfolio/awards/19ek0109000/"),
        ("contracts", "/portfolio/awards/19ek0109000/contracts/"),
        ("register", "/portfolio/awards/new/"),
        ("calls", "/portfolio/calls/"),
        ("call", "/portfolio/calls/2026-gene-1/"),
        ("public-calls", "/awards/calls/"),
        ("finder", "/awards/"),
        ("public-award", "/awards/19ek0109000/"),
    ):
        assert page.goto(path).status == 200, path
        faults += faults_of(page)
        page.screenshot(path=screenshots / f"booking-{name}-{look}.png", full_page=True)
    page.goto("/portfolio/entries/new/subaward/?award=19ek0109000&appropriation=mext-2019")
    for field, value in (("on", "2019-07-01"), ("to_institution", "univ2"), ("amount_yen", "5000000")):
        page.fill(f"[name={field}]", value)
    page.fill("[name=reference]", "S-1")
    follow(page.locator("main form button.primary"))
    faults += faults_of(page)
    page.screenshot(path=screenshots / f"booking-preview-{look}.png", full_page=True)
    assert Entry.objects.count() == 4
    follow(page.locator("button[name=book]"))
    assert Entry.objects.get(number=5).reference == "S-1"
    assert not faults, "\n".join(faults)
