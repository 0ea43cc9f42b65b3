"""Which requests for money in the year to grant: the exact best choice under the budget and all side conditions.

    problem = Problem(
        requests=(Request.of("A12", 30_000_000, 84, {"project:drugs"}), Request("B3", (Level(…), Level(…)), …), …),
        budget_yen=1_000_000_000,
        conditions=(Limit("project:drugs", "yen", at_most=400_000_000), Requires("B3", "A12"), Fund("C1")),
    )
    choice = best(problem)                       # Impossible names the conditions that clash
    bounds(problem, choice)                      # for every request at once: what changing it costs at least
    price(problem, choice, Leave("A12"))         # what one manual change costs exactly, and what would be chosen then

**What is best.** A choice grants each request at one of its levels or not at all. Of all choices that meet every
condition the best has the greatest sum of scores; of those the least cost; of those, going through the requests by id,
the one that grants the first on which they differ, at the level listed first. There is exactly one, whatever the order
in which requests and conditions are given. Scores add up: that is what the score must mean.

**Method.** An integer programme with a variable for each level (Kellerer, Pferschy, Pisinger: Knapsack Problems,
2004, chapters 9 and 11: multiple-choice and multi-dimensional knapsack). The multipliers of its linear relaxation
give an upper bound on every choice with a given level (Lagrangian relaxation: Geoffrion 1974, Math Prog Study 2:82),
reckoned in integers here, so that it holds whatever the solver's rounding. It tells what every choice near the bound
must look like; where those are few, all of them are listed (``listing``), in integers alone, and the best is among
them. Where they are too many, HiGHS (Huangfu and Hall 2018, Math Prog Comp 10:119) solves by branch and bound, with
no gap allowed: first among the two hundred levels of which the bounds tell least (the core: Pisinger 1995, EJOR
83:394), then among all that could be better than the best of those. The same bound is the quick answer of ``bounds``.

**Exact in spite of floating point.** Amounts are integer yen and scores integers or decimals; a float is refused. A
list is exact by itself. The solver reckons in floats to a tolerance, which on 10^11 yen could hide some yen. So every
answer of it is rounded and checked against every condition in integers; one that breaks a limit is cut off (not all
that it grants may be granted together, or something it leaves out must be granted) and the solver goes on. No choice
that meets the conditions is ever cut off. The sum of scores counts in whole smallest steps, and the solver's proven
bound must lie clearly less than one step above it, or NotProved is raised. What is trusted of the floats is that
bound, with that margin, and that HiGHS finds no choice where it says that there is none. (Now and then the HiGHS of
scipy 1.17 writes a line on standard output that begins with its own name; where another program reads that output,
solve in a process apart.)

**Ties.** A list has all choices with the best value. Otherwise whatever cannot reach the best value is settled; then,
with the multipliers for the least cost at that value, whatever cannot be as cheap. What is left is listed, or is a
small programme that is asked for an equally good choice that is cheaper, or earlier by id, until there is none.

**Impossible.** Where no choice meets all conditions, those that clash are named: a set that cannot be met, though it
can when any one of them is left out (QuickXplain; Junker 2004, AAAI-04:167). There may be other clashes beside it."""

from kakehashi.engines.allocation.choosing import Choice, Granted, Impossible, best, clash
from kakehashi.engines.allocation.conditions import (
    AtMostOf,
    Budget,
    Condition,
    Fund,
    Leave,
    Level,
    Limit,
    Problem,
    Request,
    Requires,
)
from kakehashi.engines.allocation.pricing import Bound, Price, bounds, price
from kakehashi.engines.allocation.solving import NotProved

__all__ = [
    "AtMostOf",
    "Bound",
    "Budget",
    "Choice",
    "Condition",
    "Fund",
    "Granted",
    "Impossible",
    "Leave",
    "Level",
    "Limit",
    "NotProved",
    "Price",
    "Problem",
    "Request",
    "Requires",
    "best",
    "bounds",
    "clash",
    "price",
]
