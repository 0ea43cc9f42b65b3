"""What is left behind: in the trail, in a browser that several use, in a spreadsheet that opens a file."""

import csv
import io
import json
from datetime import date

import pytest
from django import forms
from django.test import Client

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.listing import csv_file
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.doi import keep_dois
from kakehashi.systems.portfolio.forms.investigators import institution_said
from kakehashi.systems.portfolio.ledger.kinds import BudgetKind
from kakehashi.systems.portfolio.models import Award, Call, Found, Programme
from kakehashi.systems.portfolio.pairing.finding import suggestions
from kakehashi.systems.portfolio.pairing.store import Store
from kakehashi.systems.portfolio.publication.actions import publish_awards
from kakehashi.systems.portfolio.publishing import appropriation
from tests.systems.portfolio.adjustment.funds import someone
from tests.systems.portfolio.agency import make_agency

pytestmark = pytest.mark.django_db
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")


def test_what_everybody_sees_is_kept_by_nobody_between_and_nothing_of_a_person(client):
    agency = make_agency()
    publish_awards(by=None, awards=Award.objects.all())
    addresses = ("/awards/", f"/awards/{agency.awards[0].number}/", "/awards/calls/")
    for address in addresses:
        assert client.get(address)["Cache-Control"] == "private, max-age=600"
    client.force_login(someone(Role.PROGRAMME_OFFICER))
    for address in addresses:
        assert client.get(address)["Cache-Control"] == "no-store"


def test_each_award_that_is_published_or_gets_a_doi_stands_in_the_trail(settings):
    settings.DOI_PREFIX = "10.5555"
    agency, officer = make_agency(), someone(Role.PROGRAMME_OFFICER)
    publish_awards(by=officer, awards=Award.objects.all())
    keep_dois(agency.awards, by=officer)
    numbers = {one.number for one in agency.awards}
    for action in ("award.publish", "award.doi"):
        told = AuditEntry.objects.filter(action=action, actor=f"person:{officer.pk}")
        assert {json.loads(one.detail)["number"] for one in told} == numbers, action


def test_an_appropriation_that_is_made_on_the_way_stands_in_the_trail():
    person = someone(Role.ACCOUNTANT)
    for _time in range(2):
        made = appropriation("meti", BudgetKind.ADJUSTMENT, 2019, by=person)
    (told,) = AuditEntry.objects.filter(action="appropriation.register")
    assert (told.actor, json.loads(told.detail)["code"]) == (f"person:{person.pk}", made.code)


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_file_runs_a_formula(formula):
    answered = csv_file("x", ["a"], [[formula], [-1], [None]]).content.decode("utf-8-sig")
    assert [row[0] if row else "" for row in csv.reader(io.StringIO(answered, newline=""))] == [
        "a",
        f"'{formula}",
        "-1",
        "",
    ]
    agency = make_agency()
    Programme.objects.filter(pk=agency.programmes[0].pk).update(name=formula, name_en=formula)
    browser = Client()
    browser.force_login(someone(Role.PRESIDENT))
    told = browser.get("/portfolio/involvement/?year=2019&format=csv").content.decode()
    cells = {row[0] for row in csv.reader(io.StringIO(told, newline="")) if row}
    assert f"'{formula}" in cells
    assert formula not in cells


def test_an_institution_is_named_by_what_no_other_has():
    for code in ("h1", "h2"):
        Organisation.objects.create(code=code, name="附属病院", kind=Kind.HOSPITAL)
    Organisation.objects.create(code="附属病院2", name="h1", kind=Kind.HOSPITAL)
    assert institution_said(" h1 ").code == "h1"  # a code is before a name
    with pytest.raises(forms.ValidationError, match="h1, h2"):
        institution_said("附属病院")
    with pytest.raises(forms.ValidationError):
        institution_said("なし")


def test_a_call_that_could_carry_an_award_on_leads_to_its_page():
    agency, today = make_agency(), date(2021, 1, 1)
    call = Call.objects.create(
        programme=agency.programmes[1], number="C1", name=agency.awards[0].title, opens=today, closes=date(2021, 6, 1)
    )
    onward, _givers = suggestions(agency.awards[0], Store().read(), today)
    (found,) = [one for one in onward if one.found == Found.CALL]
    assert found.url == f"/portfolio/calls/{call.number}/"
