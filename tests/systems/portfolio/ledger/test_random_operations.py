"""Whatever is done to the ledger, in whichever order: it balances, and says the same as nothing but sums would."""

import os
import threading
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kakehashi.kernel.errors import Conflict
from kakehashi.systems.portfolio.ledger.entries import NewEntry, Transfer
from kakehashi.systems.portfolio.ledger.kinds import ROUTES
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.posting import correct, post, post_many
from kakehashi.systems.portfolio.ledger.reconciling import ledger_faults
from kakehashi.systems.portfolio.models import Account, Entry
from tests.systems.portfolio.agency import YEAR, make_agency

KINDS = [kind for kind in ROUTES if kind != E.CARRY_OVER]
EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "40"))
"""Examples of 50 operations each; 2,000 are the hundred thousand that the ledger is held to."""

steps = st.lists(
    st.tuples(
        st.sampled_from([*KINDS, E.CARRY_OVER, E.CORRECT]),
        st.integers(0, 1),  # award
        st.integers(0, 2),  # institution
        st.integers(0, 1),  # appropriation
        st.integers(1, 2_000),
        st.integers(0, 10**6),  # picks a route, or the entry to correct
    ),
    min_size=50,
    max_size=50,
)


def entry_of(agency, kind, award, institution, money, yen, pick):
    which = {"award": award, "institution": institution, "money": money}
    if kind == E.CARRY_OVER:
        place = agency.place([A.AGENCY, A.PROGRAMME, A.AWARD, A.INSTITUTION][pick % 4], **which)
        later = replace(place, fiscal_year=YEAR + 1)
        moved = (
            Transfer(place, replace(place, kind=A.CARRIED_OUT), yen),
            Transfer(replace(later, kind=A.CARRIED_IN), later, yen),
        )
        return NewEntry(kind, date(2020, 3, 31), YEAR, moved)
    routes = sorted(ROUTES[kind])
    source, target = (agency.place(one, **which) for one in routes[pick % len(routes)])
    if kind == E.SUBAWARD:
        target = agency.place(A.INSTITUTION, **(which | {"institution": (institution + 1) % 3}))
    if kind == E.RETURN:
        target = replace(source, kind=A.RETURNED)
    return NewEntry(kind, date(2019, 6, 1), YEAR, (Transfer(source, target, yen),))


@pytest.mark.django_db
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=steps)
def test_the_ledger_balances_after_any_operations(steps):
    with transaction.atomic():
        agency = make_agency()
        post_many([*agency.paid(5_000), *agency.paid(5_000, award=1, institution=1, money=1)], by=None)
        sums = Counter({one.key: one.balance_yen for one in Account.objects.all()})
        for kind, award, institution, money, yen, pick in steps:
            try:
                if kind == E.CORRECT:
                    entry = Entry.objects.order_by("number")[pick % Entry.objects.count()]
                    moved = [
                        (one.target.key, one.source.key, one.amount_yen)
                        for one in entry.movements.select_related("source", "target")
                    ]
                    with transaction.atomic():
                        correct(entry, by=None, memo="drawn")
                else:
                    new = entry_of(agency, kind, award, institution, money, yen, pick)
                    moved = [(one.source.key, one.target.key, one.amount_yen) for one in new.transfers]
                    with transaction.atomic():
                        post(new, by=None)
            except Conflict:
                continue
            for source, target, amount in moved:
                sums[source] -= amount
                sums[target] += amount
        assert {one.key: one.balance_yen for one in Account.objects.all()} == {
            one.key: sums[one.key] for one in Account.objects.all()
        }
        assert sum(sums.values()) == 0
        assert list(ledger_faults()) == []
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_people_write_at_once_and_no_yen_is_lost_or_made():
    agency = make_agency()
    post_many(agency.paid(1_000), by=None)
    spend = agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, 7)
    done, refused, broken = [], [], []

    def writer():
        try:
            for _ in range(10):
                try:
                    post(spend, by=None)
                    done.append(1)
                except Conflict:
                    refused.append(1)
        except Exception as error:
            broken.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=writer) for _ in range(20)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert broken == []
    assert (len(done), len(refused)) == (142, 58)  # a thousand yen are spent 142 times by seven, then there are six
    assert Account.objects.get(kind=A.SPENT).balance_yen == 994
    assert Account.objects.get(kind=A.INSTITUTION).balance_yen == 6
    assert sorted(Entry.objects.values_list("number", flat=True)) == list(range(1, 147))
    assert list(ledger_faults()) == []
