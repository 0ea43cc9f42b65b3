"""Which synthetic awards run when: as many a year as the agency's review tells, as many of them new."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kakehashi.systems.portfolio.demo.budgets import YEARS, Line, shared

RUNNING, NEW = 2_600, 1_000
"""課題 a year, of which new: the agency's review of March 2025 ("about")."""
FIXED = {"vaccine-centres": 10, "vaccine-new-modalities": 30}
"""SCARDA's forty awards of FY2023, divided by us; in each year in which its funds run."""
BEFORE = 3
"""Awards that ran already when the agency began had begun up to so many years earlier."""


@dataclass
class Run:
    """One award: its programme's code, first and last fiscal year."""

    programme: str
    first: int
    last: int


def runs(lines: Iterable[Line], seed: int, *, share: float = 1.0) -> list[Run]:
    """The awards of all years: exactly RUNNING run in each, exactly NEW of them begin in it; or a ``share`` of both."""
    running_wanted, new_wanted = round(RUNNING * share), round(NEW * share)
    dice = random.Random(seed)  # noqa: S311  made-up awards
    money: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for line in lines:
        money[line.fiscal_year][line.programme] = money[line.fiscal_year].get(line.programme, 0) + line.yen
    made: list[Run] = []
    running: defaultdict[str, list[Run]] = defaultdict(list)
    for year in YEARS:
        wanted = _wanted(money[year], running_wanted, share)
        staying = _staying(running, wanted, year, running_wanted - new_wanted)
        now: defaultdict[str, list[Run]] = defaultdict(list)
        for programme, number in wanted.items():
            olds = sorted(running.get(programme, []), key=lambda one: one.first + dice.random() * 3, reverse=True)
            kept = olds[: staying.get(programme, 0)]
            for one in kept:
                one.last = year
            started = [Run(programme, year, year) for _ in range(number - len(kept))]
            if year == YEARS[0]:
                older = round(len(started) * (RUNNING - NEW) / RUNNING)
                for one in started[:older]:
                    one.first = year - dice.randint(1, BEFORE)
            made += started
            now[programme] = kept + started
        running = now
    _exactly_new(made, dice, new_wanted)
    return made


def _wanted(money: dict[str, int], running: int, share: float) -> dict[str, int]:
    """How many awards each programme has in a year, by its money; SCARDA's as published."""
    fixed = {programme: round(number * share) for programme, number in FIXED.items() if programme in money}
    others = sorted(programme for programme in money if programme not in fixed)
    parts = shared(running - sum(fixed.values()), [money[programme] ** 0.7 for programme in others])
    return fixed | {programme: number for programme, number in zip(others, parts, strict=True) if number}


def _staying(running: dict[str, list[Run]], wanted: dict[str, int], year: int, going_on: int) -> dict[str, int]:
    """How many go on in each programme, ``going_on`` in all."""
    if year == YEARS[0]:
        return {}
    most = {programme: min(len(running.get(programme, [])), number) for programme, number in wanted.items()}
    programmes = [programme for programme in sorted(most) if most[programme]]
    parts = shared(going_on, [float(most[programme]) for programme in programmes])
    staying = {programme: min(part, most[programme]) for programme, part in zip(programmes, parts, strict=True)}
    missing = going_on - sum(staying.values())
    for programme in sorted(programmes, key=lambda one: staying[one] - most[one]):
        more = min(missing, most[programme] - staying[programme])
        staying[programme] += more
        missing -= more
    return staying


def _exactly_new(made: list[Run], dice: random.Random, wanted: int) -> None:
    """In the first year rounding by programme may leave a few too many or too few that are new."""
    first = [one for one in made if one.first <= YEARS[0]]
    new = [one for one in first if one.first == YEARS[0]]
    for one in dice.sample(new, max(len(new) - wanted, 0)):
        one.first = YEARS[0] - 1
    older = [one for one in first if one.first < YEARS[0]]
    for one in dice.sample(older, max(wanted - len(new), 0)):
        one.first = YEARS[0]
