"""What is known of a transition rate: a published prior, updated by the agency's own finished assets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kakehashi.engines.attrition import published
from kakehashi.engines.attrition.phases import DEVICE, REGENERATIVE, Cell, Group, table_of


@dataclass(frozen=True)
class Beta:
    """A Beta distribution of a rate."""

    a: float
    b: float

    def __post_init__(self) -> None:
        if not (self.a > 0 and self.b > 0):
            raise ValueError(f"Beta({self.a}, {self.b}): both parameters must be above 0")

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)

    @property
    def second_moment(self) -> float:
        """E θ²: the chance that two assets both pass."""
        size = self.a + self.b
        return self.mean * (self.a + 1) / (size + 1)

    @property
    def weight(self) -> float:
        """As many finished assets as this knowledge is worth."""
        return self.a + self.b

    def interval(self, share: float = 0.95) -> tuple[float, float]:
        """The credible interval that leaves out equal chances on both sides."""
        from scipy.special import betaincinv

        tail = (1 - share) / 2
        return float(betaincinv(self.a, self.b, tail)), float(betaincinv(self.a, self.b, 1 - tail))


@dataclass(frozen=True)
class Rate:
    """A rate, perhaps altered. ``lift`` in −1…1: of those that would have failed this share passes too, or, below 0,
    of those that would have passed this share fails."""

    beta: Beta
    lift: float = 0.0

    def __post_init__(self) -> None:
        if not -1 <= self.lift <= 1:
            raise ValueError(f"lift {self.lift}: it must lie between −1 and 1")

    @property
    def line(self) -> tuple[float, float]:
        """(c, d): the altered rate is c + dθ."""
        return (self.lift, 1 - self.lift) if self.lift > 0 else (0.0, 1 + self.lift)

    @property
    def mean(self) -> float:
        c, d = self.line
        return c + d * self.beta.mean

    @property
    def second_moment(self) -> float:
        c, d = self.line
        return c * c + 2 * c * d * self.beta.mean + d * d * self.beta.second_moment

    def product_moment(self, plain: Beta) -> float:
        """E of the altered rate times the plain one."""
        c, d = self.line
        return c * plain.mean + d * plain.second_moment


@dataclass(frozen=True)
class Record:
    """The agency's own assets that have left a phase: ``advanced`` to the next, or ``stopped`` for good.

    Assets still in the phase belong to neither, nor do those that were lost sight of.
    """

    advanced: int = 0
    stopped: int = 0

    def __post_init__(self) -> None:
        if self.advanced < 0 or self.stopped < 0:
            raise ValueError(f"advanced {self.advanced}, stopped {self.stopped}: counts cannot be negative")


@dataclass(frozen=True)
class Learned:
    """A rate with what it rests on: ``prior`` and its ``source``, the own ``record``, and the two together."""

    prior: Beta
    source: str
    record: Record
    posterior: Beta


def prior(cell: Cell) -> tuple[Beta, str]:
    """What is taken to be known of a rate before any own result, and the source to name."""
    table = table_of(cell.table)
    table.place(cell.phase)
    if table is DEVICE:
        return _beta(0.5, published.UNKNOWN_WEIGHT), published.NOTHING_PUBLISHED
    if cell.phase in published.BEFORE_THE_CLINIC:
        weight = published.REGENERATIVE_WEIGHT if table is REGENERATIVE else published.BENCHMARK_WEIGHT
        return _beta(published.BEFORE_THE_CLINIC[cell.phase], weight), published.PAUL_2010
    if table is REGENERATIVE:
        rate = published.ALL_AREAS[published.CLINICAL.index(cell.phase)]
        return _beta(rate, published.REGENERATIVE_WEIGHT), published.BIO_2021
    weight = published.equivalent_sample_size(cell.phase)
    return _beta(published.clinical_rate(cell.area, cell.phase), weight), published.BIO_2021


@dataclass(frozen=True)
class Rates:
    """Every rate that is asked for: the prior of its cell, updated by the own record of that cell.

    ``records`` is what is known of own assets; ``given`` replaces the published prior of a cell by one's own, with the
    source to name.
    """

    records: Mapping[Cell, Record]
    given: Mapping[Cell, tuple[Beta, str]]

    def of(self, cell: Cell) -> Learned:
        """The rate of one cell."""
        before, source = self.given.get(cell) or prior(cell)
        record = self.records.get(cell, Record())
        return Learned(before, source, record, Beta(before.a + record.advanced, before.b + record.stopped))

    def ladder(self, group: Group) -> list[Beta]:
        """The rates that the assets of a group share, phase by phase."""
        return [self.of(Cell(*group, phase)).posterior for phase in table_of(group.table).phases]


def learn(records: Mapping[Cell, Record], given: Mapping[Cell, tuple[Beta, str]] | None = None) -> Rates:
    """Rates from the agency's own records. ValueError for a table or phase that there is not."""
    for cell in (*records, *(given or {})):
        table_of(cell.table).place(cell.phase)
    return Rates(dict(records), dict(given or {}))


def _beta(mean: float, weight: float) -> Beta:
    return Beta(mean * weight, (1 - mean) * weight)
