"""Random problems: small ones with every kind of condition, larger ones with a budget alone."""

from decimal import Decimal

from kakehashi.engines.allocation import AtMostOf, Fund, Leave, Level, Limit, Problem, Request, Requires

TAGS = ("project:a", "project:b", "ministry:x", "ministry:y")


def small(draw):
    """Up to nine requests; amounts from few yen to 10^11, four in ten of them coarse so that choices tie."""
    size = draw.choice([1, 10_000, 1_000_000, 99_999_989, 10_000_000_019])
    count = draw.randint(1, 9)
    coarse = draw.random() < 0.4
    requests = []
    for number in range(count):
        levels = []
        for _level in range(draw.choice([1, 1, 1, 2, 3])):
            amount = draw.randint(0, 9) * size + draw.choice([0, 0, 1, draw.randint(0, size)])
            if coarse:
                levels.append(Level(draw.randint(1, 3) * size, draw.randint(1, 3)))
                continue
            score = draw.choice([draw.randint(0, 5), Decimal(draw.randint(0, 500)) / 100])
            levels.append(Level(amount, score))
        tags = frozenset(draw.sample(TAGS, draw.randint(0, 2)))
        requests.append(Request(f"R{number:02}", tuple(levels), tags))
    draw.shuffle(requests)
    total = sum(max(level.amount_yen for level in request.levels) for request in requests)
    budget = draw.choice([total, total // 2, total // 3, draw.randint(0, max(1, total))])
    conditions = [condition(draw, requests, total) for _number in range(draw.choice([0, 0, 1, 2, 3, 5]))]
    return Problem(tuple(requests), budget, tuple(conditions))


def condition(draw, requests, total):
    ids = [request.id for request in requests]
    kind = draw.choice(["cap", "floor", "count", "few", "apart", "needs", "fund", "leave"])
    tag = draw.choice([*TAGS, None])
    match kind:
        case "cap":
            return Limit(tag, "yen", at_most=draw.randint(0, max(1, total)))
        case "floor":
            return Limit(tag, "yen", at_least=draw.randint(0, max(1, total // 4)))
        case "count":
            return Limit(tag, "count", at_least=draw.randint(0, 2), at_most=draw.randint(1, 6))
        case "few":
            return Limit(None, "count", at_most=draw.randint(1, len(ids)))
        case "apart":
            return AtMostOf(frozenset(draw.sample(ids, min(len(ids), draw.randint(1, 4)))), draw.choice([1, 1, 2]))
        case "needs":
            return Requires(draw.choice(ids), draw.choice(ids))
        case "fund":
            chosen = draw.choice(requests)
            return Fund(chosen.id, draw.choice([None, draw.randrange(len(chosen.levels))]))
        case "leave":
            return Leave(draw.choice(ids))


def larger(draw, unit):
    """Sixty requests with up to three levels and a budget of 400 units, nothing else."""
    requests = []
    for number in range(60):
        levels = tuple(
            Level(draw.randint(1, 40) * unit, draw.randint(1, 100)) for _level in range(draw.choice([1, 1, 2, 3]))
        )
        requests.append(Request(f"R{number:02}", levels))
    return Problem(tuple(requests), 400 * unit)
