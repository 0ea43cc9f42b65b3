"""The accountants' page: whose it is, what waits and its rows, when the books close, money by ministry and kind."""

import csv
import html
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kakehashi.kernel.fiscal import fiscal_year
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.adjustment.states import RoundState
from kakehashi.systems.portfolio.contracts.actions import amend_contract, record_contract
from kakehashi.systems.portfolio.contracts.correcting import take_back
from kakehashi.systems.portfolio.contracts.terms import agreed_of
from kakehashi.systems.portfolio.desks.books import Due, closing, rows_due, waits
from kakehashi.systems.portfolio.desks.waiting import waiting_for
from kakehashi.systems.portfolio.ledger.entries import NewEntry, Transfer
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import AdjustmentRound, Appropriation, Award
from tests.systems.portfolio.adjustment.funds import someone
from tests.systems.portfolio.desks.office import YEAR, make_office

pytestmark = pytest.mark.django_db
PAGE = "/portfolio/mine/books/"
LEFT = 123_456_789 - 23_456_789 + 500_000
"""What the office's books of YEAR still hold."""


@pytest.fixture
def office():
    return make_office()


def browser_of(person, language="en"):
    person.language = language
    person.save()
    browser = Client(headers={"accept-language": language})
    browser.force_login(person)
    return browser


def listed(browser, show):
    answered = browser.get(f"{PAGE}?show={show}&format=csv")
    return list(csv.DictReader(answered.content.decode("utf-8-sig").splitlines()))


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.GOVERNMENT, Kind.HOSPITAL])
def test_it_is_for_the_agencys_accountants(role, kind):
    browser = Client()
    assert browser.get(PAGE).status_code == 302
    browser.force_login(someone(role, kind, "here"))
    allowed = role == Role.ACCOUNTANT and kind == Kind.AGENCY
    for show in ("", "closing", *Due.values):
        assert browser.get(f"{PAGE}?show={show}").status_code == (200 if allowed else 403), show


@pytest.mark.parametrize(("language", "words"), [("en", "What needs me today"), ("ja", "今日の要対応")])
def test_it_tells_in_both_languages_what_waits(office, language, words):
    browser = browser_of(office[1]["accountant"], language)
    assert words in browser.get(PAGE).content.decode()
    assert browser.get(f"{PAGE}?show=none").status_code == 404


def test_nothing_waits_where_nothing_lies():
    browser = browser_of(someone(Role.ACCOUNTANT))
    text = browser.get(PAGE).content.decode()
    assert "Nothing needs you today" in text
    assert "No money lies in this year yet" in text
    assert [one.number for one in waits(timezone.localdate())] == [0, 0, 0, 0]


def test_a_decided_round_waits_until_its_money_is_committed(office):
    today = timezone.localdate()
    assert not rows_due(Due.ROUNDS, today).exists()
    AdjustmentRound.objects.update(state=RoundState.DECIDED, decided_at=timezone.now() - timedelta(days=3))
    (one,) = [one for one in waits(today) if one.kind is Due.ROUNDS]
    assert (one.number, one.yen, one.since) == (1, None, today - timedelta(days=3))
    assert [row["Round"] for row in listed(browser_of(office[1]["accountant"]), "rounds")] == [
        AdjustmentRound.objects.get().code
    ]


def test_what_contracts_agree_on_and_the_ledger_lacks_waits_as_the_awards_page_says(office):
    agency, people = office
    told = {"kind": "commission", "signed_on": date(2019, 4, 1), "begins": date(2019, 4, 1), "ends": date(2021, 3, 31)}
    signed = [
        record_contract(
            by=None, award=award, number=f"C-{award.pk}", organisation=award.organisation, amount_yen=yen, **told
        )
        for award, yen in zip(agency.awards, (123_456_789, 400_000), strict=True)
    ]

    def waiting():
        found = set(rows_due(Due.CONTRACTS, timezone.localdate()).values_list("pk", flat=True))
        assert found == {one.pk for one in Award.objects.all() if agreed_of(one).missing_yen}
        return found

    assert waiting() == {agency.awards[1].pk}  # more is committed than agreed
    amend_contract(by=None, contract=signed[1], signed_on=date(2019, 5, 1), reason="r", amount_yen=500_000)
    assert waiting() == set()
    amend_contract(by=None, contract=signed[0], signed_on=date(2019, 5, 1), reason="r", amount_yen=123_456_799)
    amend_contract(by=None, contract=signed[0], signed_on=date(2019, 6, 1), reason="r", ends=date(2021, 4, 1))
    assert waiting() == {agency.awards[0].pk}
    (row,) = listed(browser_of(people["accountant"]), "contracts")
    assert (row["Agreed (yen)"], row["Committed (yen)"]) == ("123456799", "123456789")
    held = agency.place(A.INSTITUTION)
    back = Transfer(held, replace(held, kind=A.RETURNED), 1_000)
    post_many(
        [NewEntry(E.RETURN, date(2020, 3, 31), YEAR, (back,))], by=None
    )  # what was given back was committed once: ten yen are missing still
    assert waiting() == {agency.awards[0].pk}
    amend_contract(by=None, contract=signed[0], signed_on=date(2019, 7, 1), reason="r", amount_yen=123_455_789)
    assert waiting() == set()
    take_back(by=None, contract=signed[0], reason="r", amendment=signed[0].amendments.latest("number"))
    assert waiting() == {agency.awards[0].pk}
    take_back(by=None, contract=signed[0], reason="r")
    assert waiting() == {agency.awards[0].pk}  # what was recorded wrongly agrees on nothing, and money is booked
    (row,) = listed(browser_of(people["accountant"]), "contracts")
    assert (row["Agreed (yen)"], row["Committed (yen)"]) == ("0", "123455789")


