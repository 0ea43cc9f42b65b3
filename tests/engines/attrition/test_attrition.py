"""Published rates as printed; posteriors; closed forms against simulation and enumeration; years; what-if."""

import itertools
from datetime import date
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kakehashi.engines.attrition import (
    DISCOVERY,
    NONCLINICAL,
    PHASE_1,
    PHASE_2,
    PHASE_3,
    SUBMISSION,
    TABLES,
    Asset,
    Beta,
    Cell,
    Duration,
    Record,
    Scenario,
    by_year,
    chain,
    forecast,
    learn,
    published,
    scenarios,
    simulate,
    what_if,
)
from kakehashi.engines.attrition.rates import Rate

PIPELINE = {
    Cell("drug", "Oncology", DISCOVERY): 30,
    Cell("drug", "Oncology", PHASE_1): 14,
    Cell("drug", "Oncology", PHASE_2): 22,
    Cell("drug", "Neurology", PHASE_2): 9,
    Cell("drug", "Neurology", PHASE_3): 5,
    Cell("drug", "Neurology", SUBMISSION): 4,
    Cell("regenerative", "Ophthalmology", PHASE_1): 6,
    Cell("device", "Cardiovascular", "pivotal"): 7,
}
HISTORY = {
    Cell("drug", "Oncology", PHASE_2): Record(advanced=9, stopped=31),
    Cell("drug", "Neurology", PHASE_3): Record(advanced=3, stopped=2),
    Cell("device", "Cardiovascular", "pivotal"): Record(advanced=6, stopped=1),
}
LIKELIHOODS = {  # of approval from phase 1, in %, as printed beside the rates
    "Hematology": 23.9,
    "Metabolic": 15.5,
    "Infectious disease": 13.2,
    "Other": 13.0,
    "Ophthalmology": 11.9,
    "Autoimmune": 10.7,
    "Allergy": 10.3,
    "Gastroenterology": 8.3,
    "Respiratory": 7.5,
    "Psychiatry": 7.3,
    "Endocrine": 6.6,
    "Neurology": 5.9,
    "Oncology": 5.3,
    "Cardiovascular": 4.8,
    "Urology": 3.6,
}


def test_published_rates_multiply_to_the_printed_likelihood():
    assert {area: round(100 * prod(row), 1) for area, row in published.AREAS.items()} == pytest.approx(
        LIKELIHOODS, abs=0.11
    )
    assert 100 * prod(published.ALL_AREAS) == pytest.approx(7.9, abs=0.05)


def test_published_transitions_add_up_to_the_report():
    assert published.TRANSITIONS.keys() == published.AREAS.keys()
    assert sum(published.TRANSITIONS.values()) == 12_728


def test_a_published_rate_weighs_as_much_as_the_areas_differ():
    weights = {phase: published.equivalent_sample_size(phase) for phase in published.CLINICAL}
    assert all(20 < weight < 50 for weight in weights.values()), weights
    for place, phase in enumerate(published.CLINICAL):
        rates = [row[place] for row in published.AREAS.values()]
        mean, spread = np.mean(rates), np.std(rates, ddof=1)
        as_beta = Beta(mean * weights[phase], (1 - mean) * weights[phase])
        assert as_beta.second_moment - as_beta.mean**2 == pytest.approx(spread**2)


def test_priors_are_the_published_rates_and_own_results_move_them():
    cell = Cell("drug", "Oncology", PHASE_2)
    rates = learn({cell: Record(advanced=9, stopped=31)})
    told = rates.of(cell)
    assert told.prior.mean == pytest.approx(0.246)
    assert told.source == published.BIO_2021
    assert told.posterior.weight == pytest.approx(told.prior.weight + 40)
    assert 9 / 40 < told.posterior.mean < 0.246
    low, high = told.posterior.interval()
    assert low < told.posterior.mean < high
    assert rates.of(Cell("drug", "never heard of", PHASE_2)).prior.mean == pytest.approx(0.289)
    assert rates.of(Cell("drug", "Oncology", DISCOVERY)).prior.mean == pytest.approx(0.51)
    assert rates.of(Cell("drug", "Oncology", NONCLINICAL)).source == published.PAUL_2010
    assert rates.of(Cell("drug", "Allergy", SUBMISSION)).prior.mean < 1
    assert rates.of(Cell("device", "Oncology", "pivotal")).prior == Beta(1, 1)
    assert rates.of(Cell("regenerative", "Oncology", PHASE_2)).prior.weight == published.REGENERATIVE_WEIGHT
    own = learn({}, {cell: (Beta(2, 6), "our register, 2015–2024")}).of(cell)
    assert (own.posterior.mean, own.source) == (0.25, "our register, 2015–2024")


