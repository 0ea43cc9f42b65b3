"""Tables that keep their state in the address: columns, sorting, filters, pages, CSV, totals.

A page declares a Listing once; ``show(request, rows)`` answers what the template
``web/components/table.html`` draws, ``csv(request, rows)`` the same rows as a file. Sorting, filters and the page
stand in the query string, so that an address can be kept and sent; the choice of columns is remembered in the session.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import formats, timezone
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

BATCH = 2000
COUNTED = 10_000
"""So many rows are counted and paged through. Of more it is said that there are more: an exact count of a million rows
takes longer than the page; filters narrow them down, and the CSV holds them all."""
LAST_DAY = date(9998, 12, 31)
CSV_INJECTION = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """One column: ``value(row)`` gives what is shown; ``sort`` the field to order by (None: cannot be sorted).

    ``number`` aligns right; ``short`` values are never broken over lines, ``wide`` ones are given room; ``template``
    names a template that draws the cell from ``row`` and ``value``; ``shown`` says whether it stands there before
    anyone has chosen columns.
    """

    key: str
    label: "Text"
    value: Callable[[Any], Any]
    sort: str | None = None
    number: bool = False
    short: bool = False
    wide: bool = False
    template: str | None = None
    shown: bool = True

    def kind_of(self, value: object) -> str:
        """The class that its cells are drawn by."""
        if self.number:
            return "number"
        return "short" if self.short or isinstance(value, date) else "wide" if self.wide else ""


@dataclass(frozen=True)
class Filter:
    """One filter: its choices as (value, label), and how a value narrows the rows.

    ``day``: instead of one of the choices a day is given, as 2026-11-30. ``example``: instead of choosing one writes a
    text, such as this.
    """

    key: str
    label: "Text"
    choices: Sequence[tuple[str, "Text"]]
    apply: Callable[[QuerySet[Any], str], QuerySet[Any]]
    day: bool = False
    example: str = ""

    def said(self, value: str) -> "Text | None":
        """What a value of the address means, in words; None for one that the filter does not know."""
        if self.day:
            return value if _is_day(value) else None
        if self.example:
            return value.strip() or None
        return next((label for key, label in self.choices if str(key) == value), None)


def day_filters(field: str, since: "Text", until: "Text") -> tuple[Filter, Filter]:
    """Filters that keep what happened from a day on and up to a day; ``field`` names a time."""
    return (
        Filter("from", since, (), lambda rows, day: rows.filter(**{f"{field}__gte": _midnight(day)}), day=True),
        Filter("to", until, (), lambda rows, day: rows.filter(**{f"{field}__lt": _midnight(day, 1)}), day=True),
    )


def _midnight(day: str, later: int = 0) -> datetime:
    """The moment a day, or one some days later, begins here; compared with times it lets an index serve."""
    parsed = parse_date(day)
    assert parsed is not None
    return timezone.make_aware(datetime.combine(min(parsed, LAST_DAY) + timedelta(days=later), time.min))


def _is_day(value: str) -> bool:
    try:
        return parse_date(value) is not None
    except ValueError:
        return False


@dataclass(frozen=True)
class Listing:
    """A table's declaration. ``row_link(row)`` is where a row leads; ``name`` keys the remembered columns.

    ``counted``: so many rows are counted and paged through.
    ``prepare(request, rows)`` is called with the rows about to be shown, to fetch at once what their columns need.
    """

    name: str
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    order: str = "-pk"
    page_size: int = 50
    counted: int = COUNTED
    row_link: Callable[[Any], str] | None = None
    prepare: Callable[[HttpRequest, list[Any]], None] | None = None

    def show(
        self,
        request: HttpRequest,
        rows: QuerySet[Any],
        *,
        known: int | None = None,
        keys: Sequence[int] | None = None,
    ) -> dict[str, Any]:
        """The template's context: heads, rows of this page, chips, filters, column choice, page, CSV address.

        ``known``: how many rows there are, where the caller has counted them: used while no filter narrows them.
        ``keys``: the primary keys of all rows that the address asks for (``filtered``) in its order (``asked_order``),
        where the caller has them otherwise than from the database; they are all counted and paged through.
        """
        chosen = self._columns(request)
        paginator: _Counted | _Keyed
        if keys is not None:
            paginator = _Keyed(rows, keys, self.page_size)
        else:
            paginator = _Counted(self.narrow(request, rows), self.page_size, self.counted)
            if known is not None and not self._chips(request):
                paginator.known(known)
        page = paginator.get_page(request.GET.get("page"))
        objects = paginator.objects(page)
        if self.prepare:
            self.prepare(request, objects)
        return {
            "name": self.name,
            "heads": [self._head(request, column) for column in chosen],
            "rows": [self._row(chosen, row) for row in objects],
            "chips": self._chips(request),
            "filters": [self._filter(request, one) for one in self.filters],
            "choices": [{"key": c.key, "label": c.label, "shown": c in chosen} for c in self.columns],
            "kept": self._kept(request, without={"columns"}),
            "hidden": self._kept(request, without={"columns", "page", *(one.key for one in self.filters)}),
            "csv_url": address(request, format="csv", page=None),
            "page": paging(request, page, more=paginator.more),
        }

    def narrow(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that the address asks for, in its order; what it asks wrongly is left out."""
        asked = self.filtered(request)
        for one in self.filters:
            if one.key in asked:
                rows = one.apply(rows, asked[one.key])
        return rows.order_by(self.asked_order(request), "-pk")

    def filtered(self, request: HttpRequest) -> dict[str, str]:
        """The filters that the address sets, with their values; what it asks wrongly is left out."""
        values = {one.key: request.GET.get(one.key, "") for one in self.filters}
        return {one.key: values[one.key] for one in self.filters if one.said(values[one.key]) is not None}

    def csv(self, request: HttpRequest, rows: QuerySet[Any], *, keys: Sequence[int] | None = None) -> HttpResponse:
        """What is shown, all pages, as CSV in UTF-8 with a byte-order mark so that spreadsheets read Japanese.

        ``keys``: as ``show`` has it.
        """
        chosen = self._columns(request)

        def told() -> Iterator[list[Any]]:
            for batch in _batches(self.narrow(request, rows)) if keys is None else _batches_of(rows, keys):
                if self.prepare:
                    self.prepare(request, batch)
                yield from ([column.value(row) for column in chosen] for row in batch)

        return csv_file(f"{self.name}-{timezone.localdate():%Y%m%d}", [column.label for column in chosen], told())

    def _columns(self, request: HttpRequest) -> list[Column]:
        keys = {column.key for column in self.columns}
        asked = [key for key in request.GET.getlist("columns") if key in keys]
        session = getattr(request, "session", None)
        if asked and session is not None:
            session[f"columns:{self.name}"] = asked
        elif session is not None:
            asked = session.get(f"columns:{self.name}", [])
        return [column for column in self.columns if (column.key in asked if asked else column.shown)]

    def asked_order(self, request: HttpRequest) -> str:
        """The field that the address orders by, ``-`` before it for the other way round; rows that agree in it come the
        last registered first."""
        asked = request.GET.get("sort", "")
        for column in self.columns:
            if column.sort and asked.lstrip("-") == column.key:
                return ("-" if asked.startswith("-") else "") + column.sort
        return self.order

    def _head(self, request: HttpRequest, column: Column) -> dict[str, Any]:
        asked = request.GET.get("sort", "")
        direction = ""
        if column.sort and asked.lstrip("-") == column.key:
            direction = "descending" if asked.startswith("-") else "ascending"
        elif not asked and column.sort and self.order.lstrip("-") == column.sort:
            direction = "descending" if self.order.startswith("-") else "ascending"
        target = f"-{column.key}" if direction == "ascending" else column.key
        return {
            "label": column.label,
            "number": column.number,
            "direction": direction,
            "url": address(request, sort=target, page=None) if column.sort else None,
        }

    def _row(self, columns: list[Column], row: Any) -> dict[str, Any]:
        return {
            "object": row,
            "link": self.row_link(row) if self.row_link else None,
            "cells": [
                {
                    "label": c.label,
                    "value": _shown(value := c.value(row)),
                    "kind": c.kind_of(value),
                    "template": c.template,
                }
                for c in columns
            ],
        }

    def _filter(self, request: HttpRequest, one: Filter) -> dict[str, Any]:
        value = request.GET.get(one.key, "")
        return {
            "key": one.key,
            "label": one.label,
            "day": one.day,
            "example": one.example,
            "value": value,
            "choices": [{"value": key, "label": label, "chosen": str(key) == value} for key, label in one.choices],
        }

    def _kept(self, request: HttpRequest, without: set[str]) -> list[tuple[str, str]]:
        return [(key, value) for key in request.GET if key not in without for value in request.GET.getlist(key)]

    def _chips(self, request: HttpRequest) -> list[dict[str, Any]]:
        chips = []
        for one in self.filters:
            said = one.said(request.GET.get(one.key, ""))
            if said is not None:
                cleared = address(request, **{one.key: None, "page": None})
                chips.append({"label": one.label, "value": said, "clear_url": cleared})
        return chips