@pytest.mark.parametrize(
    ("today", "closes", "late"),
    [
        (date(2020, 3, 31), (2019, date(2020, 5, 31)), 0),
        (date(2020, 5, 31), (2019, date(2020, 5, 31)), 2),
        (date(2020, 6, 1), (2020, date(2021, 5, 31)), 2),
    ],
)
def test_the_books_close_at_the_end_of_may_and_what_lies_in_them_waits_from_april(office, today, closes, late):
    told = closing(today)
    assert (told.fiscal_year, told.on) == closes
    assert told.yen == (LEFT if told.fiscal_year == YEAR else 0)
    rows = rows_due(Due.YEAR_END, today)
    (one,) = [one for one in waits(today) if one.kind is Due.YEAR_END]
    assert (rows.count(), one.number, one.yen) == (late, late, LEFT if late else 0)
    if late:
        assert (one.since, one.by) == (date(2020, 4, 1), date(2020, 5, 31))


def test_what_is_left_with_an_award_that_ended_waits(office):
    agency, _people = office
    today = date(2020, 1, 10)
    assert not rows_due(Due.ENDED, today).exists()
    Award.objects.filter(pk=agency.awards[1].pk).update(ends=date(2019, 12, 31))
    assert [one.balance_yen for one in rows_due(Due.ENDED, today)] == [500_000]
    (one,) = [one for one in waits(today) if one.kind is Due.ENDED]
    assert (one.yen, one.since, one.by) == (500_000, date(2020, 1, 1), date(2020, 5, 31))


def test_the_numbers_are_those_of_the_lists_and_of_my_work(office):
    accountant, today = office[1]["accountant"], timezone.localdate()
    browser = browser_of(accountant)
    text = browser.get(PAGE).content.decode()
    assert f"¥{LEFT:,}" in text
    rows = listed(browser, Due.YEAR_END)
    assert sum(int(row["Balance (yen)"]) for row in rows) == LEFT
    tabs = re.findall(r'<a href="([^"]*\?[^"]*show=[^"]+)"[^>]*>[^<]*<span class="count">([\d,]+)', text)
    assert [f"{len(listed(browser, show)):,}" for show in Due] == [told for _url, told in tabs]
    told = {str(one.text): one.link for one in waiting_for(accountant)}
    assert told["To carry over or return: 2"] == f"{PAGE}?show=year_end"
    assert not any(PAGE in one.link for one in waiting_for(office[1]["programme_officer"]))
    assert closing(today).fiscal_year == fiscal_year(today)


def test_every_sum_by_ministry_and_kind_leads_to_rows_that_come_to_it(office):
    browser = browser_of(office[1]["accountant"])
    text = browser.get(f"{PAGE}?year={YEAR}&term=3").content.decode()
    assert "Initial budget" in text
    walked = re.findall(r'<a href="([^"]*/portfolio/rows/[^"]+)">(¥[\d,]+)</a>', text)
    for url, told in walked:
        found = browser.get(f"{html.unescape(url)}&format=csv").content.decode("utf-8-sig").splitlines()
        assert f"¥{sum(int(row['Balance (yen)']) for row in csv.DictReader(found)):,}" == told, url
    assert len(walked) == 8


def test_an_account_leads_to_the_form_that_books_what_lies_there(office):
    browser = browser_of(office[1]["accountant"])
    (account,) = rows_due(Due.YEAR_END, timezone.localdate()).filter(award=office[0].awards[0])
    text = browser.get(f"/portfolio/accounts/{account.pk}/").content.decode()
    (address,) = re.findall(r'href="([^"]*/entries/new/carry_over/[^"]*)"', text)
    form = browser.get(html.unescape(address)).content.decode()
    for value in (account.award.number, str(account.balance_yen), str(YEAR), account.organisation.code):
        assert f'value="{value}"' in form
    Appropriation.objects.update(last_fiscal_year=2019)
    said = dict(re.findall(r'name="(fiscal_year|award|institution|amount_yen)"[^>]* value="([^"]*)"', form))
    said |= {"appropriation": account.appropriation.code, "place": "institution", "on": "2020-03-31", "reference": "R"}
    assert browser.post("/portfolio/entries/new/carry_over/", said | {"book": "1"}).status_code == 302
    assert not rows_due(Due.YEAR_END, date(2020, 4, 1)).filter(pk=account.pk).exists()
    text = browser_of(office[1]["president"]).get(f"/portfolio/accounts/{account.pk}/").content.decode()
    assert "/entries/new/" not in text