@pytest.mark.parametrize("table", TABLES)
def test_every_phase_of_every_table_has_a_prior(table):
    for phase in TABLES[table].phases:
        assert 0 < learn({}).of(Cell(table, "Oncology", phase)).posterior.mean < 1


@pytest.mark.parametrize("cell", [Cell("drug", "Oncology", "pivotal"), Cell("vaccine", "Oncology", PHASE_1)])
def test_what_there_is_not_is_refused(cell):
    with pytest.raises(ValueError, match=r"there (is|are)|has no"):
        forecast({cell: 1}, learn({}))
    with pytest.raises(ValueError, match=r"there (is|are)|has no"):
        learn({cell: Record(1, 1)})


def test_closed_form_agrees_with_simulation_to_a_thousandth():
    rates = learn(HISTORY)
    told = forecast(PIPELINE, rates).total
    drawn = simulate(PIPELINE, rates, draws=1_000_000, seed=20)
    assert drawn.mean() == pytest.approx(told.mean, rel=0.001)
    assert drawn.var() == pytest.approx(told.variance, rel=0.005)
    seen = np.bincount(drawn, minlength=len(told.masses)) / len(drawn)
    assert np.abs(seen - told.masses).max() < 0.0015
    low, high = told.interval()
    assert np.mean((drawn >= low) & (drawn <= high)) >= 0.949


def test_distribution_has_the_moments_of_the_closed_form():
    for part in (told := forecast(PIPELINE, learn(HISTORY))).groups.values():
        assert part.masses.sum() == pytest.approx(1)
        assert chain.moments(part.masses) == pytest.approx((part.mean, part.variance))
    assert told.total.mean == pytest.approx(sum(told.chances[cell] * count for cell, count in PIPELINE.items()))
    assert chain.moments(told.total.masses) == pytest.approx((told.total.mean, told.total.variance))


def test_two_assets_by_hand():
    """One phase to go, uniform rate: both, one and none pass with 1/3 each."""
    told = forecast({Cell("device", "x", SUBMISSION): 2}, learn({})).total
    assert told.masses == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    assert (told.mean, told.variance) == pytest.approx((1, 2 / 3))
    assert told.variance_of_rates == pytest.approx(4 / 12)
    assert told.interval(0.3) == (1, 1)
    assert told.interval(0.9) == (0, 2)
    assert told.at_least(1) == pytest.approx(2 / 3)
    assert told.per_100_million_yen(400_000_000) == (0.25, (0, 0.5))


betas = st.tuples(st.floats(0.2, 50), st.floats(0.2, 50)).map(lambda ab: Beta(*ab))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), betas, st.sampled_from([0.0, 0.0, 0.3, -0.4, 1.0, -1.0])), min_size=1))
def test_chain_keeps_probability_and_closed_moments(steps):
    from kakehashi.engines.attrition.forecast import approvals

    steps = steps[:5]
    told = approvals([count for count, _b, _l in steps], [Rate(beta, lift) for _c, beta, lift in steps])
    assert told.masses.sum() == pytest.approx(1)
    assert (told.masses > -1e-12).all()
    assert chain.moments(told.masses) == pytest.approx((told.mean, told.variance), rel=1e-7, abs=1e-9)
    assert -1e-9 <= told.variance_of_rates <= told.variance + 1e-9


def test_more_own_results_narrow_the_interval():
    cell = Cell("drug", "Oncology", PHASE_2)
    widths = []
    for times in (0, 1, 10, 100):
        told = forecast({cell: 40}, learn({cell: Record(25 * times, 75 * times)})).total
        widths.append(told.variance_of_rates)
    assert widths == sorted(widths, reverse=True)


# by year ------------------------------------------------------------------------------------------------------------


def test_fixed_durations_fall_into_their_fiscal_year():
    fixed = {("drug", PHASE_3): Duration(2, 0), ("drug", SUBMISSION): Duration(1, 0)}
    rates = learn({})
    cell, today = Cell("drug", "Oncology", PHASE_3), date(2026, 11, 21)

    def years(since):
        told = by_year([Asset(cell, since)] * 8, rates, today=today, years=5, durations=fixed)
        return {year.fiscal_year: year.within.mean for year in told}

    everything = forecast({cell: 8}, rates).total.mean
    assert years(None) == pytest.approx({2026: 0, 2027: 0, 2028: 0, 2029: everything, 2030: 0})  # November 2029
    assert years(date(2025, 3, 1)) == pytest.approx(
        {2026: 0, 2027: everything, 2028: 0, 2029: 0, 2030: 0}
    )  # March 2028
    assert years(date(2025, 5, 1))[2028] == pytest.approx(everything)
    assert years(date(2015, 5, 1))[2027] == pytest.approx(everything)  # overdue: next month, and a year for submission


