"""What is held in memory is what the database has: after every change, whoever made it, and after one taken back."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection, transaction

from kakehashi.systems.portfolio.columns import credited, held, stamps
from kakehashi.systems.portfolio.figures import book
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.posting import post, post_many
from kakehashi.systems.portfolio.models import Account, Award, Credit, Output, Stamp
from kakehashi.systems.portfolio.outputs.actions import NewOutput, record_output
from tests.systems.portfolio.agency import YEAR, make_agency

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency():
    agency = make_agency()
    post_many(agency.paid(1_000), by=None)
    record_output(NewOutput("paper", "10.5555/one", date(2019, 6, 1)), agency.awards[1:2], by=None)
    last = Award.objects.create(
        number="19ek0109009",
        title="課題",
        organisation=agency.institutions[0],
        begins=date(2019, 4, 1),
        ends=date(2020, 3, 31),
    )
    return replace(agency, awards=(*agency.awards, last))


def test_what_has_not_changed_is_not_read_again(agency, django_assert_num_queries):
    first = held.accounts([YEAR])[YEAR]
    with django_assert_num_queries(1):  # the stamps
        assert held.accounts([YEAR])[YEAR] is first


CHANGES = {
    "an entry of the ledger": lambda agency: post(agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, 10), by=None),
    "a balance by hand": lambda agency: Account.objects.filter(kind=A.INSTITUTION).update(balance_yen=7),
    "an award that ends earlier": lambda agency: Award.objects.filter(pk=agency.awards[0].pk).update(
        ends=date(YEAR + 1, 3, 1)
    ),
    "an award of another programme": lambda agency: Award.objects.filter(pk=agency.awards[0].pk).update(
        programme=agency.programmes[1]
    ),
    "a new award": lambda agency: Award.objects.create(
        number="19xx",
        title="課題",
        organisation=agency.institutions[0],
        begins=date(2019, 4, 1),
        ends=date(2020, 3, 31),
    ),
    "an award that goes": lambda agency: Award.objects.filter(pk=agency.awards[2].pk).delete(),
    "an output": lambda agency: record_output(NewOutput("licence", "L1", date(2019, 6, 1)), agency.awards[:1], by=None),
    "an output taken back": lambda agency: Output.objects.update(taken_back_on=date(2019, 7, 1)),
    "an output of another kind": lambda agency: Output.objects.update(kind="patent"),
    "an output no longer sure": lambda agency: Output.objects.update(state="expected"),
    "an output of another day": lambda agency: Output.objects.update(on=date(2019, 7, 1)),
    "a credit that ends": lambda agency: Credit.objects.update(until=date(2019, 8, 1)),
    "a credit to another": lambda agency: Credit.objects.update(award=agency.awards[0]),
    "a credit that goes": lambda agency: Credit.objects.all().delete(),
}


def told(agency):
    accounts = held.accounts([YEAR])[YEAR]
    awards = accounts.awards
    rows = credited.credits(awards).rows
    return (
        sorted(accounts.sums),
        sorted(
            (rows.kind.value(row), int(rows.award[row]), *(str(of[row]) for of in (rows.came, rows.gone, rows.until)))
            for row in range(len(rows.award))
        ),
        [
            (int(pk), awards.programme.value(row), str(awards.begins[row]), str(awards.ends[row]))
            for row, pk in enumerate(awards.pk)
        ],
    )


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen_at_once_and_forgotten_when_it_is_taken_back(agency, change):
    before = told(agency)
    with transaction.atomic():
        CHANGES[change](agency)
        changed = told(agency)
        transaction.set_rollback(True)
    assert changed != before
    assert told(agency) == before
    with transaction.atomic():
        CHANGES[change](agency)
    again = told(agency)
    assert again != before
    if change not in ("a new award", "an output"):  # which has another key the second time
        assert again == changed


def test_tables_that_were_not_watched_before_are_from_the_next_migration_on(agency):
    Stamp.objects.filter(about__in=(stamps.OUTPUTS, stamps.CREDITS)).delete()
    stamps.install(connection)
    assert {about for about, _year in stamps.stamps()} == set(stamps.WATCHED)
    before = stamps.stamps()
    stamps.install(connection)
    assert stamps.stamps() == before


def test_an_entry_of_one_year_does_not_read_the_others_again(agency):
    post_many(agency.paid(500, year=YEAR + 1, money=1), by=None)
    both = held.accounts([YEAR, YEAR + 1])
    post(agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, 10), by=None)
    again = held.accounts([YEAR, YEAR + 1])
    assert again[YEAR] is not both[YEAR]
    assert again[YEAR + 1] is both[YEAR + 1]


def test_stamps_put_together_stay_the_same(agency):
    before = stamps.stamps()
    stamps.put_together()
    assert stamps.stamps() == before
    post(agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, 10), by=None)
    stamps.put_together()
    assert Stamp.objects.filter(about=stamps.ACCOUNTS, fiscal_year=YEAR).count() == 1
    assert book(YEAR).total.spent == {"initial": 10}


def test_triggers_come_back_after_a_migration_that_lost_them(agency):
    from django.core.management import call_command

    stamps.remove(connection)
    call_command("migrate", verbosity=0)
    before = stamps.stamps()
    Account.objects.filter(kind=A.INSTITUTION).update(balance_yen=7)
    assert stamps.stamps() != before


def test_every_column_that_is_read_is_watched(agency):
    """Each column that the statements read stands in the triggers, and what chooses the rows."""
    for about, read in (
        (stamps.AWARDS, held.READ_AWARDS),
        (stamps.ACCOUNTS, held.READ_ACCOUNTS),
        (stamps.OUTPUTS, (*credited.READ_OUTPUTS, "state")),
        (stamps.CREDITS, credited.READ_CREDITS),
    ):
        _table, watched, _year = stamps.WATCHED[about]
        assert set(read) - {"id"} <= set(watched)


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_do_not_wait_for_each_others_stamps(agency):
    """On PostgreSQL: two transactions, both open, change awards; neither waits."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    other = connection.copy("other")
    try:
        with transaction.atomic():
            Award.objects.filter(pk=agency.awards[0].pk).update(phase="clinical")
            with other.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
                cursor.execute("UPDATE portfolio_award SET phase = 'basic' WHERE id = %s", [agency.awards[1].pk])
        phases = held.awards().phase
        assert {phases.value(row) for row in range(2)} == {"clinical", "basic"}
    finally:
        other.close()


def test_awards_and_accounts_are_of_one_moment(agency, monkeypatch):
    book(YEAR)
    held._accounts.clear()  # the awards are held, the year is not
    real, asked = held.stamps, []

    def stamps_then_an_award_is_paid():
        now = real()
        if not asked:
            first = agency.awards[0]
            new = Award.objects.create(
                number="19ek0109010",
                title="課題",
                programme=first.programme,
                organisation=first.organisation,
                begins=first.begins,
                ends=first.ends,
            )
            asked.append(new)
            post_many(replace(agency, awards=(new,)).paid(500), by=None)
        return now

    monkeypatch.setattr(held, "stamps", stamps_then_an_award_is_paid)
    total = book(YEAR).total
    assert sum(total.budgeted.values()) == sum(total.committed.values()) == 1_500
