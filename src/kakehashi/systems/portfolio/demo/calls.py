"""Made-up calls of the demo agency: each programme's in each year, the awards that came of them, those open today.

As many programmes ask for patient and public involvement in FY2024 as the documents publish; the shares of the other
years are ours, rising from none before applications told of it. The awards of the agency's first year were called for
by the ministries before it and have no call, nor have those of the programmes that the documents do not itemise.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from kakehashi.kernel import audit
from kakehashi.kernel.fiscal import fiscal_year, fiscal_year_name
from kakehashi.systems.portfolio.demo.budgets import OTHER, YEARS
from kakehashi.systems.portfolio.facts.reading import load
from kakehashi.systems.portfolio.models import Account, Award, Call, Programme

SEED = 2015
ASKING = {2020: 0.40, 2021: 0.55, 2022: 0.68, 2023: 0.80}
"""The share of programmes that ask, until the year that is published; that year's holds from then on."""
OPEN_TODAY = 14
"""So many calls open about today, so that some are open, some close soon and some open later."""
DAYS_OPEN = 45
MILLION = 10**6
SUMMARY = "{name}で研究開発課題を公募する（架空の公募）。{asks}"
SUMMARY_EN = "Proposals are called for in {name} (a made-up call). {asks}"
ASKS = ("患者・市民参画（PPI）の取組を記載すること。", "Applications say how patients and the public take part.")


def make_calls(today: date | None = None) -> int:
    """Write them, once; awards that came of a call name it from then on. Answers how many made-up calls there are."""
    if not Call.objects.filter(synthetic=True).exists():
        with transaction.atomic():
            _write(today or timezone.localdate())
            audit.record(None, "call.make", detail={"calls": Call.objects.filter(synthetic=True).count()})
    return Call.objects.filter(synthetic=True).count()


def _write(today: date) -> None:
    dice = random.Random(SEED + 9)  # noqa: S311  made-up calls
    programmes = list(Programme.objects.exclude(code=OTHER).order_by("code"))
    numbers = {one.pk: number for number, one in enumerate(programmes, 1)}
    eager = dice.sample(programmes, len(programmes))  # who asks in one year asks in the next
    for year in YEARS[:-1]:
        opening = _with_money(eager, year + 1)
        asking = {one.pk for one in opening[: round(_share_asking(year) * len(opening))]}
        for one in opening:
            opens = date(year, 9, 1) + timedelta(days=dice.randint(0, 100))
            call = Call.objects.create(**_called(one, numbers[one.pk], year, opens, asks=one.pk in asking))
            awards = Award.objects.filter(synthetic=True, call=None, programme=one, begins=date(year + 1, 4, 1))
            awards.update(call=call)
    year = fiscal_year(today)
    opening = _with_money(eager, YEARS[-1])[:OPEN_TODAY]
    asking = {one.pk for one in opening[: round(_share_asking(year) * len(opening))]}
    for place, one in enumerate(opening):
        opens = today + timedelta(days=20 - 4 * place)
        Call.objects.create(**_called(one, numbers[one.pk], year, opens, asks=one.pk in asking))
    _give_budgets(dice)


def _with_money(programmes: Iterable[Programme], year: int) -> list[Programme]:
    """Those of the programmes that the ledger gives money in a year."""
    rows = Account.objects.filter(fiscal_year=year, programme__isnull=False, balance_yen__gt=0)
    keys = set(rows.order_by().values_list("programme", flat=True).distinct())
    return [one for one in programmes if one.pk in keys]


def _share_asking(year: int) -> float:
    published = next(one for one in load().figures if one.key == "ppi-programmes")
    assert published.fiscal_year is not None
    return float(published.value) / 100 if year >= published.fiscal_year else ASKING.get(year, 0.0)


def _called(programme: Programme, number: int, year: int, opens: date, *, asks: bool) -> dict[str, object]:
    ja, en = programme.label("ja"), programme.label("en")
    said = ASKS if asks else ("", "")
    return {
        "programme": programme,
        "number": f"DEMO-{year}-{number:03d}",
        "name": f"{ja} {fiscal_year_name(year)}公募（架空）"[-300:],
        "name_en": f"{en}: call of {fiscal_year_name(year, 'en')} (made up)"[-300:],
        "summary": SUMMARY.format(name=ja, asks=said[0]),
        "summary_en": SUMMARY_EN.format(name=en, asks=said[1]).strip(),
        "opens": opens,
        "closes": opens + timedelta(days=DAYS_OPEN),
        "published_on": opens - timedelta(days=30),
        "phase": programme.first_phase,
        "asks_involvement": asks,
        "synthetic": True,
    }


def _give_budgets(dice: random.Random) -> None:
    """What was committed to the awards of a call, rounded up; something like it where none came of it yet."""
    rows = Account.objects.filter(award__call__synthetic=True).order_by()
    committed = dict(rows.values_list("award__call").annotate(yen=Sum("balance_yen")))
    calls = list(Call.objects.filter(synthetic=True).order_by("pk"))
    for one in calls:
        yen = committed.get(one.pk) or dice.randint(50, 900) * MILLION
        one.budget_yen = math.ceil(yen / (10 * MILLION)) * 10 * MILLION
    Call.objects.bulk_update(calls, ["budget_yen"], batch_size=500)
