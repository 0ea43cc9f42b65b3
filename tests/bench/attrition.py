"""Expected approvals: closed form against simulation on a pipeline of an agency's size, and how long each takes.

    python -m tests.bench.attrition                  # a minute or two
    python -m tests.bench.attrition --draws 1000000

The pipeline is made up: drugs in the fifteen published areas, some regenerative products and devices, 1,200 assets with
their days of entry, and a record of 2,000 finished ones. "What if" a rate changes is asked of one of 45,000 assets too,
ten times an agency's; and one phase at an altered rate is summed as the engine does it and term by term.
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
    Beta,
    Cell,
    Duration,
    Record,
    Scenario,
    by_year,
    forecast,
    learn,
    passing,
    published,
    simulate,
    timing,
    what_if,
)
from kakehashi.engines.attrition.rates import Rate
from tests.engines.attrition.written_out import table

BLOCK = 250_000
TODAY = date(2026, 11, 21)
MANY = 45_000


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
    _made, counts = pipeline(MANY)
    groups = forecast(counts, rates).groups
    most = max(counts, key=lambda cell: counts[cell])
    for cell in (most, Cell(*most.group, "phase_2")):
        for wanted in (0.05, 0.6):
            change, seconds = timed(lambda: what_if(counts, rates, Scenario(rates={cell: wanted}), known=groups))  # noqa: B023
            print(
                f"{MANY:,} assets, what if {wanted:.0%} in {' '.join(cell)} went on: {change.approvals.mean:+.1f}, "
                f"then 95 % {change.after.interval()}, in {seconds:.2f} s"
            )
    for assets in (300, 1000, 3000):
        one_phase(assets)


def one_phase(assets):
    """As many as pass a phase of so many meet a rate that is altered."""
    first, chances = passing.passing(assets, np.ones(1), Rate(Beta(14, 15)))
    rate = Rate(Beta(9, 21), 0.2)
    (begins, told), seconds = timed(lambda: passing.passing(first, chances, rate))
    written, longer = timed(lambda: table(first, chances, rate))
    off = np.abs(told - written[begins : begins + len(told)]).max()
    print(
        f"one phase at an altered rate, {first:,} to {first + len(chances) - 1:,} assets: {1000 * seconds:.1f} ms, "
        f"term by term {1000 * longer:,.0f} ms, {longer / seconds:,.0f} times as long; off by at most {off:.0e}"
    )


if __name__ == "__main__":
    main()
