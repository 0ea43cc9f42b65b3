"""Entries as accountants tell them: what each kind names, one under one document, wrong ones undone and told anew."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.systems.portfolio.behind import Slice, yen_behind
from kakehashi.systems.portfolio.ledger.balances import describe
from kakehashi.systems.portfolio.ledger.booking import book, correct_and_book
from kakehashi.systems.portfolio.ledger.foreseeing import foresee
from kakehashi.systems.portfolio.ledger.kinds import ROUTES, EntryKind
from kakehashi.systems.portfolio.ledger.posting import correct, post_many, undoing
from kakehashi.systems.portfolio.ledger.reconciling import ledger_faults
from kakehashi.systems.portfolio.ledger.told import Named, Told, entry_of, told_of
from kakehashi.systems.portfolio.models import Account, Entry
from tests.systems.portfolio.agency import YEAR, make_agency

pytestmark = pytest.mark.django_db
DAY = date(2019, 6, 1)


@pytest.fixture
def agency():
    agency = make_agency()
    post_many(agency.paid(1_000), by=None)
    return agency


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def tell(kind, yen=10, **more):
    given = {"fiscal_year": YEAR, "appropriation": "mext-2019", "reference": f"V-{kind}"} | more
    return Told(kind=kind, on=DAY, amount_yen=yen, **given)


def booked(told):
    return book([entry_of(told, Named([told]))], by=None)[0]


EVERY = [
    tell("allot", 500),
    tell("distribute", 400, programme="gene"),
    tell("commit", 300, award="19ek0109000"),
    tell("pay", 200, award="JP19ek0109000"),
    tell("subaward", 150, award="19ek0109000", to_institution="univ2"),
    tell("spend", 100, award="19ek0109000", institution="第2大学"),
    tell("repay", 20, award="19ek0109000", institution="univ2"),
    tell("release", 10, award="19ek0109000"),
    tell("withdraw", 5, programme="gene"),
    tell("return", 4, place="institution", award="19ek0109000"),
    tell("return", 3, place="agency", reference="V-2"),
    tell("carry_over", 2, place="award", award="19ek0109000"),
    tell("carry_over", 1, place="programme", programme="gene", reference="V-3"),
]


def test_every_kind_can_be_told_and_is_told_again_as_it_was(agency):
    assert {one.kind for one in EVERY} == set(ROUTES)
    for told in EVERY:
        entry = booked(told)
        assert entry.reference == told.reference
        again = told_of(entry)
        whole = replace(told, award=told.award.removeprefix("JP")) if told.award else told
        fields = {"institution": again.institution, "to_institution": again.to_institution}
        assert again == replace(whole, **fields), told.kind
        assert entry_of(again, Named([again])) == entry_of(told, Named([told]))
    assert list(ledger_faults()) == []


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        (tell("gift"), {"kind"}),
        (tell("correct"), {"kind"}),
        (tell("pay"), {"award"}),
        (tell("pay", award="19ek0109999"), {"award"}),
        (tell("pay", award="19ek0109000", institution="nowhere"), {"institution"}),
        (tell("subaward", award="19ek0109000"), {"to_institution"}),
        (tell("pay", award="19ek0109000", to_institution="univ1"), {"to_institution"}),
        (tell("distribute"), {"programme"}),
        (tell("distribute", programme="gene", award="19ek0109000"), {"award"}),
        (tell("pay", award="19ek0109000", programme="cell"), {"programme"}),
        (tell("return"), {"place"}),
        (tell("return", place="spent"), {"place"}),
        (tell("carry_over", place="award"), {"award"}),
        (tell("allot", appropriation="none", reference=" "), {"appropriation", "reference"}),
    ],
)
def test_what_is_not_named_or_not_there_is_told_at_its_field(agency, told, fields):
    with pytest.raises(Invalid) as caught:
        entry_of(told, Named([told]))
    assert set(caught.value.problems) == fields


def test_the_same_is_not_booked_twice_under_one_document(agency):
    first = booked(tell("spend", 100, award="19ek0109000"))
    with pytest.raises(Conflict, match=rf"entry {first.number}"):
        booked(tell("spend", 100, award="19ek0109000"))
    booked(tell("spend", 99, award="19ek0109000"))  # another amount under the same document
    booked(tell("spend", 100, award="19ek0109000", reference="V-2"))
    correct(first, by=None, memo="wrong award")
    booked(tell("spend", 100, award="19ek0109000"))  # what was undone may be told anew


def test_what_is_foreseen_is_what_is_booked(agency):
    for told in EVERY:
        entry = entry_of(told, Named([told]))
        seen = foresee([entry])
        before = Entry.objects.count()
        assert all(
            one.before == getattr(Account.objects.filter(key=one.account.key).first(), "balance_yen", 0)
            for one in seen.accounts
        )
        book([entry], by=None)
        assert Entry.objects.count() == before + 1
        for one in seen.accounts:
            assert Account.objects.get(key=one.account.key).balance_yen == one.after, describe(one.account)
        for one in seen.figures:
            assert yen_behind(one.what, Slice(one.fiscal_year, one.programme)) == one.after, (told.kind, one)


def test_what_cannot_be_booked_is_refused_beforehand(agency):
    told = tell("spend", 1_001, award="19ek0109000")
    with pytest.raises(Conflict, match="1 yen more than there is"):
        foresee([entry_of(told, Named([told]))])
    assert Account.objects.get(key=agency.place("institution").key).balance_yen == 1_000


def test_a_wrong_entry_is_undone_and_told_anew_in_one_step(agency):
    wrong = booked(tell("spend", 100, award="19ek0109000"))
    right = entry_of(tell("spend", 90, award="19ek0109000"), Named([tell("spend", 90, award="19ek0109000")]))
    seen = foresee([right], undone=undoing(wrong, "90, not 100"))
    assert {one.after - one.before for one in seen.accounts} == {10, -10}
    done = correct_and_book(wrong, right, by=None, memo="90, not 100")
    assert (done.undoing.corrects, done.undoing.kind) == (wrong, EntryKind.CORRECT)
    assert done.anew.movements.get().amount_yen == 90
    assert wrong.movements.get().amount_yen == 100  # nothing is edited
    with pytest.raises(Conflict, match="corrected already"):
        correct_and_book(wrong, None, by=None, memo="again")
    too_much = entry_of(tell("spend", 5_000, award="19ek0109000"), Named([tell("spend", award="19ek0109000")]))
    number = Entry.objects.count()
    with pytest.raises(Conflict):
        correct_and_book(done.anew, too_much, by=None, memo="no")
    assert Entry.objects.count() == number  # both or neither
    assert list(ledger_faults()) == []


def test_an_entry_of_many_movements_is_not_told_again(agency):
    one, two = (agency.entry(EntryKind.SPEND, "institution", "spent", yen) for yen in (5, 6))
    entry = book([replace(one, transfers=(*one.transfers, *two.transfers), reference="V")], by=None)[0]
    assert told_of(entry) is None
