"""The demo agency's ledger, year by year: allotted, distributed, committed, paid, used, carried over, returned."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kakehashi.systems.portfolio.demo.budgets import OTHER, YEARS, Line, last_year, shared
from kakehashi.systems.portfolio.demo.running import Run
from kakehashi.systems.portfolio.facts.shapes.facts import Facts
from kakehashi.systems.portfolio.ledger.entries import NewEntry, Transfer
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import BudgetKind, Place
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import Appropriation, Award, Ministry, Programme
from kakehashi.systems.portfolio.publishing import appropriation

MEMO = "デモ用の架空の記帳 Made up for the demonstration"
SUBAWARDED, SUBAWARD_SHARE = 0.25, 0.2
UNSPENT = 0.01
"""A quarter of the awards pass a fifth on to another institution; one per cent is returned."""


@dataclass(frozen=True)
class Share:
    """What one award has of one appropriation in a year."""

    award: Award
    money: int
    yen: int
    partner: int | None

    def place(self, kind: str, year: int, organisation: int | None = None) -> Place:
        """The award's account of a kind."""
        return Place(kind, self.money, year, self.award.programme_id, self.award.pk, organisation)


def post_years(
    told: Facts,
    lines: Sequence[Line],
    awards: Sequence[tuple[Award, Run]],
    seed: int,
    progress: Callable[[str, float], None],
) -> None:
    """Write all entries, one call a year."""
    dice = random.Random(seed)  # noqa: S311  made-up payments
    programmes = {one.code: one for one in Programme.objects.all()}
    totals = {fund.key: fund.total_yen for fund in told.funds}
    lasting = {fund.key: last_year(fund) for fund in told.funds}
    left: dict[int, int] = {}  # what is left of each fund at the agency, by appropriation
    institutions = sorted({award.organisation_id for award, _run in awards})
    for year in YEARS:
        ours = [line for line in lines if line.fiscal_year == year]
        given = {line: _appropriation(line, programmes, lines, lasting) for line in ours}
        entries = [*_allotted(given, totals, left, year), *_distributed(given, programmes, year)]
        for line, money in given.items():
            if line.fund:
                left[money.pk] -= line.yen
        shares = _shares(given, programmes, awards, institutions, year, dice)
        entries += _of_awards(shares, year)
        entries += _carried(left, year)
        post_many(entries, by=None)
        progress("ledger", 0.5 + 0.5 * (year - YEARS[0] + 1) / len(YEARS))


def _appropriation(
    line: Line, programmes: dict[str, Programme], lines: Sequence[Line], lasting: dict[str, int]
) -> Appropriation:
    if line.kind == BudgetKind.ADJUSTMENT:
        return appropriation(Ministry.CAO, line.kind, line.fiscal_year, by=None)
    ministry = programmes[line.programme].ministry if line.programme != OTHER else Ministry.UNSTATED
    if not line.fund:
        return appropriation(ministry, line.kind, line.fiscal_year, by=None)
    first = min(one.fiscal_year for one in lines if one.fund == line.fund)
    name = line.fund.removeprefix("fund-")
    return appropriation(ministry, line.kind, first, by=None, last=lasting[line.fund], name=name)


def _allotted(
    given: dict[Line, Appropriation], totals: dict[str, int], left: dict[int, int], year: int
) -> Iterable[NewEntry]:
    """Each ministry's budget of the year; of a fund the whole, in its first year."""
    yen: defaultdict[int, int] = defaultdict(int)
    for line, money in given.items():
        if not line.fund:
            yen[money.pk] += line.yen
        elif money.fiscal_year == year:
            yen[money.pk] = left[money.pk] = totals[line.fund]
    for origin, amount in yen.items():
        moved = Transfer(Place(A.GRANTED, origin, year), Place(A.AGENCY, origin, year), amount)
        yield NewEntry(E.ALLOT, date(year, 4, 1), year, (moved,), MEMO)


