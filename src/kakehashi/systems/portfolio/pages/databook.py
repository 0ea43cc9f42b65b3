"""The data book: choose what is counted and by what it is cut; table, plot, CSV, Parquet, print."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kakehashi.engines.pictures.plots import Line, Series, draw_series
from kakehashi.kernel.fiscal import fiscal_year_name
from kakehashi.kernel.punctuation import noted
from kakehashi.systems.portfolio.databook import files
from kakehashi.systems.portfolio.databook.dimensions import DIMENSIONS, YEAR, Measure
from kakehashi.systems.portfolio.databook.opening import Opening
from kakehashi.systems.portfolio.databook.slicing import Table, Wanted, take
from kakehashi.systems.portfolio.money import exact
from kakehashi.systems.portfolio.pages.asking import Asked, asked

LINES = 6
"""So many lines a plot has room for; the rest stand in the table."""
OKU_YEN, MILLION_YEN = 100_000_000, 1_000_000
READY = (
    ("awards", "year", ""),
    ("new", "year", ""),
    ("committed", "year", ""),
    ("awards", "project", "year"),
    ("committed", "project", "year"),
    ("awards", "size", "year"),
    ("committed", "phase", "year"),
    ("awards", "area", "year"),
    ("committed", "ministry", "year"),
    ("committed", "institution", ""),
    ("awards", "prefecture", ""),
)
"""The tables that a printed data book has, one click away: measure, rows, columns."""


@login_required
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """A slice of the data book; what it shows stands in the address."""
    base = asked(request)
    wanted = _wanted(request, base)
    table = take(wanted, translation.get_language() or "ja")
    shape = request.GET.get("format", "")
    name = f"databook-{wanted.measure}-{wanted.rows.key}-{timezone.localdate():%Y%m%d}"
    if shape == "csv":
        return _file(files.as_csv(table), f"{name}.csv", "text/csv; charset=utf-8")
    if shape == "parquet":
        return _file(files.as_parquet(table), f"{name}.parquet", "application/vnd.apache.parquet")
    query = request.GET.copy()
    query.pop("format", None)
    context = base.choices() | {
        "title": _title(wanted),
        "measures": [(one.value, one.label, one is wanted.measure) for one in Measure],
        "row_choices": [(one.key, one.label, one is wanted.rows) for one in DIMENSIONS.values()],
        "column_choices": [(one.key, one.label, one is wanted.columns) for one in DIMENSIONS.values()],
        "every_year": len(wanted.years) > 1,
        "heads": [label for _key, label in table.columns],
        "head": wanted.rows.label,
        "lines": _lines(table),
        "sums": _sums(table),
        "whole": _text(table, sum(table.total_of(column) for column, _label in table.columns)),
        "money": wanted.measure.is_money,
        "adds_up": table.adds_up,
        "plot": _plot(table),
        "plot_unit": _unit(wanted.measure)[1],
        "undrawn": _undrawn(table),
        "as_of": timezone.localdate(),
        "ready": [(_title_of(*one), _address(one)) for one in READY],
        "csv_url": f"?{query.urlencode()}&format=csv",
        "parquet_url": f"?{query.urlencode()}&format=parquet",
    }
    return render(request, "portfolio/databook.html", context)


@login_required
@require_GET
def printed(request: HttpRequest) -> HttpResponse:
    """The whole data book, table after table, to print or to keep as PDF; money in million yen."""
    base = asked(request)
    language = translation.get_language() or "ja"
    every = tuple(sorted(base.years))
    earlier = [(year,) for year in reversed(every) if year <= base.year]  # the last one in which there is something
    tables = []
    for measure, rows, columns in READY:
        for years in [every] if YEAR in (rows, columns) else earlier:
            cut = Wanted(Measure(measure), DIMENSIONS[rows], DIMENSIONS.get(columns), years, base.term)
            table = take(cut, language)
            if table.rows:
                break
        tables.append(_section(table, language))
    context = base.choices() | {"tables": tables, "as_of": timezone.localdate()}
    return render(request, "portfolio/databook_printed.html", context)


def _section(table: Table, language: str) -> dict[str, Any]:
    """What one table of the printed book shows."""
    wanted = table.wanted
    return {
        "title": _title(wanted),
        "money": wanted.measure.is_money,
        "year_name": fiscal_year_name(wanted.years[0], language) if len(wanted.years) == 1 else "",
        "head": wanted.rows.label,
        "heads": [label for _key, label in table.columns],
        "lines": _lines(table, _rounded),
        "sums": [_rounded(table, table.total_of(column)) for column, _label in table.columns],
        "adds_up": table.adds_up,
        "plot": _plot(table),
        "plot_unit": _unit(wanted.measure)[1],
        "undrawn": _undrawn(table),
    }


def _wanted(request: HttpRequest, base: Asked) -> Wanted:
    """What the address asks; what it asks wrongly is as if it were not asked."""
    given = request.GET
    measure = Measure(given["measure"]) if given.get("measure") in Measure.values else Measure.AWARDS
    rows = DIMENSIONS.get(given.get("rows", ""), DIMENSIONS[YEAR])
    columns = DIMENSIONS.get(given.get("columns", ""))
    if columns is rows:
        columns = None
    chosen = given.get("year", "")
    every = chosen in ("", "all") and (YEAR in (rows.key, columns.key if columns else "") or chosen == "all")
    years = tuple(sorted(base.years)) if every else (base.year,)
    return Wanted(measure, rows, columns, years, base.term)


def _title(wanted: Wanted) -> str:
    return _title_of(wanted.measure, wanted.rows.key, wanted.columns.key if wanted.columns else "")


def _title_of(measure: str, rows: str, columns: str) -> str:
    what = {"measure": Measure(measure).label, "rows": DIMENSIONS[rows].label}
    if not columns:
        return _("%(measure)s by %(rows)s") % what
    return _("%(measure)s by %(rows)s and %(columns)s") % (what | {"columns": DIMENSIONS[columns].label})


def _address(ready: tuple[str, str, str]) -> str:
    measure, rows, columns = ready
    return f"?measure={measure}&rows={rows}&columns={columns}"


def _lines(table: Table, text: Callable[[Table, int], str] | None = None) -> list[dict[str, Any]]:
    """The rows with their cells as ``text`` tells numbers; exact where it is not said."""
    text, opening = text or _text, Opening(table)
    return [
        {
            "label": label,
            "cells": [
                {
                    "label": column_label,
                    "text": text(table, table.cell(row, column)),
                    "url": opening.url(row, column),
                }
                for column, column_label in table.columns
            ],
            "sum": text(table, table.sum_of(row)),
        }
        for row, label in table.rows
    ]


def _sums(table: Table) -> list[str]:
    return [_text(table, table.total_of(column)) for column, _label in table.columns]


def _text(table: Table, number: int) -> str:
    return exact(number) if table.wanted.measure.is_money else f"{number:,}"


def _rounded(table: Table, number: int) -> str:
    return f"{round(number / MILLION_YEN):,}" if table.wanted.measure.is_money else f"{number:,}"


def _unit(measure: Measure) -> tuple[int, str]:
    """In what a plot is drawn, and its name: money in 100 million yen (億円) in Japanese, in million yen in English."""
    if not measure.is_money:
        return 1, ""
    japanese = (translation.get_language() or "ja").startswith("ja")
    return (OKU_YEN, _("100 million yen")) if japanese else (MILLION_YEN, _("million yen"))


def _plot(table: Table) -> SafeString:
    """Lines over the years, where the years are one of the two dimensions; "" otherwise."""
    wanted = table.wanted
    unit, unit_name = _unit(wanted.measure)
    title = noted(_title(wanted), unit_name) if unit_name else _title(wanted)
    if wanted.rows.key == YEAR and wanted.columns is None:
        values = [round(table.cell(year, None) / unit) for year, _label in table.rows]
        lines = [Line(str(wanted.measure.label), values)]
        periods = [str(year) for year, _label in table.rows]
    elif wanted.columns is not None and wanted.columns.key == YEAR:
        periods = [str(year) for year, _label in table.columns]
        lines = [
            Line(label, [round(table.cell(row, year) / unit) for year, _label in table.columns])
            for row, label in table.rows[:LINES]
        ]
    else:
        return SafeString("")
    told = _("%(title)s, fiscal years %(first)s to %(last)s; every figure stands in the table.") % {
        "title": title,
        "first": periods[0] if periods else "",
        "last": periods[-1] if periods else "",
    }
    drawn = draw_series(Series(title, told, periods, lines)) if periods and lines else ""
    return mark_safe(drawn)  # noqa: S308  its texts are escaped


def _undrawn(table: Table) -> int:
    """How many rows a plot of lines leaves to the table."""
    across = table.wanted.columns is not None and table.wanted.columns.key == YEAR
    return max(len(table.rows) - LINES, 0) if across else 0


def _file(content: str | bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
