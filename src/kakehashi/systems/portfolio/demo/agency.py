"""The demo agency: the published structure, eleven years of budgets, synthetic awards that fit the published totals."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from django.db import transaction

from kakehashi.kernel.organisations.actions import register_organisation
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.systems.portfolio.demo import budgets, money, texts
from kakehashi.systems.portfolio.demo.calls import make_calls
from kakehashi.systems.portfolio.demo.involvement import post_involvement
from kakehashi.systems.portfolio.demo.outputs import post_outputs
from kakehashi.systems.portfolio.demo.people import investigators_of
from kakehashi.systems.portfolio.demo.running import Run, runs
from kakehashi.systems.portfolio.finding import index_awards
from kakehashi.systems.portfolio.installing import install_structure, published_budgets
from kakehashi.systems.portfolio.models import Award, DiseaseArea, Modality, Phase, Programme

SEED = 2015
INSTITUTIONS = 120
AREAS = {
    "cancer": "t2-area-cancer",
    "lifestyle": "t2-area-lifestyle",
    "mind": "t2-area-mind-nerve",
    "ageing": "t2-area-ageing-dementia",
    "rare": "t2-area-rare",
    "child": "t2-area-child-health",
    "infection": "t2-area-infections",
}
MODALITIES = {
    "vaccine": Modality.VACCINE,
    "cell": Modality.CELL,
    "device": Modality.DEVICE,
    "test": Modality.DIAGNOSTIC,
    "data": Modality.DATA,
}
AFTER = (0, 1, 1, 2, 3)
"""So many years do awards of the last year with money go on after it."""
OFFICES = ("ak", "bm", "ck", "dk", "ek", "fk", "gm", "hk", "km", "lm")
KINDS = (
    (Kind.UNIVERSITY, "大学", "University"),
    (Kind.HOSPITAL, "病院", "Hospital"),
    (Kind.COMPANY, "企業", "Company"),
)
Told = Callable[[str, float], None]


def make_agency(*, told: Told = lambda what, done: None, share: float = 1.0) -> int:
    """Write the demo agency, once; answers how many awards there are.

    ``told``: what is being done, and how far. ``share`` of the awards, with all of the money: for tests.
    """
    if not Programme.objects.filter(code=budgets.OTHER).exists():
        _write_agency(told, share)
    told("calls", 1.0)
    make_calls()
    return Award.objects.filter(synthetic=True).count()


def _write_agency(told: Told, share: float) -> None:
    with transaction.atomic():
        told("structure", 0.0)
        facts = install_structure(by=None)
        ja, en = budgets.OTHER_NAMES
        Programme.objects.create(code=budgets.OTHER, name=ja, name_en=en)
        published = {one.programme.code: one.yen for one in published_budgets(facts) if one.fiscal_year == 2019}
        lines = budgets.plan(facts, published, SEED)
        told("awards", 0.1)
        running = runs(lines, SEED, share=share)
        awards = write_awards(running, institutions())
        investigators_of(awards, SEED)
        index_awards(Award.objects.filter(synthetic=True).select_related("programme", "organisation"))
        post_outputs(awards, SEED, share=share)
        post_involvement(awards, SEED)
        told("ledger", 0.5)
        money.post_years(facts, lines, list(zip(awards, running, strict=True)), SEED, told)


def institutions() -> list[Organisation]:
    """The universities, hospitals and companies that hold the awards: clearly made up."""
    made = []
    for number in range(INSTITUTIONS):
        kind, ja, en = KINDS[number * 7 % 10 // 4 if number % 10 else 2]
        made.append(
            register_organisation(
                by=None,
                code=f"DEMO-R{number + 1:03d}",
                name=f"デモ研究機関{number + 1:03d}（{ja}）",
                name_en=f"Demo Institution {number + 1:03d} ({en})",
                kind=kind,
                prefecture=f"{number * 29 % 47 + 1:02d}",
            )
        )
    return made


def write_awards(running: Iterable[Run], holders: list[Organisation]) -> list[Award]:
    """One award a run, with texts of an asset in both languages."""
    dice = random.Random(SEED)  # noqa: S311  made-up awards
    programmes = {one.code: one for one in Programme.objects.all()}
    areas = {one.code: one for one in DiseaseArea.objects.all()}
    words = texts.vocabulary()
    order = {code: number for number, code in enumerate(sorted(programmes), 1)}
    serial: defaultdict[tuple[str, int], int] = defaultdict(int)
    phases = list(Phase)
    later = random.Random(SEED + 1)  # noqa: S311  made-up awards
    made = []
    for run in running:
        programme = programmes[run.programme]
        more = later.choice(AFTER) if run.last == budgets.YEARS[-1] else 0
        first = phases.index(Phase(programme.first_phase)) if programme.first_phase else 0
        last = phases.index(Phase(programme.last_phase)) if programme.last_phase else len(phases) - 1
        phase = dice.randint(first, last)
        asset = texts.draw_asset(dice, words)
        ja, en = texts.write(dice, asset, phase + 1)
        serial[(run.programme, run.first)] += 1
        number = order[run.programme]
        area = AREAS.get(asset.area)
        made.append(
            Award(
                number=f"{run.first % 100:02d}{OFFICES[number % len(OFFICES)]}"
                f"{number:04d}{serial[(run.programme, run.first)]:03d}",
                title=ja.title,
                title_en=en.title,
                summary=ja.abstract,
                summary_en=en.abstract,
                programme=programme,
                organisation=holders[min(int(dice.paretovariate(0.6)) - 1, 10**6) % len(holders)],
                phase=phases[phase],
                modality=_modality(dice, asset),
                area=areas.get(area or ""),
                begins=date(run.first, 4, 1),
                ends=date(run.last + 1 + more, 3, 31),
                published_on=date(run.first, 4, 1),
                synthetic=True,
            )
        )
    return Award.objects.bulk_create(made, batch_size=1_000)


def _modality(dice: random.Random, asset: texts.Asset) -> str:
    drugs = (Modality.SMALL_MOLECULE, Modality.BIOLOGIC, Modality.MIDDLE_MOLECULE)
    return str(MODALITIES.get(asset.modality_group) or dice.choice(drugs))
