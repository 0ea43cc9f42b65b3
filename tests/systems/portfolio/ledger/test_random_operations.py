"""Whatever is done to the ledger, in whichever order: it balances, and says the same as nothing but sums would."""

import os
import threading
from collections import Counter
from datetime import date
from itertools import product

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.systems.portfolio.ledger.entries import NewEntry, Transfer
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.kinds import Place
from kakehashi.systems.portfolio.ledger.posting import correct, post, post_many
from kakehashi.systems.portfolio.ledger.reconciling import ledger_faults
from kakehashi.systems.portfolio.models import Account, Entry
from tests.systems.portfolio.agency import YEAR, make_agency

EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "40"))
"""Examples of 50 operations each; 2,000 are the hundred thousand that the ledger is held to."""
LAST = (2019, 2023)
"""The last fiscal years of the two appropriations."""
HELD = ("agency", "programme", "award", "institution")
WAYS = {
    "allot": ("granted", "agency"),
    "distribute": ("agency", "programme"),
    "withdraw": ("programme", "agency"),
    "commit": ("programme", "award"),
    "release": ("award", "programme"),
    "pay": ("award", "institution"),
    "repay": ("institution", "award"),
    "spend": ("institution", "spent"),
}
"""What the books below know of the ledger, told anew: from which pot to which the simple kinds move money. A sub-award
goes on to the next institution; what is returned or carried over leaves any pot that is held."""
KINDS = [*WAYS, "subaward", "return", "carry_over", "correct"]

steps = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.integers(0, 1),  # award, and with it the programme
        st.integers(0, 2),  # institution
        st.integers(0, 1),  # appropriation
        st.sampled_from((0, 0, 0, 1)),  # a year later
        st.integers(1, 1_000),
        st.integers(0, 10**6),  # picks a pot, or the entry to correct
    ),
    min_size=50,
    max_size=50,
)


def pot(name, money, year, award, institution):
    """A pot of the books: its name, appropriation, year, programme, award and institution, by their positions."""
    wide = {"granted": 0, "agency": 0, "programme": 1, "award": 2}.get(name, 3)
    return (name, money, year, *[one if at < wide else None for at, one in enumerate((award, award, institution))])


class Books:
    """A ledger of plain sums, which shares no code with the real one: what lies in each pot, and what was done."""

    def __init__(self):
        self.lying = Counter()
        self.done = []
        self.corrected = set()

    def moved(self, kind, award, institution, money, later, yen, pick):
        """From where to where a step moves how much."""
        year = YEAR + later
        if kind == "correct":
            return [(target, source, amount) for source, target, amount in self.done[pick % len(self.done)][1]]
        if kind in WAYS:
            source, target = (pot(name, money, year, award, institution) for name in WAYS[kind])
            return [(source, target, yen)]
        if kind == "subaward":
            there = pot("institution", money, year, award, (institution + 1) % 3)
            return [(pot("institution", money, year, award, institution), there, yen)]
        here = pot(HELD[pick % 4], money, year, award, institution)
        if kind == "return":
            return [(here, ("returned", *here[1:]), yen)]
        there = (here[0], money, year + 1, *here[3:])
        return [(here, ("carried_out", *here[1:]), yen), (("carried_in", *there[1:]), there, yen)]

    def answer(self, kind, moved, pick):
        """What the ledger is to say: refused as no entry at all, or because it stands so, or accepted."""
        if kind == "correct":
            place = pick % len(self.done)
            if self.done[place][0] == "correct" or place in self.corrected:
                return Conflict
        elif any(year > LAST[money] + (name != "granted") for one in moved for name, money, year, *_rest in one[:2]):
            return Invalid
        change = Counter()
        for source, target, yen in moved:
            change[source] -= yen
            change[target] += yen
        endless = ("granted", "carried_in")
        lacking = any(one[0] not in endless and self.lying[one] + yen < 0 for one, yen in change.items())
        return Conflict if lacking else None

    def write(self, kind, moved, pick):
        """Do it."""
        if kind == "correct":
            self.corrected.add(pick % len(self.done))
        self.done.append((kind, moved))
        for source, target, yen in moved:
            self.lying[source] -= yen
            self.lying[target] += yen

    def in_force(self, kind):
        """The yen of all entries of a kind that nobody corrected."""
        standing = (moved for at, (said, moved) in enumerate(self.done) if said == kind and at not in self.corrected)
        return sum(moved[0][2] for moved in standing)


