"""The figures of a slice in their order, each with its name: what the page, the files and the API all show."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kakehashi.kernel.listing import plain_cell
from kakehashi.systems.cases.course.states import Route
from kakehashi.systems.cases.outcomes.counting import Counts, Funnel, Row
from kakehashi.systems.cases.outcomes.words import By, Lists


@dataclass(frozen=True)
class Figure:
    """One figure: its key in files and the API, its name, how it is had of a slice."""

    key: str
    label: str | Promise
    of: Callable[[Counts], int | float | None]


def _end(at: int) -> Callable[[Counts], float | None]:
    return lambda counts: counts.rate.interval[at] if counts.rate.interval else None


def _route(route: Route) -> Callable[[Counts], int]:
    return lambda counts: counts.route(route)


def _listed(lists: Lists) -> Callable[[Counts], int]:
    return lambda counts: counts.listed(lists)


CONSULTED = (
    Figure("consulted", _("Consulted"), lambda counts: counts.consulted),
    *(Figure(str(route), route.label, _route(route)) for route in Route),
)
STEPS = (
    Figure("registered", _("Registered"), lambda counts: counts.registered),
    Figure("analysed", _("Analysed"), lambda counts: counts.analysed),
    Figure("diagnosed", _("Diagnosed"), lambda counts: counts.diagnosed),
)
LISTED = tuple(Figure(f"list_{lists}", lists.label, _listed(lists)) for lists in Lists)
NEW = Figure("new_disease", _("With a new disease"), lambda counts: counts.new)
UNANALYSED = Figure("diagnosed_without_analysis", _("Diagnosed without analysis"), lambda counts: counts.unanalysed)
RATE = (
    Figure("diagnosed_of_analysed", _("Of those analysed, diagnosed by now"), lambda counts: counts.rate.count),
    Figure("rate", _("Rate"), lambda counts: counts.rate.rate),
    Figure("rate_low", _("Rate, lower end (95 %)"), _end(0)),
    Figure("rate_high", _("Rate, upper end (95 %)"), _end(1)),
)
FIGURES = (*CONSULTED, *STEPS, *LISTED, NEW, UNANALYSED, *RATE)


def values_of(counts: Counts) -> dict[str, int | float | None]:
    """All figures of a slice by their keys."""
    return {one.key: one.of(counts) for one in FIGURES}


def rows_of(funnel: Funnel) -> Iterator[tuple[Row, str]]:
    """Every row with the key of the one it is part of ("" for none), the total last."""
    for row in funnel.rows:
        yield row, ""
        for part in row.parts:
            yield part, row.key
    yield Row("total", _now("Total"), funnel.total), ""


def write_csv(file: Any, funnel: Funnel) -> None:
    """The figures as CSV: a line a row, then as of when and what does not add up."""
    writer = csv.writer(file)
    hub = [_now("Hub")] if funnel.by == By.HUB else []
    writer.writerow([_now("Key"), str(funnel.by.label), *hub, *(str(one.label) for one in FIGURES)])
    for row, within in rows_of(funnel):
        cells = ["" if value is None else round(value, 4) for value in values_of(row.counts).values()]
        writer.writerow([plain_cell(row.key), plain_cell(row.label), *([within] if hub else []), *cells])
    for line in said_beneath(funnel):
        writer.writerow([line])


def said_beneath(funnel: Funnel) -> Iterable[str]:
    """What is said beneath the figures wherever they are shown."""
    days = {"first": funnel.first, "last": funnel.last}
    if funnel.first and funnel.last:
        yield _now("From %(first)s until %(last)s.") % days
    elif funnel.first:
        yield _now("From %(first)s on.") % days
    elif funnel.last:
        yield _now("Until %(last)s.") % days
    yield _now(
        "A patient registered by two hospitals counts once, as soon as both have confirmed it: at the earlier "
        "registration, or at the one that both said to keep; with what was done for that one."
    )
    yield _now("As of %(day)s.") % {"day": funnel.as_of.isoformat()}
    yield (
        _now("Synthetic patients only: nobody real is counted.")
        if funnel.synthetic
        else _now("Synthetic patients are not counted.")
    )
    if funnel.waiting:
        yield (
            ngettext("%(count)d change waits to be counted.", "%(count)d changes wait to be counted.", funnel.waiting)
            % {"count": funnel.waiting}
        )
    if not funnel.adds_up:
        yield _now("A case with signs of several kinds counts in each, so the rows do not sum to the total.")
