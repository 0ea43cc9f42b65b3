"""One phase at any rate, against every term written out; quadrature against the moments; sums against convolution."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.engines.attrition.written_out import chance, table

from kakehashi.engines.attrition import TABLES, Beta, Cell, Record, Scenario, chain, learn, passing, quadrature, what_if
from kakehashi.engines.attrition.rates import Rate

OFF = 1e-9
"""No probability may be farther from that written out."""

parameters = st.floats(math.log(0.5), math.log(1e5)).map(math.exp)
factors = st.floats(math.log(0.1), math.log(10)).map(math.exp)


@st.composite
def rates(draw):
    """A rate whose mean is multiplied by a tenth to ten, to 1 at most."""
    beta = Beta(draw(parameters), draw(parameters))
    wanted = min(1.0, draw(factors) * beta.mean)
    now = beta.mean
    return Rate(beta, (wanted - now) / (1 - now) if wanted > now else max(-1.0, wanted / now - 1))


def spread(result, size):
    begins, masses = result
    found = np.zeros(size)
    found[begins : begins + len(masses)] = masses
    return found


@pytest.mark.parametrize("lift", [0.02, 0.3, 1.0, -0.4, -1.0])
@pytest.mark.parametrize("beta", [Beta(2, 5), Beta(300, 200), Beta(0.5, 0.5)])
def test_every_term_written_out_is_the_mixture(lift, beta):
    """The tests' own table, by scipy's distributions."""
    from scipy.stats import betabinom, binom

    first, chances = 3, np.array([0.2, 0.5, 0.3])
    written = np.zeros(6)
    for place, share in enumerate(chances):
        for passed in range(count := first + place, -1, -1):
            changing = count - passed if lift > 0 else passed
            for stay in range(changing + 1):
                part = share * betabinom.pmf(passed, count, beta.a, beta.b) * binom.pmf(stay, changing, 1 - abs(lift))
                written[count - stay if lift > 0 else stay] += part
    assert table(first, chances, Rate(beta, lift)) == pytest.approx(written, abs=1e-12)
    assert [chance(3, passed, Rate(beta, lift)) for passed in range(4)] == pytest.approx(
        table(3, np.ones(1), Rate(beta, lift)), abs=1e-12
    )


@pytest.mark.parametrize("lift", [0.0, 0.02, 0.3, 1.0, -0.4, -1.0])
@pytest.mark.parametrize("beta", [Beta(2, 5), Beta(300, 200), Beta(0.5, 0.5)])
@pytest.mark.parametrize(("first", "width"), [(0, 1), (0, 2), (0, 9), (40, 12), (200, 1)])
def test_passing_of_few_is_every_term_written_out(first, width, lift, beta):
    """However few of the counts are likely."""
    chances = np.arange(1, width + 1) / (width * (width + 1) / 2)
    told = spread(passing.passing(first, chances, Rate(beta, lift)), first + width)
    assert told == pytest.approx(table(first, chances, Rate(beta, lift)), abs=1e-12)


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 250), st.integers(1, 150), rates(), st.integers(0, 2**32 - 1))
def test_passing_is_every_term_written_out(first, width, rate, seed):
    drawn = np.random.default_rng(seed).random(width) ** 4
    chances = drawn / drawn.sum()
    told = passing.passing(first, chances, rate)
    assert np.abs(spread(told, first + width) - table(first, chances, rate)).max() < OFF
    assert (told[1] >= 0).all()
    assert told[1].sum() == pytest.approx(1, abs=1e-12)


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 10_000), rates(), st.lists(st.floats(0, 1), min_size=3, max_size=3))
@example(10_000, Rate(Beta(0.5, 0.5), 0.5), [0, 0.5, 1])
@example(10_000, Rate(Beta(1e5, 0.5), 0.9), [0.999, 0.9999, 1])
@example(10_000, Rate(Beta(0.5, 1e5), -0.9), [0, 0.0001, 0.001])
@example(10_000, Rate(Beta(1e5, 1e5), 1.0), [0, 0.5, 1])
def test_passing_of_thousands_is_every_term_written_out(count, rate, places):
    told = spread(passing.passing(count, np.ones(1), rate), count + 1)
    around = count * rate.mean
    for passed in {*(round(place * count) for place in places), math.floor(around), math.ceil(around), count}:
        assert told[passed] == pytest.approx(chance(count, passed, rate), abs=OFF)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000), rates())
@example(0, 10_000, Rate(Beta(0.5, 0.5), 0.1))
@example(0, 10_000, Rate(Beta(1e5, 1e5)))
def test_passing_of_thousands_more_or_less_keeps_both_moments(one, other, rate):
    first, most = sorted((one, other))
    there = np.arange(first, most + 1)
    drawn = np.exp(-(((there - (first + most) / 2) / (1 + most - first)) ** 2))
    chances = drawn / drawn.sum()
    begins, told = passing.passing(first, chances, rate)
    passed = np.arange(begins, begins + len(told))
    assert told.sum() == pytest.approx(1, abs=1e-12)
    assert told @ passed == pytest.approx(rate.mean * (chances @ there), rel=OFF, abs=OFF)
    pairs = rate.second_moment * (chances @ (there * (there - 1.0)))
    assert told @ (passed * (passed - 1.0)) == pytest.approx(pairs, rel=OFF, abs=OFF)


def test_rows_of_fewer_follow_from_the_row_of_the_most():
    """Each of 900 to 1,000 alone, as the mixture has them."""
    rate = Rate(Beta(7, 12), 0.15)
    every = np.zeros(1001)
    for count in range(900, 1001):
        every += spread(passing.passing(count, np.full(1, 1 / 101), rate), 1001)
    assert np.abs(spread(passing.passing(900, np.full(101, 1 / 101), rate), 1001) - every).max() < 1e-14


@given(parameters, parameters, st.integers(1, 450))
def test_quadrature_has_the_moments_of_the_beta(a, b, count):
    beta = Beta(a, b)
    points, weights = quadrature.nodes(beta, count)
    assert ((points >= 0) & (points <= 1)).all()
    assert weights.sum() == pytest.approx(1)
    assert weights @ points == pytest.approx(beta.mean, rel=1e-9)
    if count > 1:
        assert weights @ points**2 == pytest.approx(beta.second_moment, rel=1e-9)


@pytest.mark.parametrize("assets", [0, 1, 2, 40, 300, 1200])
@pytest.mark.parametrize("beta", [Beta(0.5, 0.5), Beta(8, 20), Beta(400, 3), Beta(1, 1)])
def test_enough_points_miss_nothing_that_all_points_find(assets, beta):
    rate = Rate(beta, 0.2)
    few = passing._row(assets, rate, quadrature.nodes(beta, quadrature.enough(assets)))
    all_points = passing._row(assets, rate, quadrature.nodes(beta, assets // 2 + 1))
    assert np.abs(few - all_points).sum() < 1e-11


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 80)), max_size=6), st.integers(0, 2**32 - 1))
def test_sum_of_groups_is_their_convolution(sizes, seed):
    draw = np.random.default_rng(seed)
    parts = [
        np.concatenate((np.zeros(first), part / part.sum())) for first, n in sizes for part in [draw.random(n) + 0.01]
    ]
    written = np.ones(1)
    for part in parts:
        written = np.convolve(written, part)
    assert np.abs(chain.sum_of(parts) - written).max() < 1e-14


@pytest.mark.parametrize(("added", "removed"), [(0, 1500), (1500, 0), (900, 1200)])
def test_difference_of_thousands_lies_around_its_mean(added, removed):
    """What is hardly likely is left out at either end, and the count of the rest does not slip."""
    drug, device = Cell("drug", "Oncology", "phase_1"), Cell("device", "x", "pivotal")
    known = [Cell(*cell.group, phase) for cell in (drug, device) for phase in TABLES[cell.table].phases]
    rates = learn(dict.fromkeys(known, Record(4000, 4000)))  # so many that the difference is all but normal
    told = what_if({drug: 2000, device: 100}, rates, Scenario(counts={device: added, drug: -removed})).approvals
    assert told.exact
    half = 1.96 * math.sqrt(told.variance)
    assert told.interval == pytest.approx((told.mean - half, told.mean + half), abs=2)
