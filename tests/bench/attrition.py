"""Expected approvals: closed form against simulation on a pipeline of an agency's size, and how long each takes.

    python -m tests.bench.attrition                  # a minute or two
    python -m tests.bench.attrition --draws 1000000

The pipeline is made up: drugs in the fifteen published areas, some regenerative products and devices, 1,200 assets with
their days of entry, and a record of 2,000 finished ones.
"""

import argparse
import math
import random
import time
from datetime import date, timedelta

import numpy as np

from kakehashi.engines.attrition import (
    DEVICE,
    DRUG,
    REGENERATIVE,
    Asset,
    Cell,
    Duration,
    Record,
    Scenario,
    by_year,
    forecast,
    learn,
    published,
    simulate,
    timing,
    what_if,
)

BLOCK = 250_000
TODAY = date(2026, 11, 21)


def pipeline(assets):
    """Counts by cell and assets with their days; drawn, most of them early."""
    draw = random.Random(4)
    areas = list(published.AREAS)
    made = []
    for _number in range(assets):
        table = draw.choices([DRUG, REGENERATIVE, DEVICE], [80, 12, 8])[0]
        phase = draw.choices(table.phases, [2.0**-place for place in range(len(table.phases))])[0]
        area = draw.choices(areas, [published.TRANSITIONS[area] for area in areas])[0]
        made.append(Asset(Cell(table.name, area, phase), TODAY - timedelta(days=draw.randint(0, 1500))))
    counts = {}
    for asset in made:
        counts[asset.cell] = counts.get(asset.cell, 0) + 1
    return made, counts


def history(finished):
    draw = random.Random(5)
    _made, counts = pipeline(finished)
    rates = learn({})
    return {cell: _record(draw, count, rates.of(cell).prior.mean) for cell, count in counts.items()}


def _record(draw, count, rate):
    advanced = sum(draw.random() < rate * 0.9 for _asset in range(count))
    return Record(advanced, count - advanced)


def timed(what):
    started = time.process_time()
    found = what()
    return found, time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--assets", type=int, default=1200)
    parser.add_argument("--draws", type=int, default=8_000_000)
    chosen = parser.parse_args()
    made, counts = pipeline(chosen.assets)
    rates = learn(history(2000))
    forecast({next(iter(counts)): 1}, rates)  # loads scipy
    told, seconds = timed(lambda: forecast(counts, rates))
    total = told.total
    print(
        f"{chosen.assets} assets in {len(counts)} cells and {len(told.groups)} groups: {total.mean:.4f} approvals, "
        f"standard deviation {math.sqrt(total.variance):.4f} ({math.sqrt(total.variance_of_rates):.4f} of it from the "
        f"rates), 95 % {total.interval()}; mean, variance and exact distribution in {seconds:.2f} s"
    )

    def simulated():
        blocks = range(max(1, chosen.draws // BLOCK))
        return np.concatenate([simulate(counts, rates, draws=BLOCK, seed=seed) for seed in blocks])

    drawn, seconds = timed(simulated)
    error = total.mean and math.sqrt(total.variance / len(drawn)) / total.mean
    seen = np.bincount(drawn, minlength=len(total.masses))[: len(total.masses)] / len(drawn)
    print(
        f"simulation of {len(drawn):,} draws in {seconds:.0f} s: mean {drawn.mean():.4f}, "
        f"off by {abs(drawn.mean() / total.mean - 1):.4%} (its standard error is {error:.4%}); "
        f"variance off by {abs(drawn.var() / total.variance - 1):.3%}; "
        f"probabilities of 0, 1, 2 … approvals by at most {np.abs(seen - total.masses).max():.5f}"
    )
    durations = timing.PUBLISHED | {(DEVICE.name, phase): Duration(1.5, 0.75) for phase in DEVICE.phases}
    years, seconds = timed(lambda: by_year(made, rates, today=TODAY, years=10, durations=durations))
    listed = ", ".join(f"{year.fiscal_year}: {year.within.mean:.1f}" for year in years)
    print(f"by fiscal year in {seconds:.1f} s: {listed}")
    most = max(counts, key=lambda cell: counts[cell])
    other = Cell("drug", "Neurology", "phase_2")
    scenario = Scenario(counts={most: -10, other: 10, Cell(*other[:2], "phase_1"): -2})
    change, seconds = timed(lambda: what_if(counts, rates, scenario, budget_yen=10**11))
    print(
        f"what if 10 in {' '.join(most)} made way for 10 in {' '.join(other)}: {change.approvals.mean:+.3f}, "
        f"95 % {change.approvals.interval}, exact, in {seconds:.2f} s"
    )


if __name__ == "__main__":
    main()
