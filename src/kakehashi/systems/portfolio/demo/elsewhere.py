"""A made-up collection of another funder's awards, imported as any other: with a report of what does not agree."""

from __future__ import annotations

import csv
import random
import tempfile
from pathlib import Path

from kakehashi.systems.portfolio.demo import texts
from kakehashi.systems.portfolio.importing.mapping import parse_map
from kakehashi.systems.portfolio.importing.running import import_awards
from kakehashi.systems.portfolio.models import Collection

SEED = 2026
NAME = "架空の助成財団 Made-up Foundation"
AWARDS = 60
MAP = f"""\
name: {NAME}
target: collection
format: csv
collection:
  name: {NAME}
  funder: {NAME}
  country: FR
  currency: EUR
  source: 合成データ synthetic data
  licence: CC0
awards:
  number: number
  title: title
  amount: amount
  begins: begins
  ends: ends
claims: {{patents: patents}}
links:
  patents: {{file: patents.csv, award: number, reference: patent}}
"""


def make_collection() -> bool:
    """Import it, once; False where it is there."""
    if Collection.objects.filter(name=NAME).exists():
        return False
    with tempfile.TemporaryDirectory() as folder:
        import_awards(_written(Path(folder)), parse_map(MAP, "demo.yaml"), by=None)
    return True


def _written(folder: Path) -> Path:
    """The files: a few rows are at fault, and a few claim patents that nobody has."""
    dice = random.Random(SEED)  # noqa: S311  made-up awards
    words = texts.vocabulary()
    awards, patents = folder / "awards.csv", folder / "patents.csv"
    with awards.open("w", newline="") as rows, patents.open("w", newline="") as beside:
        table, links = csv.writer(rows), csv.writer(beside)
        table.writerow(("number", "title", "amount", "begins", "ends", "patents"))
        links.writerow(("number", "patent"))
        for place in range(AWARDS):
            _ja, en = texts.write(dice, texts.draw_asset(dice, words), dice.randint(1, 5))
            year, number = dice.randint(2015, 2024), f"MADE-UP-{place:04d}"
            ends = f"{year + 3}-12-31" if place % 20 else f"{year - 1}-12-31"
            amount = "not told" if place % 25 == 7 else str(dice.randint(50, 900) * 1_000)
            claimed = place % 7 == 0
            table.writerow((number, f"Made-up: {en.title}", amount, f"{year}-01-01", ends, int(claimed)))
            if claimed and place % 2:
                links.writerow((number, f"DEMO-P{place:04d}"))
    return awards
