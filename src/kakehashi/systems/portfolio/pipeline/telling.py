"""The pipeline as a page and a file tell it: figures with their rows, pictures, tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kakehashi.engines.attrition import TABLES, Cell, Change, Scenario
from kakehashi.engines.pictures.plots import Column, Columns, Flow, Standing, draw_columns, draw_flow
from kakehashi.kernel.listing import csv_file
from kakehashi.kernel.punctuation import noted
from kakehashi.systems.portfolio.money import exact, said
from kakehashi.systems.portfolio.pipeline.ladders import PHASE_NAMES, PUBLISHED_AREA, TABLE_NAMES
from kakehashi.systems.portfolio.pipeline.reckoning import Ahead, Expected, Rung, Told

Areas = Mapping[str, str]
Address = Callable[..., str]
ROWS, HISTORY = "portfolio:pipeline_rows", "portfolio:pipeline_history"


def cell_name(cell: Cell, areas: Areas) -> str:
    """Where an asset stands, in words."""
    return " · ".join([str(TABLE_NAMES[cell.table]), areas.get(cell.area, cell.area), str(PHASE_NAMES[cell.phase])])


def headlines(told: Told, number: int, yen: int, address: Address) -> list[dict[str, str]]:
    """Assets, approvals to expect, the money, approvals per 100 million yen."""
    per = told.per_100_million_yen(yen)
    return [
        {"label": _("Assets"), "value": f"{number:,}", "note": "", "url": address(ROWS)},
        {
            "label": _("Approvals to expect of them"),
            "value": f"{told.total.mean:,.1f}",
            "note": _between(told.total, 0),
            "url": "#ladders",
        },
        {"label": _("Committed to them in the year"), "value": said(yen), "note": exact(yen), "url": address(ROWS)},
        {
            "label": _("Approvals per 100 million yen"),
            "value": f"{per.mean:.3f}" if per else "–",
            "note": _between(per, 3) if per else _("no money in the year"),
            "url": "#ladders",
        },
    ]


def _between(expected: Expected, digits: int) -> str:
    return _("95 %%: %(low)s to %(high)s") % {
        "low": f"{expected.low:,.{digits}f}",
        "high": f"{expected.high:,.{digits}f}",
    }


def flows(told: Told) -> list[tuple[str, SafeString]]:
    """Each ladder as a flow of phases: how many stand there, and how many of a hundred leave it successfully."""
    drawn = []
    for table in TABLES.values():
        rungs = [rung for rung in told.rungs if rung.cell.table == table.name]
        if not rungs:
            continue
        stages = [_stage(phase, [rung for rung in rungs if rung.cell.phase == phase]) for phase in table.phases]
        expected = sum(one.mean for group, one in told.groups.items() if group.table == table.name)
        words = _("%(phases)s. %(number)s approvals are to be expected.") % {
            "phases": ", ".join(f"{stage.label} {stage.value:,}" for stage in stages),
            "number": f"{expected:,.1f}",
        }
        plot = Flow(str(TABLE_NAMES[table.name]), words, stages, key=f"flow-{table.name}")
        drawn.append((str(TABLE_NAMES[table.name]), mark_safe(draw_flow(plot))))  # noqa: S308  its texts are escaped
    return drawn


def _stage(phase: str, rungs: Sequence[Rung]) -> Standing:
    """A phase with its assets; its rate is that of its areas, each weighing as much as it has assets."""
    number = sum(rung.assets for rung in rungs)
    passing = sum(rung.assets * rung.learned.posterior.mean for rung in rungs)
    note = _("%(share)s go on") % {"share": f"{passing / number:.0%}"} if number else ""
    return Standing(str(PHASE_NAMES[phase]), number, note)


def ladders(told: Told, areas: Areas, address: Address) -> list[dict[str, Any]]:
    """For each ladder a table: areas down, phases across, each number with its rows; approvals to expect at the end."""
    tables = []
    for table in TABLES.values():
        lines = []
        sums = dict.fromkeys(table.phases, 0)
        for group, expected in told.groups.items():
            if group.table != table.name:
                continue
            cells, number = [], 0
            for rung in told.rungs:
                if rung.cell.group == group:
                    sums[rung.cell.phase] += rung.assets
                    number += rung.assets
                    url = address(ROWS, table=table.name, area=group.area, at=rung.cell.phase)
                    cells.append({"phase": PHASE_NAMES[rung.cell.phase], "number": rung.assets, "url": url})
            lines.append(
                {
                    "area": areas.get(group.area, group.area),
                    "cells": cells,
                    "all": number,
                    "url": address(ROWS, table=table.name, area=group.area),
                    "expected": f"{expected.mean:,.1f}",
                    "between": _between(expected, 0),
                }
            )
        if lines:
            foot = [(sums[one], address(ROWS, table=table.name, at=one)) for one in table.phases]
            tables.append(
                {
                    "name": TABLE_NAMES[table.name],
                    "heads": [PHASE_NAMES[one] for one in table.phases],
                    "lines": lines,
                    "foot": foot,
                    "all": sum(sums.values()),
                    "url": address(ROWS, table=table.name),
                    "expected": f"{sum(one.mean for g, one in told.groups.items() if g.table == table.name):,.1f}",
                }
            )
    return tables


def rates(told: Told, areas: Areas, address: Address) -> list[dict[str, Any]]:
    """Each rate: published, own record, the two together with the interval."""
    return [
        {
            "name": cell_name(rung.cell, areas),
            "prior": f"{rung.learned.prior.mean:.0%}",
            "weight": f"{rung.learned.prior.weight:.0f}",
            "own": _own(rung),
            "own_url": address(HISTORY, table=rung.cell.table, area=rung.cell.area, at=rung.cell.phase),
            "mean": f"{rung.learned.posterior.mean:.0%}",
            "between": " – ".join(f"{one:.0%}" for one in rung.learned.posterior.interval()),
            "chance": f"{rung.chance:.1%}",
        }
        for rung in told.rungs
    ]


def _own(rung: Rung) -> str:
    """ "3 / 5": of five that left it three went on; "" of none."""
    record = rung.learned.record
    left = record.advanced + record.stopped
    return f"{record.advanced:,} / {left:,}" if left else ""


def sources(told: Told) -> list[str]:
    """Where the published rates are from, each once."""
    found: list[str] = [rung.learned.source for rung in told.rungs]
    return list(dict.fromkeys(found))


def years(ahead: Sequence[Ahead]) -> SafeString:
    """Approvals to expect in each of the years to come, as a picture."""
    rows = [
        Column(
            str(one.fiscal_year),
            one.within.mean,
            one.within.low,
            one.within.high,
            noted(f"{one.within.mean:,.1f}", _between(one.within, 0)),
        )
        for one in ahead
    ]
    words = _("From %(first)s to %(last)s %(number)s approvals are to be expected.") % {
        "first": rows[0].label,
        "last": rows[-1].label,
        "number": f"{sum(row.mean for row in rows):,.1f}",
    }
    plot = Columns(_("Approvals to expect by fiscal year"), words, rows, key="pipeline-years")
    return mark_safe(draw_columns(plot))  # noqa: S308  its texts are escaped


def change(made: Change, scenario: Scenario, yen: int, areas: Areas) -> dict[str, Any]:
    """What a change makes of the approvals, and of them per 100 million yen."""
    now, then = (Expected(one.mean, *one.interval()) for one in (made.before, made.after))
    difference = made.approvals
    lines = [
        {
            "what": _("Approvals to expect"),
            "now": f"{now.mean:,.2f}",
            "then": f"{then.mean:,.2f}",
            "difference": f"{difference.mean:+,.2f}",
            "between": _between(Expected(difference.mean, *difference.interval), 1),
        }
    ]
    later = scenario.budget_yen or yen
    if made.per_100_million_yen is not None:
        per = made.per_100_million_yen
        lines.append(
            {
                "what": _("Approvals per 100 million yen"),
                "now": f"{made.before.per_100_million_yen(yen)[0]:.4f}",
                "then": f"{made.after.per_100_million_yen(later)[0]:.4f}",
                "difference": f"{per.mean:+.4f}",
                "between": _between(Expected(per.mean, *per.interval), 4),
            }
        )
    return {
        "lines": lines,
        "exact": difference.exact,
        "moved": [
            (cell_name(cell, areas), f"{more:+,}") for cell, more in sorted(scenario.counts.items(), key=lambda x: x[0])
        ],
        "budget": exact(later) if later != yen else "",
    }


def as_csv(told: Told, areas: Areas, name: str) -> HttpResponse:
    """Every rate with its assets as a file, shares from 0 to 1."""
    head = (
        *(_("Kind of product"), _("Disease area"), _("Phase"), _("Assets"), _("Published rate"), _("Weight")),
        *(_("Published area"), _("Source"), _("Went on"), _("Stopped"), _("Both together")),
        *(_("Lower bound"), _("Upper bound"), _("Chance of approval"), _("Approvals to expect")),
    )
    return csv_file(name, head, (_cells(rung, areas) for rung in told.rungs))


def _cells(rung: Rung, areas: Areas) -> list[object]:
    known, cell = rung.learned, rung.cell
    low, high = known.posterior.interval()
    return [
        *(str(TABLE_NAMES[cell.table]), areas.get(cell.area, cell.area), str(PHASE_NAMES[cell.phase]), rung.assets),
        *(f"{known.prior.mean:.4f}", f"{known.prior.weight:.1f}", PUBLISHED_AREA.get(cell.area, "")),
        *(str(known.source), known.record.advanced, known.record.stopped, f"{known.posterior.mean:.4f}"),
        *(f"{low:.4f}", f"{high:.4f}", f"{rung.chance:.5f}", f"{rung.assets * rung.chance:.4f}"),
    ]


def history_csv(lines: Sequence[Mapping[str, Any]]) -> HttpResponse:
    """The agency's own record as a file."""
    rows = (
        (
            *(line["award"], line["cell"], _("went on") if line["advanced"] else _("stopped")),
            *(str(line["told"]), _("yes") if line["counts"] else _("no")),
        )
        for line in lines
    )
    head = (_("Award"), _("Phase left"), _("Outcome"), _("Told by"), _("Counted"))
    return csv_file("pipeline-history", head, rows)