@pytest.mark.parametrize(("today", "first"), [(date(2027, 3, 31), 2026), (date(2027, 4, 1), 2027)])
def test_the_fiscal_year_begins_in_april(today, first):
    soon = {("drug", SUBMISSION): Duration(1 / 12, 0)}
    told = by_year([Asset(Cell("drug", "Oncology", SUBMISSION))], learn({}), today=today, years=2, durations=soon)
    assert [year.fiscal_year for year in told] == [first, first + 1]
    assert (told[0].within.mean > 0) == (first == 2027)
    assert told[1].by_its_end.mean == pytest.approx(0.92)


def test_years_add_up_and_agree_with_simulation():
    rates, today = learn(HISTORY), date(2026, 11, 21)
    assets = [
        Asset(cell, date(2026, 3, 1)) for cell, count in PIPELINE.items() if cell.table == "drug" for _ in range(count)
    ]
    told = by_year(assets, rates, today=today, years=40)
    counts = {cell: count for cell, count in PIPELINE.items() if cell.table == "drug"}
    everything = forecast(counts, rates).total
    assert sum(year.within.mean for year in told) == pytest.approx(everything.mean, rel=1e-6)
    assert told[-1].by_its_end.variance == pytest.approx(everything.variance, rel=1e-4)
    for before, after in itertools.pairwise(told):
        assert after.by_its_end.mean >= before.by_its_end.mean
    third = told[2]
    drawn = _drawn_by_year(assets, rates, months=12 * 3 - 8, after=12 * 2 - 8, draws=4000)
    spread = np.sqrt(third.within.variance / 4000)
    assert abs(drawn.mean() - third.within.mean) < 5 * spread
    assert drawn.var() == pytest.approx(third.within.variance, rel=0.15)


def _drawn_by_year(assets, rates, *, months, after, draws):
    """Approvals after so many months and up to so many, drawn asset by asset."""
    from kakehashi.engines.attrition.phases import table_of
    from kakehashi.engines.attrition.timing import PUBLISHED

    chance = np.random.default_rng(5)
    total = np.zeros(draws)
    for group in {asset.cell.group for asset in assets}:
        phases = table_of(group.table).phases
        theta = [chance.beta(beta.a, beta.b, size=draws) for beta in rates.ladder(group)]
        for asset in (one for one in assets if one.cell.group == group):
            alive, clock = np.ones(draws, dtype=bool), np.zeros(draws)
            for place in range(phases.index(asset.cell.phase), len(phases)):
                masses = PUBLISHED[group.table, phases[place]].months()
                if place == phases.index(asset.cell.phase):
                    masses = np.where(np.arange(len(masses)) > 8, masses, 0)  # it has stood eight months
                    clock -= 8
                clock += chance.choice(len(masses), p=masses / masses.sum(), size=draws)
                alive &= chance.random(draws) < theta[place]
            total += alive & (clock > after) & (clock <= months)
    return total


def test_durations_keep_their_mean():
    for duration in (Duration(3.6, 1.8), Duration(1, 0.5), Duration(0.5, 0), Duration(10, 5)):
        masses = duration.months()
        assert masses.sum() == pytest.approx(1)
        assert masses @ np.arange(len(masses)) == pytest.approx(12 * duration.mean_years, rel=0.01)


def test_a_missing_duration_is_named():
    with pytest.raises(ValueError, match="pivotal"):
        by_year([Asset(Cell("device", "x", "pivotal"))], learn({}), today=date(2026, 1, 1), years=1)


# what if --------------------------------------------------------------------------------------------------------------


def _drawn_difference(counts, later, rates, wanted, draws=300_000):
    """Both pipelines asset by asset under common fate: the same asset keeps its luck in both."""
    from kakehashi.engines.attrition.forecast import rows
    from kakehashi.engines.attrition.phases import table_of

    chance = np.random.default_rng(9)
    now, then = rows(counts), rows(later)
    gained = np.zeros(draws)
    for group in {*now, *then}:
        phases = table_of(group.table).phases
        first, second = [], []
        for phase, beta in zip(phases, rates.ladder(group), strict=True):
            theta = chance.beta(beta.a, beta.b, size=draws)
            mean = wanted.get(Cell(*group, phase), beta.mean)
            lift = (mean - beta.mean) / (1 - beta.mean) if mean > beta.mean else mean / beta.mean - 1
            first.append(theta)
            second.append(theta + lift * (1 - theta) if lift > 0 else theta * (1 + lift))
        zero = [0] * len(phases)
        for place, (before, after) in enumerate(zip(now.get(group, zero), then.get(group, zero), strict=True)):
            for number in range(max(before, after)):
                luck = chance.random((len(phases), draws))
                one = np.all([luck[k] < first[k] for k in range(place, len(phases))], axis=0)
                two = np.all([luck[k] < second[k] for k in range(place, len(phases))], axis=0)
                gained += two * (number < after) - one.astype(float) * (number < before)
    return gained


