"""Cells as values: text, days, amounts, counts; what cannot be read is said with its column and what stands there."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from kakehashi.kernel.fiscal import parse_date, within
from kakehashi.systems.portfolio.csv_cells import yes_or_no
from kakehashi.systems.portfolio.importing.mapping import Column
from kakehashi.systems.portfolio.importing.rows import Read
from kakehashi.systems.portfolio.models import FaultKind

LARGEST = Decimal(10) ** 18


class Unfit(Exception):
    """A row that cannot be written: what kind of fault, which column, what stands there, what was found instead."""

    def __init__(self, kind: FaultKind, about: str, said: str = "", found: str = "") -> None:
        super().__init__(kind, about, said)
        self.kind, self.about, self.said, self.found = kind, about, said, found


def text_of(read: Read, name: str, column: Column, longest: int) -> str:
    """A cell's words. Raises Unfit for words that the map does not know, or too many of them."""
    if column.column is None:
        return column.value or ""
    said = read(column.column).removeprefix(column.remove) or column.default
    if column.values and said and said not in column.values:
        raise Unfit(FaultKind.UNREADABLE, column.column, said)
    said = column.values.get(said, said)
    if len(said) > longest or "\x00" in said:
        raise Unfit(FaultKind.UNREADABLE, column.column or name, said.replace("\x00", ""))
    return said


def texts_of(read: Read, columns: Mapping[str, Column], longest: Mapping[str, int]) -> dict[str, Any]:
    """Every field of a row that is text, by name."""
    return {name: text_of(read, name, columns[name], most) for name, most in longest.items() if name in columns}


def day_of(read: Read, name: str, column: Column | None) -> date | None:
    """A cell's day; None where it is empty. Raises Unfit."""
    if column is None:
        return None
    said = text_of(read, name, column, 60)
    if not said:
        return None
    try:
        return within(datetime.strptime(said, column.format).date() if column.format else _plain_day(said))
    except ValueError as error:
        raise Unfit(FaultKind.UNREADABLE, column.column or name, said) from error


def _plain_day(said: str) -> date:
    """A day, or that of a time of day (2026-04-01T09:00), in any way that ``parse_date`` reads."""
    try:
        return date.fromisoformat(said[:10])
    except ValueError:
        return parse_date(said)


def answer_of(said: str, column: str) -> bool:
    """A cell's yes or no, no where it is empty. Raises Unfit for anything else."""
    try:
        return bool(yes_or_no(said))
    except ValueError as error:
        raise Unfit(FaultKind.UNREADABLE, column, said) from error


def amount_of(read: Read, name: str, column: Column | None) -> Decimal | None:
    """A cell's amount in whole units of its currency, to two decimals; None where it is empty. Raises Unfit."""
    if column is None:
        return None
    said = text_of(read, name, column, 60)
    if not said:
        return None
    amount = _number(said, column.column or name) * column.unit
    if abs(amount) >= LARGEST or amount != round(amount, 2):
        raise Unfit(FaultKind.UNREADABLE, column.column or name, said)
    return round(amount, 2)


def count_of(read: Read, column: str) -> int | None:
    """How many a cell claims; None where it is empty. Raises Unfit for what is no count."""
    said = read(column)
    if not said:
        return None
    number = _number(said, column)
    if number < 0 or number >= LARGEST or number != int(number):
        raise Unfit(FaultKind.UNREADABLE, column, said)
    return int(number)


def _number(said: str, column: str) -> Decimal:
    try:
        number = Decimal(said.replace(",", ""))
    except InvalidOperation as error:
        raise Unfit(FaultKind.UNREADABLE, column, said) from error
    if not number.is_finite():
        raise Unfit(FaultKind.UNREADABLE, column, said)
    return number


def in_order(begins: date | None, ends: date | None) -> None:
    """Raises Unfit where the last day is before the first."""
    if begins and ends and ends < begins:
        raise Unfit(FaultKind.ORDER, "ends", f"{begins} – {ends}")
