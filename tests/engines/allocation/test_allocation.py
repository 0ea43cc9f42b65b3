"""The best choice against every choice there is; bounds, prices and clashes; what is refused."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bench import allocation as bench
from tests.engines.allocation import cases, exhaustive

from kakehashi.engines.allocation import (
    AtMostOf,
    Budget,
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
    choosing,
    listing,
    price,
)
from kakehashi.engines.allocation.model import Model
from kakehashi.engines.allocation.solving import Solver, whole

problems = st.integers(min_value=0, max_value=2**32).map(lambda seed: cases.small(random.Random(seed)))


def levels_of(choice):
    return {one.id: one.level for one in choice.granted}


def solve(problem):
    """As the exhaustive search tells it: (value, cost, levels) or None."""
    try:
        choice = best(problem)
    except Impossible:
        return None
    return choice.value, choice.total_yen, levels_of(choice)


@pytest.mark.parametrize("block", range(7))
def test_best_is_what_trying_every_choice_finds(block):
    for seed in range(100):
        problem = cases.small(random.Random(1000 * block + seed))
        assert solve(problem) == exhaustive.best_of_all(problem), problem


@pytest.fixture
def nothing_listed(monkeypatch):
    """As where too many choices come near the bound: the solver does it all."""
    monkeypatch.setattr(listing, "MOST_LISTED", 0)


@pytest.mark.parametrize("core", [1, 3, 200])
def test_the_solver_alone_finds_what_trying_every_choice_finds(monkeypatch, nothing_listed, core):
    monkeypatch.setattr(choosing, "CORE", core)
    for seed in range(50):
        problem = cases.small(random.Random(7000 * core + seed))
        assert solve(problem) == exhaustive.best_of_all(problem), problem


@pytest.mark.parametrize("together", [1, 4])
def test_best_is_found_however_few_requests_are_taken_together(monkeypatch, together):
    monkeypatch.setattr(listing, "MOST_TOGETHER", together)
    for seed in range(50):
        problem = cases.small(random.Random(9000 * together + seed))
        assert solve(problem) == exhaustive.best_of_all(problem), problem


@pytest.mark.parametrize("unit", [1_000_000, 999_983, 123_456_789])
def test_best_is_what_a_table_by_money_finds(unit):
    for seed in range(100):
        problem = cases.larger(random.Random(seed * unit), unit)
        choice = best(problem)
        assert (choice.value, choice.total_yen) == exhaustive.best_by_tables(problem, unit)


@pytest.mark.parametrize(("kind", "seed"), [(0, 19), (1, 7), (2, 17), (3, 20), (4, 4)])
def test_five_hundred_requests_are_chosen_as_by_the_solver_alone(request, kind, seed):
    """Those that took longest: the value by one programme over everything, the choice by other ways than the list."""
    problem = bench.problem(seed, 500, list(bench.KINDS)[kind])
    choice = best(problem)
    model = Model.of(problem)
    found = Solver(model).greatest(model.values, model.rows(problem.all_conditions), whole(model))
    assert choice.value == model.value_of(sum(model.values[one] for one in found))
    assert all(exhaustive.meets(problem, levels_of(choice), condition) for condition in problem.all_conditions)
    request.getfixturevalue("nothing_listed")
    assert best(problem) == choice


def test_a_yen_too_much_is_seen_on_a_hundred_thousand_million():
    halves = [Request.of(name, 50_000_000_000 + more, 50) for name, more in (("a", 0), ("b", 1), ("c", 0))]
    choice = best(Problem(tuple(halves), 100_000_000_000))
    assert choice.ids == {"a", "c"}
    assert choice.total_yen == 100_000_000_000
    assert len(best(Problem(tuple(halves[:2]), 100_000_000_000)).ids) == 1
    floor = Limit(None, "yen", at_least=100_000_000_001)
    assert best(Problem(tuple(halves), 100_000_000_001, (floor,))).ids in ({"a", "b"}, {"b", "c"})
    with pytest.raises(Impossible):
        best(Problem(tuple(halves), 100_000_000_000, (floor,)))


@pytest.mark.parametrize(
    ("wrong", "condition", "right"),
    [({0, 1, 2}, Limit(None, "yen", at_most=20), {1, 2}), ({0}, Limit("x", "yen", at_least=20), {0, 1, 2})],
)
def test_an_answer_that_breaks_a_limit_is_corrected(monkeypatch, wrong, condition, right):
    """What the solver would answer if the tolerance hid the breach."""
    once, answers = Solver._once, []

    def careless(self, objective, rows, part):
        answers.append(rows)
        if len(answers) == 1:
            return frozenset(wrong), float(sum(objective[one] for one in wrong))
        return once(self, objective, rows, part)

    monkeypatch.setattr(Solver, "_once", careless)
    requests = (Request.of("a", 11, 5, {"x"}), Request.of("b", 10, 5, {"x"}), Request.of("c", 10, 6))
    model = Model.of(Problem(requests, 100))
    rows = model.rows((condition,))
    assert Solver(model).greatest(model.values, rows, whole(model)) == right
    assert len(answers) == 2


def test_ties_go_to_the_cheaper_then_to_the_earlier_id():
    same = [Request.of(name, 10, 5) for name in "dbca"]
    choice = best(Problem(tuple(same), 25))
    assert choice.ids == {"a", "b"}
    assert not choice.only
    cheaper = Request.of("e", 9, 5)
    assert best(Problem((*same, cheaper), 25)).ids == {"a", "e"}
    levels = Request("z", (Level(10, 5), Level(10, 5)))
    assert levels_of(best(Problem((levels,), 25))) == {"z": 0}
    assert best(Problem((Request.of("a", 0, 0), Request.of("b", 5, 1)), 10)).ids == {"a", "b"}


@settings(max_examples=60, deadline=None)
@given(problems, st.randoms(use_true_random=False))
def test_order_of_requests_and_conditions_does_not_matter(problem, draw):
    requests, conditions = list(problem.requests), list(problem.conditions)
    draw.shuffle(requests)
    draw.shuffle(conditions)
    assert solve(Problem(tuple(requests), problem.budget_yen, tuple(conditions))) == solve(problem)


@settings(max_examples=60, deadline=None)
@given(problems, st.integers(min_value=0, max_value=10**11))
def test_more_money_and_fewer_conditions_never_cost_value(problem, more):
    found = solve(problem)
    if found is None:
        return
    richer = solve(replace(problem, budget_yen=problem.budget_yen + more))
    assert richer is not None
    assert richer[0] >= found[0]
    for place in range(len(problem.conditions)):
        freer = solve(replace(problem, conditions=problem.conditions[:place] + problem.conditions[place + 1 :]))
        assert freer is not None
        assert freer[0] >= found[0]


@settings(max_examples=15, deadline=None)
@given(problems)
def test_price_of_every_change_is_exact_and_within_its_bound(problem):
    try:
        choice = best(problem)
    except Impossible:
        return
    for bound in bounds(problem, choice):
        change = Leave(bound.id) if bound.granted else Fund(bound.id)
        told = price(problem, choice, change)
        truth = exhaustive.best_of_all(replace(problem, conditions=(*problem.conditions, change)))
        if truth is None:
            assert told.choice is None
            assert change in told.clash or Leave(bound.id) in problem.conditions or told.clash
            continue
        assert told.choice is not None
        assert told.choice.value == truth[0]
        assert told.lost == choice.value - truth[0] >= bound.least_lost >= 0
        assert price(problem, choice, Fund(bound.id) if bound.granted else Leave(bound.id)).lost == 0


def test_price_of_a_budget_may_be_a_gain():
    problem = Problem((Request.of("a", 10, 7), Request.of("b", 20, 9)), 20)
    choice = best(problem)
    assert choice.ids == {"b"}
    assert price(problem, choice, Budget(30)).lost == -7
    less = price(problem, choice, Budget(15))
    assert less.lost == 2
    assert less.choice.ids == {"a"}


@settings(max_examples=60, deadline=None)
@given(problems)
def test_a_clash_cannot_be_met_and_none_of_it_can_be_spared(problem):
    try:
        best(problem)
    except Impossible as error:
        clash = error.conditions
    else:
        return

    def possible(conditions):
        return any(all(exhaustive.meets(problem, it, c) for c in conditions) for it in exhaustive.all_choices(problem))

    assert not possible(clash)
    for place in range(len(clash)):
        assert possible(clash[:place] + clash[place + 1 :])


def test_a_clash_names_the_conditions():
    requests = (Request.of("a", 60, 5, {"x"}), Request.of("b", 60, 5, {"x"}), Request.of("c", 10, 1))
    conditions = (Leave("c"), Limit("x", "count", at_least=2), Requires("a", "b"))
    with pytest.raises(Impossible) as caught:
        best(Problem(requests, 100, conditions))
    assert set(caught.value.conditions) == {Budget(100), conditions[1]}


def test_conditions_do_what_their_names_say():
    requests = (
        Request("a", (Level(10, 10), Level(20, 15)), frozenset({"x"})),
        Request.of("b", 10, 9, {"x"}),
        Request.of("c", 10, 1),
        Request.of("d", 10, 8),
    )
    assert levels_of(best(Problem(requests, 1000))) == {"a": 1, "b": 0, "c": 0, "d": 0}

    def chosen(*conditions, budget=1000):
        return levels_of(best(Problem(requests, budget, conditions)))

    assert chosen(Limit("x", "yen", at_most=20)) == {"a": 0, "b": 0, "c": 0, "d": 0}
    assert chosen(Limit("x", "count", at_most=1)) == {"a": 1, "c": 0, "d": 0}
    assert chosen(Limit(None, "count", at_most=2)) == {"a": 1, "b": 0}
    assert chosen(AtMostOf(frozenset("bd"))) == {"a": 1, "b": 0, "c": 0}
    assert chosen(Requires("d", "c"), budget=20) == {"a": 0, "b": 0}
    assert chosen(Fund("c"), Requires("a", "c"), budget=20) == {"a": 0, "c": 0}
    assert chosen(Fund("a", 0)) == {"a": 0, "b": 0, "c": 0, "d": 0}
    assert chosen(Leave("a")) == {"b": 0, "c": 0, "d": 0}
    assert chosen(Limit("x", "yen", at_least=30), budget=30) == {"a": 1, "b": 0}


def test_nothing_to_choose_from():
    assert best(Problem((), 10)).granted == ()
    assert best(Problem((Request.of("a", 11, 1),), 10)).granted == ()
    with pytest.raises(Impossible) as caught:
        best(Problem((), 10, (Limit("x", "count", at_least=1),)))
    assert caught.value.conditions == (Limit("x", "count", at_least=1),)


def test_scores_are_decimals_to_the_last_digit():
    requests = (Request.of("a", 5, Decimal("80.125")), Request.of("b", 5, Decimal("80.126")))
    choice = best(Problem(requests, 5))
    assert choice.ids == {"b"}
    assert choice.value == Decimal("80.126")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Level(1.5, 1),
        lambda: Level(-1, 1),
        lambda: Level(1, 0.5),
        lambda: Level(1, -1),
        lambda: Level(1, Decimal("NaN")),
        lambda: Request("a", ()),
        lambda: Limit("x", "yen"),
        lambda: Problem((Request.of("a", 1, 1), Request.of("a", 2, 1)), 5),
        lambda: Problem((Request.of("a", 1, 1),), 5, (Fund("b"),)),
        lambda: Problem((Request.of("a", 1, 1),), 5, (Fund("a", 1),)),
        lambda: Problem((Request.of("a", 1, 1),), 5.0),
        lambda: best(Problem((Request.of("a", 1, Decimal("1.0000000001")),), 5)),
    ],
)
def test_what_is_not_exact_or_not_there_is_refused(make):
    with pytest.raises(ValueError, match=r"\w"):
        make()
