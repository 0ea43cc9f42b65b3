"""Published budgets into the ledger: allotted by each ministry, distributed to the programmes in one transaction."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db import models, transaction
from django.utils import translation

from kakehashi.kernel import audit
from kakehashi.kernel.fiscal import fiscal_year_name
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio.installing import ProgrammeBudget
from kakehashi.systems.portfolio.ledger.entries import NewEntry, Transfer
from kakehashi.systems.portfolio.ledger.kinds import AccountKind, BudgetKind, EntryKind, Place
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import Appropriation, Entry, Ministry

NO_MINISTRY = {"ja": "省庁の記載なし", "en": "ministry not stated"}


def post_budgets(
    budgets: Iterable[ProgrammeBudget], *, by: Person | None, kind: str = BudgetKind.INITIAL, memo: str = ""
) -> list[Entry]:
    """Allot and distribute budgets of one kind, on the first day of their fiscal years."""
    by_origin: defaultdict[tuple[str, int], list[ProgrammeBudget]] = defaultdict(list)
    for one in budgets:
        by_origin[(one.programme.ministry, one.fiscal_year)].append(one)
    with transaction.atomic():
        entries = []
        for (ministry, year), lines in sorted(by_origin.items()):
            money = appropriation(ministry, kind, year, by=by)
            entries += [_allotment(money, lines, memo), _distribution(money, lines, memo)]
        return post_many(entries, by=by)


def appropriation(
    ministry: str, kind: str, year: int, *, by: Person | None, last: int | None = None, name: str = ""
) -> Appropriation:
    """The appropriation of a ministry's budget of a kind in a fiscal year, made where it is not there."""
    code = f"{ministry}-{year}-{kind}" + (f"-{name}" if name else "")
    row, made = Appropriation.objects.get_or_create(
        code=code,
        defaults={
            "name": f"{fiscal_year_name(year)} {_ministry(ministry, 'ja')} {_in('ja', BudgetKind(kind))}",
            "name_en": f"{fiscal_year_name(year, 'en')} {_in('en', BudgetKind(kind))}, {_ministry(ministry, 'en')}",
            "ministry": ministry,
            "kind": kind,
            "fiscal_year": year,
            "last_fiscal_year": last or year,
        },
    )
    if made:
        audit.record(by, "appropriation.register", row, detail={"code": row.code})
    return row


def _ministry(ministry: str, language: str) -> str:
    return NO_MINISTRY[language] if ministry == Ministry.UNSTATED else _in(language, Ministry(ministry))


def _in(language: str, choice: models.TextChoices) -> str:
    with translation.override(language):
        return str(choice.label)


def _allotment(money: Appropriation, lines: list[ProgrammeBudget], memo: str) -> NewEntry:
    year = lines[0].fiscal_year
    granted, agency = (Place(kind, money.pk, year) for kind in (AccountKind.GRANTED, AccountKind.AGENCY))
    moved = Transfer(granted, agency, sum(one.yen for one in lines))
    return NewEntry(EntryKind.ALLOT, date(year, 4, 1), year, (moved,), memo)


def _distribution(money: Appropriation, lines: list[ProgrammeBudget], memo: str) -> NewEntry:
    year = lines[0].fiscal_year
    moved = tuple(
        Transfer(
            Place(AccountKind.AGENCY, money.pk, year),
            Place(AccountKind.PROGRAMME, money.pk, year, one.programme.pk),
            one.yen,
        )
        for one in lines
    )
    return NewEntry(EntryKind.DISTRIBUTE, date(year, 4, 1), year, moved, memo)