SMALL = {
    Cell("drug", "Oncology", PHASE_2): 10,
    Cell("drug", "Oncology", PHASE_3): 4,
    Cell("drug", "Urology", PHASE_3): 5,
}


@pytest.mark.parametrize(
    ("scenario", "exact"),
    [
        (Scenario(counts={Cell("drug", "Oncology", PHASE_3): 5}), True),
        (Scenario(counts={Cell("drug", "Oncology", PHASE_2): -6}), True),
        (Scenario(counts={Cell("drug", "Oncology", PHASE_2): -6, Cell("drug", "Oncology", PHASE_3): 5}), True),
        (Scenario(counts={Cell("drug", "Urology", PHASE_3): -3, Cell("drug", "Neurology", PHASE_1): 12}), True),
        (Scenario(rates={Cell("drug", "Oncology", PHASE_3): 0.7}), False),
        (Scenario(rates={Cell("drug", "Oncology", PHASE_3): 0.2, Cell("drug", "Oncology", SUBMISSION): 0.95}), False),
        (
            Scenario(counts={Cell("drug", "Oncology", PHASE_2): 4}, rates={Cell("drug", "Oncology", PHASE_2): 0.5}),
            False,
        ),
        (Scenario(), True),
    ],
)
def test_difference_agrees_with_simulation_under_common_fate(scenario, exact):
    rates = learn(HISTORY)
    told = what_if(SMALL, rates, scenario, budget_yen=10**9).approvals
    later = {cell: SMALL.get(cell, 0) + scenario.counts.get(cell, 0) for cell in {*SMALL, *scenario.counts}}
    drawn = _drawn_difference(SMALL, later, rates, scenario.rates)
    assert told.mean == pytest.approx(drawn.mean(), abs=0.02)
    assert told.variance == pytest.approx(drawn.var(), rel=0.02, abs=1e-9)
    assert told.exact == exact
    low, high = told.interval
    assert np.mean((drawn >= low) & (drawn <= high)) >= (0.949 if exact else 0.9)
    if exact:
        assert np.mean(drawn < low) <= 0.026
        assert np.mean(drawn > high) <= 0.026


@pytest.mark.parametrize(("advanced", "stopped"), [(0, 0), (3000, 2), (1, 4000), (900, 1500)])
def test_difference_is_exact_with_records_of_any_length(advanced, stopped):
    here, there = Cell("device", "x", "pivotal"), Cell("device", "x", SUBMISSION)
    rates = learn({here: Record(advanced, stopped), there: Record(stopped, advanced)})
    told = what_if({here: 60, there: 10}, rates, Scenario(counts={here: -40, there: 55}))
    ladder = [Rate(beta) for beta in rates.ladder(here.group)]
    lowest, gained = scenarios._gained([0, 0, 0, 0, 55], [0, 0, 0, 40, 0], ladder)
    mean, variance = chain.moments(gained)
    assert gained.sum() == pytest.approx(1)
    assert (mean + lowest, variance) == pytest.approx((told.approvals.mean, told.approvals.variance))


def test_forecast_after_a_scenario_is_that_of_the_changed_pipeline():
    rates = learn(HISTORY)
    cell = Cell("drug", "Oncology", PHASE_2)
    told = what_if(SMALL, rates, Scenario(counts={cell: 3}))
    assert told.after.masses == pytest.approx(forecast({**SMALL, cell: 13}, rates).total.masses)
    assert told.before.masses == pytest.approx(forecast(SMALL, rates).total.masses)
    assert told.per_100_million_yen is None
    raised = what_if({cell: 10}, rates, Scenario(rates={cell: 0.4}))
    others = rates.ladder(cell.group)[4:]
    assert raised.after.mean == pytest.approx(10 * 0.4 * prod(beta.mean for beta in others))


def test_another_budget_changes_approvals_per_yen():
    told = what_if(SMALL, learn({}), Scenario(budget_yen=2 * 10**9), budget_yen=10**9)
    each = told.per_100_million_yen
    assert told.approvals.mean == told.approvals.variance == 0
    assert each.mean == pytest.approx(told.before.mean * (0.05 - 0.1))
    assert each.variance == pytest.approx(told.before.variance * 0.05**2)


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario(counts={Cell("drug", "Urology", PHASE_3): -6}),
        Scenario(rates={Cell("drug", "Urology", PHASE_3): 1.2}),
        Scenario(rates={Cell("drug", "Urology", "pivotal"): 0.2}),
        Scenario(budget_yen=0),
    ],
)
def test_scenarios_that_cannot_be_are_refused(scenario):
    with pytest.raises(ValueError, match=r"\w"):
        what_if(SMALL, learn({}), scenario, budget_yen=10**9)