class _Counted(Paginator[Any]):
    """Pages of rows of which at most ``counted`` are counted; ``more``: there are more than that."""

    def __init__(self, rows: QuerySet[Any], page_size: int, counted: int) -> None:
        super().__init__(rows, page_size)
        self._counted = counted

    def known(self, number: int) -> None:
        """Take this number instead of counting."""
        self.__dict__["_found"] = number

    @cached_property
    def _found(self) -> int:
        rows = self.object_list
        assert isinstance(rows, QuerySet)
        return rows.order_by()[: self._counted + 1].count()

    @cached_property
    def count(self) -> int:
        """The number of rows, as many as are counted where there are more."""
        return min(self._found, self._counted)

    @property
    def more(self) -> bool:
        """Whether there are more rows than are counted."""
        return self._found > self._counted

    def objects(self, page: Page[Any]) -> list[Any]:
        """The rows of a page."""
        return list(page.object_list)


class _Keyed(Paginator[Any]):
    """Pages of rows whose primary keys are known, in their order; a row that is gone meanwhile is left out."""

    more = False

    def __init__(self, rows: QuerySet[Any], keys: Sequence[int], page_size: int) -> None:
        super().__init__(keys, page_size)
        self._rows = rows

    def objects(self, page: Page[Any]) -> list[Any]:
        """The rows of a page."""
        return _found(self._rows, list(page.object_list))