def place_of(agency, pot):
    name, money, year, programme, award, institution = pot
    return Place(
        name,
        agency.money[money].pk,
        year,
        None if programme is None else agency.programmes[programme].pk,
        None if award is None else agency.awards[award].pk,
        None if institution is None else agency.institutions[institution].pk,
    )


def done_to_the_ledger(agency, kind, moved, pick, entries):
    if kind == "correct":
        return correct(Entry.objects.get(number=pick % entries + 1), by=None, memo="drawn")
    year = moved[0][0][2]
    day = date(year + 1, 3, 31) if kind == "carry_over" else date(year, 6, 1)
    transfers = tuple(
        Transfer(place_of(agency, source), place_of(agency, target), yen) for source, target, yen in moved
    )
    return post(NewEntry(kind, day, year, transfers), by=None)


def said_by_the_ledger(agency, kind, moved, pick, entries):
    """Whether it refused, and how."""
    try:
        with transaction.atomic():
            done_to_the_ledger(agency, kind, moved, pick, entries)
    except (Conflict, Invalid) as refused:
        return type(refused)
    return None


def begun(agency, books):
    """Each appropriation is given, and half of it passed on at each step as far as one institution."""
    kinds = enumerate(("allot", "distribute", "commit", "pay"))
    for (at, kind), money, award in product(kinds, (0, 1), (0, 1)):
        for institution in (0, 1) if kind == "pay" else (0,):
            moved = books.moved(kind, award, institution, money, 0, 16_000 >> at, 0)
            assert said_by_the_ledger(agency, kind, moved, 0, 0) is None
            books.write(kind, moved, 0)


def yen_in(*names):
    return Account.objects.filter(kind__in=names).aggregate(yen=Sum("balance_yen"))["yen"] or 0


@pytest.mark.django_db
def test_after_any_operations_the_ledger_says_what_plain_sums_say():
    """It accepts and refuses what plain sums do, of every kind often enough, and ends with the same in every pot."""
    accepted, refused = Counter(), Counter()

    @settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(steps=steps)
    def operate(steps):
        with transaction.atomic():
            agency, books = make_agency(), Books()
            begun(agency, books)
            for kind, *rest in steps:
                moved, pick = books.moved(kind, *rest), rest[-1]
                expected = books.answer(kind, moved, pick)
                assert said_by_the_ledger(agency, kind, moved, pick, len(books.done)) is expected, (kind, moved)
                if expected is None:
                    books.write(kind, moved, pick)
                (refused if expected else accepted)[kind] += 1
            stands = dict(Account.objects.values_list("key", "balance_yen"))
            wanted = {place_of(agency, one).key: yen for one, yen in books.lying.items()}
            assert stands == {key: wanted.get(key, 0) for key in stands}
            assert {key for key, yen in wanted.items() if yen} <= set(stands)
            assert Entry.objects.count() == len(books.done)
            assert -yen_in("granted") == books.in_force("allot")
            assert yen_in("spent") == books.in_force("spend")
            assert yen_in("returned") == books.in_force("return")
            assert yen_in("carried_out") == -yen_in("carried_in") == books.in_force("carry_over")
            assert yen_in(*HELD) == books.in_force("allot") - books.in_force("spend") - books.in_force("return")
            assert list(ledger_faults()) == []
            transaction.set_rollback(True)

    operate()
    assert {kind: accepted[kind] for kind in KINDS if accepted[kind] < EXAMPLES // 4} == {}, "hardly ever accepted"
    assert {kind: refused[kind] for kind in KINDS if not refused[kind]} == {}, "never refused"


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
