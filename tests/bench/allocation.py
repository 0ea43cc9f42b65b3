"""The best choice of adjustment-fund requests: how long it takes, what bounds and prices cost, how ties fare.

    python -m tests.bench.allocation                 # a minute
    python -m tests.bench.allocation --requests 2000 --problems 5

Requests are made up as an agency's look: eight projects, three ministries, a hundred programmes; one to three exclusive
amounts, log-normal, mostly tens of millions of yen; scores of 0–100, with one decimal or whole, loosely tied to the
amount; the money is enough for a third. Conditions as a meeting would set them: a cap and a floor for every project,
a cap by number for every ministry, a floor of one request for some programmes, exclusions, prerequisites, a few
granted or refused beforehand, a cap on the number granted.
"""

import argparse
import random
import statistics
import time
from dataclasses import replace
from decimal import Decimal

from kakehashi.engines.allocation import (
    AtMostOf,
    Fund,
    Impossible,
    Leave,
    Level,
    Limit,
    Problem,
    Request,
    Requires,
    best,
    bounds,
    clash,
    price,
)

PROJECTS = 8
SECOND = 1.0
KINDS = {  # smallest step of amounts in yen, steps of the scores, whether score follows the amount closely
    "thousand yen, one decimal": (1_000, 10, False),
    "single yen, one decimal": (1, 10, False),
    "million yen, whole scores": (1_000_000, 1, False),
    "ten million yen, scores 1–5 (ties everywhere)": (10_000_000, 0, False),
    "score follows the amount": (1_000, 10, True),
}


def requests(draw, count, kind):
    step, steps, follows = KINDS[kind]
    made = []
    for number in range(count):
        amount = max(step, round(draw.lognormvariate(17.2, 0.8) / step) * step)
        score = draw.gauss(60, 15) if not follows else 20 + 60 * (amount / 120_000_000) ** 0.5 + draw.gauss(0, 2)
        levels = []
        for share in draw.choice([(1,), (1,), (1,), (1, 0.6), (1, 0.7, 0.4)]):
            told = min(100.0, max(1.0, score * (0.3 + 0.7 * share)))
            graded = Decimal(round(told * steps)) / steps if steps else Decimal(1 + round(told / 25))
            levels.append(Level(max(step, round(amount * share / step) * step), graded))
        tags = {
            f"project:{draw.randrange(PROJECTS)}",
            f"ministry:{draw.choice('abc')}",
            f"programme:{draw.randrange(100)}",
        }
        made.append(Request(f"R{number:04}", tuple(levels), frozenset(tags)))
    return made


def problem(seed, count, kind):
    draw = random.Random(seed)
    made = requests(draw, count, kind)
    ids = [one.id for one in made]
    money = sum(one.levels[0].amount_yen for one in made)
    budget = money // 3
    conditions = []
    for number in range(PROJECTS):
        tag = f"project:{number}"
        conditions.append(Limit(tag, "yen", at_most=int(budget * draw.uniform(0.12, 0.25))))
        conditions.append(Limit(tag, "yen", at_least=int(budget * draw.uniform(0.02, 0.08))))
    conditions += [Limit(f"ministry:{name}", "count", at_most=count // 4) for name in "abc"]
    conditions.append(Limit(None, "count", at_most=count // 2))
    for number in draw.sample(range(100), 10):
        conditions.append(Limit(f"programme:{number}", "count", at_least=1))
    conditions += [AtMostOf(frozenset(draw.sample(ids, 3))) for _number in range(count // 25)]
    conditions += [Requires(*draw.sample(ids, 2)) for _number in range(count // 25)]
    settled = draw.sample(ids, 8)
    conditions += [*map(Fund, settled[:4]), *map(Leave, settled[4:])]
    return Problem(tuple(made), budget, tuple(conditions))


def timed(what):
    started = time.process_time()
    found = what()
    return found, time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--problems", type=int, default=20)
    parser.add_argument("--prices", type=int, default=5)
    chosen = parser.parse_args()
    best(Problem((Request.of("a", 1, 1),), 1))  # loads the solver
    for kind in KINDS:
        took, bounding, pricing, several, impossible = [], [], [], 0, 0
        for seed in range(1, chosen.problems + 1):
            asked = problem(seed, chosen.requests, kind)
            try:
                choice, seconds = timed(lambda asked=asked: best(asked))
            except Impossible:
                impossible += 1
                continue
            took.append(seconds)
            several += not choice.only
            told, seconds = timed(lambda asked=asked, choice=choice: bounds(asked, choice))
            bounding.append(seconds)
            for bound in random.Random(seed).sample(told, chosen.prices):
                change = Leave(bound.id) if bound.granted else Fund(bound.id)
                pricing.append(timed(lambda a=asked, c=choice, x=change: price(a, c, x))[1])
        within = sum(seconds < SECOND for seconds in took)
        print(
            f"{kind}: {chosen.requests} requests, best in {statistics.median(took):.2f} s of CPU "
            f"(most {max(took):.2f}), {within} of {len(took)} below {SECOND:.0f} s, {several} decided by id, "
            f"{impossible} impossible; "
            f"bounds of all {statistics.median(bounding) * 1000:.0f} ms; "
            f"a price {statistics.median(pricing):.2f} s (most {max(pricing):.2f})",
            flush=True,
        )
    asked = problem(1, chosen.requests, next(iter(KINDS)))
    nearly_all = (Limit(None, "yen", at_least=asked.budget_yen * 9 // 10), Limit(None, "count", at_most=20))
    conditions, seconds = timed(lambda: clash(replace(asked, conditions=(*asked.conditions, *nearly_all))))
    print(f"a clash of {len(conditions)} among {len(asked.conditions) + 3} conditions named in {seconds:.2f} s of CPU")


if __name__ == "__main__":
    main()