def _batches(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """Rows in lists of some thousands, read as one goes."""
    reading = rows.iterator(chunk_size=BATCH)
    while batch := list(islice(reading, BATCH)):
        yield batch


def _batches_of(rows: QuerySet[Any], keys: Sequence[int]) -> Iterator[list[Any]]:
    """The same of rows whose primary keys are known, in their order."""
    for start in range(0, len(keys), BATCH):
        yield _found(rows, keys[start : start + BATCH])


def _found(rows: QuerySet[Any], keys: Sequence[int]) -> list[Any]:
    found = rows.in_bulk(list(keys))
    return [found[key] for key in keys if key in found]


def address(request: HttpRequest, /, **changes: object) -> str:
    """This page's address with some of its query changed; None takes a part away."""
    query = request.GET.copy()
    query.pop("columns", None)
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def paging(request: HttpRequest, page: Page[Any], *, more: bool = False) -> dict[str, Any]:
    """What ``web/components/pagination.html`` shows of a page. ``more``: there are more rows than are counted."""
    return {
        "total": page.paginator.count,
        "more": more,
        "first": page.start_index(),
        "last": page.end_index(),
        "previous_url": address(request, page=page.previous_page_number()) if page.has_previous() else None,
        "next_url": address(request, page=page.next_page_number()) if page.has_next() else None,
    }


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value) if timezone.is_aware(value) else value, "Y-m-d H:i")
    if isinstance(value, date):
        return formats.date_format(value, "Y-m-d")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "" if value is None else value


def csv_file(name: str, head: Iterable[object], rows: Iterable[Iterable[object]]) -> HttpResponse:
    """A table as CSV in UTF-8 with a byte-order mark, so that spreadsheets read Japanese; its cells run no formula."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(response)
    writer.writerow([str(label) for label in head])
    writer.writerows([plain_cell(value) for value in row] for row in rows)
    return response


class Echo:
    """A file for a ``csv.writer`` that hands back each line, so that it can be sent as one goes."""

    def write(self, text: str) -> str:
        """The line itself."""
        return text


def plain_cell(value: object) -> str:
    """A cell's text for CSV; text that a spreadsheet would run as a formula is quoted with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    text = str(value)
    if isinstance(value, str) and text.lstrip("'").startswith(CSV_INJECTION):
        return f"'{text}"
    return text


def cell_said(text: str) -> str:
    """What a cell that ``plain_cell`` wrote says: without the apostrophe that keeps a spreadsheet from reckoning."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(CSV_INJECTION) else text