def _distributed(given: dict[Line, Appropriation], programmes: dict[str, Programme], year: int) -> Iterable[NewEntry]:
    by_money: defaultdict[int, list[Transfer]] = defaultdict(list)
    for line, money in given.items():
        target = Place(A.PROGRAMME, money.pk, year, programmes[line.programme].pk)
        by_money[money.pk].append(Transfer(Place(A.AGENCY, money.pk, year), target, line.yen))
    for moved in by_money.values():
        yield NewEntry(E.DISTRIBUTE, date(year, 4, 1), year, tuple(moved), MEMO)


def _shares(
    given: dict[Line, Appropriation],
    programmes: dict[str, Programme],
    awards: Sequence[tuple[Award, Run]],
    institutions: Sequence[int],
    year: int,
    dice: random.Random,
) -> list[Share]:
    """Each programme's money of each appropriation, divided among its awards that run."""
    running: defaultdict[int, list[Award]] = defaultdict(list)
    for award, run in awards:
        if run.first <= year <= run.last and award.programme_id is not None:
            running[award.programme_id].append(award)
    shares = []
    for line, money in given.items():
        ours = running.get(programmes[line.programme].pk, [])
        if line.kind == BudgetKind.ADJUSTMENT:
            ours = ours[:: max(len(ours) // 5, 1)]  # adjustment funds speed up a few
        parts = shared(line.yen, [dice.lognormvariate(0, 0.6) for _ in ours])
        for award, yen in zip(ours, parts, strict=True):
            partner = dice.choice(institutions) if dice.random() < SUBAWARDED else None
            shares.append(Share(award, money.pk, yen, None if partner == award.organisation_id else partner))
    return [share for share in shares if share.yen]


def _of_awards(shares: Sequence[Share], year: int) -> Iterable[NewEntry]:
    """Contracts in April, payments in June and November, sub-awards, use until March, the rest returned."""
    by_programme: defaultdict[int | None, list[Share]] = defaultdict(list)
    for share in shares:
        by_programme[share.award.programme_id].append(share)
    for some in by_programme.values():
        yield from _of_programme(some, year)


def _of_programme(shares: Sequence[Share], year: int) -> Iterable[NewEntry]:
    committed: list[Transfer] = []
    paid: list[Transfer] = []
    passed: list[Transfer] = []
    used: list[Transfer] = []
    returned: list[Transfer] = []
    for share in shares:
        holder = share.award.organisation_id
        award, at_holder = share.place(A.AWARD, year), share.place(A.INSTITUTION, year, holder)
        committed.append(Transfer(Place(A.PROGRAMME, share.money, year, share.award.programme_id), award, share.yen))
        paid.append(Transfer(award, at_holder, share.yen))
        onward = int(share.yen * SUBAWARD_SHARE) if share.partner is not None else 0
        unspent = int((share.yen - onward) * UNSPENT)
        if onward:
            partner = share.place(A.INSTITUTION, year, share.partner)
            passed.append(Transfer(at_holder, partner, onward))
            used.append(Transfer(partner, replace(partner, kind=A.SPENT), onward))
        spent = share.yen - onward - unspent
        if spent:
            used.append(Transfer(at_holder, replace(at_holder, kind=A.SPENT), spent))
        if unspent:
            returned.append(Transfer(at_holder, replace(at_holder, kind=A.RETURNED), unspent))
    for kind, day, moved in (
        (E.COMMIT, date(year, 4, 1), committed),
        (E.PAY, date(year, 6, 30), paid),
        (E.SUBAWARD, date(year, 7, 31), passed),
        (E.SPEND, date(year + 1, 3, 31), used),
        (E.RETURN, date(year + 1, 3, 31), returned),
    ):
        if moved:
            yield NewEntry(kind, day, year, tuple(moved), MEMO)


def _carried(left: dict[int, int], year: int) -> Iterable[NewEntry]:
    """What is left of the funds goes on to the next year, at the agency."""
    for money, yen in left.items():
        if yen:
            place = Place(A.AGENCY, money, year)
            later = replace(place, fiscal_year=year + 1)
            moved = (
                Transfer(place, replace(place, kind=A.CARRIED_OUT), yen),
                Transfer(replace(later, kind=A.CARRIED_IN), later, yen),
            )
            yield NewEntry(E.CARRY_OVER, date(year + 1, 3, 31), year, moved, MEMO)
