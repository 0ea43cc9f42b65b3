"""The fiscal year that a page of the portfolio opens on where its address names none."""

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.ledger.entries import NewEntry, Transfer
from kakehashi.systems.portfolio.ledger.kinds import AccountKind, EntryKind
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import Award
from kakehashi.systems.portfolio.pages.asking import opening_year, years_with_money
from tests.systems.portfolio.agency import YEAR, make_agency
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db


def carried_over(agency):
    """What a fund's award had left goes into the next year."""
    here, there = (agency.place(AccountKind.AWARD, money=1, year=year) for year in (YEAR, YEAR + 1))
    out, into = replace(here, kind=AccountKind.CARRIED_OUT), replace(there, kind=AccountKind.CARRIED_IN)
    moved = Transfer(here, out, 40), Transfer(into, there, 40)
    return NewEntry(EntryKind.CARRY_OVER, date(YEAR + 1, 3, 31), YEAR, moved)


def test_a_year_with_a_carry_over_alone_is_not_opened():
    agency = make_agency()
    assert (years_with_money(), opening_year((), date(2026, 6, 1))) == ((), 2020), "the last award ends in March 2021"
    post_many([*agency.paid(100, money=1)[:3], carried_over(agency)], by=None)
    assert years_with_money() == (YEAR + 1, YEAR)
    assert opening_year(years_with_money(), date(2026, 6, 1)) == YEAR
    assert opening_year(years_with_money(), date(YEAR, 3, 31)) == YEAR - 1, "money of years to come"
    for language, shown in (("ja", "令和元年度"), ("en", "FY2019")):
        browser = Client(headers={"accept-language": language})
        browser.force_login(someone(Role.PRESIDENT, Kind.AGENCY))
        page = browser.get("/portfolio/").content.decode()
        assert f'<option value="{YEAR}" selected>{shown}' in page
        assert f'<option value="{YEAR + 1}">' in page, "it can be chosen"


def test_without_any_award_it_is_this_year():
    assert opening_year((), date(2026, 3, 31)) == 2025
    agency = make_agency()
    Award.objects.update(ends=date(2030, 3, 31))
    post_many(agency.paid(10)[:1], by=None)
    assert opening_year(years_with_money(), date(2026, 6, 1)) == YEAR
