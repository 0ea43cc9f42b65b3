"""The best choice found by trying every choice, from the words of the problem alone; and by dynamic programming."""

import itertools
from decimal import Decimal

from kakehashi.engines.allocation import AtMostOf, Budget, Fund, Leave, Limit, Requires


def meets(problem, levels, condition):
    """`levels`: id → granted level, ids not granted left out."""
    requests = {request.id: request for request in problem.requests}
    match condition:
        case Budget(yen=yen):
            return sum(requests[name].levels[at].amount_yen for name, at in levels.items()) <= yen
        case Limit(tag=tag, unit=unit, at_least=low, at_most=high):
            inside = [name for name in levels if tag is None or tag in requests[name].tags]
            total = len(inside) if unit == "count" else sum(requests[n].levels[levels[n]].amount_yen for n in inside)
            return (low is None or total >= low) and (high is None or total <= high)
        case AtMostOf(ids=ids, at_most=high):
            return len(ids & levels.keys()) <= high
        case Requires(id=name, needs=other):
            return name not in levels or other in levels
        case Fund(id=name, level=at):
            return name in levels and at in (None, levels[name])
        case Leave(id=name):
            return name not in levels


def sums(problem, levels):
    chosen = [r.levels[levels[r.id]] for r in problem.requests if r.id in levels]
    return sum((Decimal(one.score) for one in chosen), Decimal(0)), sum(one.amount_yen for one in chosen)


def all_choices(problem):
    requests = sorted(problem.requests, key=lambda request: request.id)
    options = [[*range(len(request.levels)), None] for request in requests]
    for picked in itertools.product(*options):
        yield {request.id: at for request, at in zip(requests, picked, strict=True) if at is not None}


def best_of_all(problem):
    """(value, cost, levels) of the best choice, or None. Choices come in the order of the tie-break."""
    found = None
    for levels in all_choices(problem):
        value, cost = sums(problem, levels)
        if found is not None and (-value, cost) >= (-found[0], found[1]):
            continue
        if all(meets(problem, levels, condition) for condition in problem.all_conditions):
            found = value, cost, levels
    return found


def best_by_tables(problem, unit):
    """(value, cost) where there is nothing but the budget and whole multiples of `unit`: a table by money spent."""
    size = problem.budget_yen // unit
    table = [0] + [None] * size
    for request in problem.requests:
        after = list(table)
        for level in request.levels:
            step = level.amount_yen // unit
            for spent in range(size - step, -1, -1):
                if table[spent] is not None:
                    reached = table[spent] + level.score
                    if after[spent + step] is None or reached > after[spent + step]:
                        after[spent + step] = reached
        table = after
    value = max(one for one in table if one is not None)
    return value, min(spent for spent, one in enumerate(table) if one == value) * unit
