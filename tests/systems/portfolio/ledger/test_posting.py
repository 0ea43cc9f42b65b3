"""Money moves by entries alone: along its routes, to the yen, never more than there is, never changed afterwards."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.systems.portfolio.ledger import triggers
from kakehashi.systems.portfolio.ledger.checking import LARGEST_YEN
from kakehashi.systems.portfolio.ledger.entries import NewEntry, Transfer
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.posting import correct, post, post_many
from kakehashi.systems.portfolio.ledger.reconciling import ledger_faults
from kakehashi.systems.portfolio.models import Account, Entry, Movement
from tests.systems.portfolio.agency import YEAR, make_agency

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency():
    return make_agency()


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def lies(agency, kind, **which):
    account = Account.objects.filter(key=agency.place(kind, **which).key).first()
    return account.balance_yen if account else 0


def test_yen_goes_from_the_ministry_to_its_use_and_every_account_says_what_lies_in_it(agency):
    entries = post_many([*agency.paid(1_000), agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, 999)], by=None)
    assert [one.number for one in entries] == [1, 2, 3, 4, 5]
    expected = {A.GRANTED: -1_000, A.AGENCY: 0, A.PROGRAMME: 0, A.AWARD: 0, A.INSTITUTION: 1, A.SPENT: 999}
    assert {kind: lies(agency, kind) for kind in expected} == expected
    assert list(ledger_faults()) == []
    told = AuditEntry.objects.get(action="ledger.post")
    assert '"entries":5' in told.detail.replace(" ", "")


def test_more_than_there_is_cannot_be_taken_and_nothing_is_written(agency):
    post_many(agency.paid(1_000), by=None)
    before = Entry.objects.count(), lies(agency, A.INSTITUTION)
    fine, too_much = (agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, yen) for yen in (400, 601))
    with pytest.raises(Conflict, match="Entry 2 takes 1 yen more than there is"):
        post_many([fine, too_much], by=None)
    assert (Entry.objects.count(), lies(agency, A.INSTITUTION)) == before
    with pytest.raises(Conflict, match="1 yen"):  # an award without money
        post(agency.entry(E.PAY, A.AWARD, A.INSTITUTION, 1, award=1), by=None)


@pytest.mark.parametrize(
    ("kind", "source", "target"),
    [
        (E.ALLOT, A.AGENCY, A.PROGRAMME),
        (E.PAY, A.PROGRAMME, A.INSTITUTION),
        (E.SPEND, A.AWARD, A.SPENT),
        (E.RETURN, A.SPENT, A.RETURNED),
        (E.CORRECT, A.AGENCY, A.GRANTED),
        ("gift", A.AGENCY, A.PROGRAMME),
    ],
)
def test_an_entry_moves_only_along_the_routes_of_its_kind(agency, kind, source, target):
    with pytest.raises(Invalid) as caught:
        post(agency.entry(kind, source, target, 5), by=None)
    assert set(caught.value.problems) == {"1"}


def test_what_does_not_belong_together_is_refused(agency):
    right = agency.entry(E.COMMIT, A.PROGRAMME, A.AWARD, 5)
    place = right.transfers[0]

    def refused(transfer, **changes):
        with pytest.raises(Invalid):
            post(replace(right, transfers=(transfer,), **changes), by=None)

    refused(replace(place, amount_yen=0))
    refused(replace(place, amount_yen=10**15 + 1))
    refused(replace(place, target=agency.place(A.AWARD, money=1)))
    refused(replace(place, target=agency.place(A.AWARD, award=1)))
    refused(replace(place, target=replace(place.target, award=None)))
    refused(replace(place, source=replace(place.source, award=place.target.award)))
    refused(replace(place, target=replace(place.target, fiscal_year=YEAR + 1)))
    refused(place, fiscal_year=YEAR + 1)
    early = replace(
        place, source=replace(place.source, fiscal_year=2018), target=replace(place.target, fiscal_year=2018)
    )
    refused(early, fiscal_year=YEAR - 1)
    with pytest.raises(Invalid):
        post(replace(right, transfers=()), by=None)


@pytest.mark.parametrize("day", ["2019-04-01", "2020-03-31", "2020-05-31"])
def test_an_entry_is_of_a_day_while_the_books_of_its_year_are_open(agency, day):
    entry = replace(agency.paid(100)[0], on=date.fromisoformat(day))
    assert post(entry, by=None).on == entry.on


@pytest.mark.parametrize(
    ("day", "year", "text"),
    [
        ("1950-01-01", 2019, "from 2019-04-01 to 2020-05-31"),
        ("2019-03-31", 2019, "from 2019-04-01 to 2020-05-31"),
        ("2020-06-01", 2019, "not of 2020-06-01"),
        ("2019-06-01", 0, "no fiscal year 0"),
        ("2019-06-01", 99_999, "no fiscal year 99999"),
    ],
)
def test_an_entry_of_another_day_is_refused(agency, day, year, text):
    with pytest.raises(Invalid, match=text):
        post(replace(agency.paid(100)[0], on=date.fromisoformat(day), fiscal_year=year), by=None)


@pytest.mark.parametrize(("money", "last"), [(0, 2019), (1, 2023)])
def test_an_appropriation_ends_with_its_last_year_and_what_is_carried_over_a_year_later(agency, money, last):
    """A budget of one year, and a fund of five: each is given in its years alone."""
    for year in range(YEAR, last + 1):
        post_many(agency.paid(100, money=money, year=year), by=None)
    with pytest.raises(Invalid, match=f"ends with fiscal year {last}"):
        post(agency.paid(100, money=money, year=last + 1)[0], by=None)

    def carried(year):
        here, there = (agency.place(A.INSTITUTION, money=money, year=one) for one in (year, year + 1))
        out, into = replace(here, kind=A.CARRIED_OUT), replace(there, kind=A.CARRIED_IN)
        return NewEntry(E.CARRY_OVER, date(year + 1, 3, 31), year, (Transfer(here, out, 70), Transfer(into, there, 70)))

    post(carried(last), by=None)
    post(agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, 60, money=money, year=last + 1), by=None)
    with pytest.raises(Invalid, match=f"ends with fiscal year {last}"):
        post(carried(last + 1), by=None)
    assert list(ledger_faults()) == []


def test_carried_over_it_lies_in_the_same_place_the_next_year(agency):
    post_many(agency.paid(100, money=1), by=None)
    source = agency.place(A.INSTITUTION, money=1)
    carried = [
        Transfer(source, replace(source, kind=A.CARRIED_OUT), 70),
        Transfer(replace(source, kind=A.CARRIED_IN, fiscal_year=YEAR + 1), replace(source, fiscal_year=YEAR + 1), 70),
    ]
    with pytest.raises(Invalid, match="carry-over"):
        post(NewEntry(E.CARRY_OVER, date(2020, 3, 31), YEAR, tuple(carried[:1])), by=None)
    uneven = (carried[0], replace(carried[1], amount_yen=71))
    with pytest.raises(Invalid, match="carry-over"):
        post(NewEntry(E.CARRY_OVER, date(2020, 3, 31), YEAR, uneven), by=None)
    post(NewEntry(E.CARRY_OVER, date(2020, 3, 31), YEAR, tuple(carried)), by=None)
    assert lies(agency, A.INSTITUTION, money=1) == 30
    assert lies(agency, A.INSTITUTION, money=1, year=YEAR + 1) == 70
    assert list(ledger_faults()) == []


def test_no_account_holds_more_than_sums_can_be_reckoned_of(agency):
    most = agency.entry(E.ALLOT, A.GRANTED, A.AGENCY, LARGEST_YEN)
    many = replace(most, transfers=most.transfers * 9_300)
    for too_much in ([many], [most, most]):
        with pytest.raises(Conflict, match="more than any may"):
            post_many(too_much, by=None)
    assert post(most, by=None).number == 1
    assert -lies(agency, A.GRANTED) == lies(agency, A.AGENCY) == LARGEST_YEN


def test_a_wrong_entry_is_undone_by_another_once_and_only_while_the_money_is_there(agency):
    entries = post_many(agency.paid(1_000), by=None)
    with pytest.raises(Conflict, match="1,000 yen more"):
        correct(entries[2], by=None, memo="wrong award")  # its money has gone on to the institution
    with pytest.raises(Invalid):
        correct(entries[3], by=None, memo=" ")
    undone = correct(entries[3], by=None, memo="paid twice")
    assert (undone.corrects, lies(agency, A.AWARD), lies(agency, A.INSTITUTION)) == (entries[3], 1_000, 0)
    with pytest.raises(Conflict, match="corrected already"):
        correct(entries[3], by=None, memo="again")
    with pytest.raises(Conflict, match="write anew"):
        correct(undone, by=None, memo="no, it was right")
    assert list(ledger_faults()) == []


@pytest.mark.parametrize("table", ["portfolio_entry", "portfolio_movement"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET id = id"])
def test_the_database_refuses_to_change_what_stands(agency, table, statement):
    post_many(agency.paid(10), by=None)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert (Entry.objects.count(), Movement.objects.count()) == (4, 4)


@pytest.mark.django_db(transaction=True)
def test_tampering_is_found_by_reconciling(agency):
    post_many([*agency.paid(1_000), agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, 10)], by=None)
    triggers.remove(connection)
    try:
        Movement.objects.filter(target__kind=A.SPENT).update(amount_yen=11)
        assert {one.code for one in ledger_faults()} == {"balance"}
        Movement.objects.filter(target__kind=A.SPENT).delete()
        Entry.objects.filter(kind=E.SPEND).delete()
        Account.objects.filter(kind=A.SPENT).update(balance_yen=9)
        codes = {one.code for one in ledger_faults()}
        assert codes == {"balance", "sum"}
        Movement.objects.filter(entry__number=1).delete()
        assert "empty" in {one.code for one in ledger_faults()}
        Entry.objects.filter(number=1).delete()
        assert "numbers" in {one.code for one in ledger_faults()}
    finally:
        triggers.install(connection)
