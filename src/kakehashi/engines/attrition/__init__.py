"""How many of an agency's projects will reach patients: expected approvals of a pipeline, and how sure that is.

    rates = learn({Cell("drug", "Oncology", PHASE_2): Record(advanced=9, stopped=31)})
    told = forecast({Cell("drug", "Oncology", PHASE_2): 40, Cell("drug", "Neurology", PHASE_1): 25}, rates)
    told.total.mean, told.total.interval(), told.total.at_least(5)

**Model.** A pipeline is a ladder of phases (phases.py). Of the assets of one table (drug, regenerative, device) and one
disease area, the share θ that leaves a phase successfully is unknown and the same for all of them; assets succeed
independently *given* the rates. Rates of different phases, areas and tables are independent. Nothing is assumed of how
long a phase takes unless years are asked for (timing.py), and then success does not depend on the time taken.

**Rates** (rates.py). θ ~ Beta(m·p, m·(1−p)) with p a published rate and m its *equivalent sample size*: as many of the
agency's own finished assets weigh as much as the published rate. Own assets that advanced or stopped are added to the
two parameters (Gelman et al., Bayesian Data Analysis, 3rd ed. 2013, section 2.4); those still running are censored and
count for neither. That is fair where successes and failures take equally long to be known; where failures are known
sooner, a young phase's record looks worse than it is, and better where they are left running.

**Published rates** (published.py), each with its source: clinical phases by disease area from BIO, QLS Advisors and
Informa (2021), which counted 12,728 transitions of 2011–2020; steps before the clinic from Paul et al. (2010). m is
not the number of those transitions, which would leave an agency of universities and hospitals nothing to say about
itself, but is read from how widely the areas' rates are spread (``published.equivalent_sample_size``): an agency's
rate is taken to lie about its area's published rate as widely as the areas lie about each other, some 25 to 40 assets
by phase. Wong, Siah and Lo (2019, Biostatistics 20:273) are not used: their path-by-path rates are of another kind (a
skipped phase counts as passed; 13.8 % from phase 1 to approval instead of 7.9 %) and must not be multiplied with
these.

**Approvals** (forecast.py). With q(k) the product of the rates from phase k on, the mean is the sum of n(k)·E q(k),
and the variance is Σ n(k)·q(k)·(1−q(k)) plus the covariances of all pairs of assets, which share rates from the later
one's phase on; both follow exactly from the first two moments of the Betas. The *distribution* of the number of
approvals is exact too (chain.py): of m assets that meet a phase, s pass it with the beta-binomial distribution;
walking the ladder, at each phase the assets already there join those that came; areas are convolved. Where a rate is
altered the mixture is integrated over the rate and the rows of fewer assets follow from that of the most (passing.py,
quadrature.py). Rounding aside (1e-10 in a probability), nothing is approximated, and intervals are those of the
distribution: at least 95 % lies within. By year (timing.py):
an asset counts in a year with the chance that its remaining phases end in it; that splits the assets before they
climb, so the distribution stays exact for each year and for each sum up to a year.

**What if** (scenarios.py): other counts, other rates, another budget. The difference has an exact mean and variance,
with every asset that stands in both pipelines meeting the same fate in both (so no simulation with common random
numbers is needed). Its interval is exact where no rate changes; where one does it is a normal approximation and says
so.

``simulate`` draws rates and assets one by one: the check of all this, in the tests and in tests/bench/attrition.py.
"""

from kakehashi.engines.attrition.forecast import Approvals, Forecast, forecast
from kakehashi.engines.attrition.phases import (
    DEVICE,
    DISCOVERY,
    DRUG,
    NONCLINICAL,
    PHASE_1,
    PHASE_2,
    PHASE_3,
    REGENERATIVE,
    SUBMISSION,
    TABLES,
    Cell,
    Table,
)
from kakehashi.engines.attrition.rates import Beta, Learned, Rates, Record, learn
from kakehashi.engines.attrition.scenarios import Change, Difference, Scenario, what_if
from kakehashi.engines.attrition.simulation import simulate
from kakehashi.engines.attrition.timing import Asset, Duration, Year, by_year

__all__ = [
    "DEVICE",
    "DISCOVERY",
    "DRUG",
    "NONCLINICAL",
    "PHASE_1",
    "PHASE_2",
    "PHASE_3",
    "REGENERATIVE",
    "SUBMISSION",
    "TABLES",
    "Approvals",
    "Asset",
    "Beta",
    "Cell",
    "Change",
    "Difference",
    "Duration",
    "Forecast",
    "Learned",
    "Rates",
    "Record",
    "Scenario",
    "Table",
    "Year",
    "by_year",
    "forecast",
    "learn",
    "simulate",
    "what_if",
]
