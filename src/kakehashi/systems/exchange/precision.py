"""How precise the queue has been: of the matches that an institution reviewed, how many it confirmed, by score.

Counts are of one's own institution's decisions only, by the score and genes that stood when each was decided. A share
is shown from ``FEWEST`` reviewed on, with the 95 % interval of Wilson (1927). That two cases of one patient are alike
counts neither for nor against the queue.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Case, Count, FloatField, Value, When

from kakehashi.engines.proportions import wilson_interval
from kakehashi.systems.cases.public import of_one_patient
from kakehashi.systems.exchange.models import Match
from kakehashi.systems.exchange.states import Dismissal, MatchState

FEWEST = 10
"""With fewer reviewed a share says nothing yet."""
BANDS = (0.5, 0.6, 0.7, 0.8, 0.9)
"""Where each band of scores begins; the last holds 1.0 too."""


@dataclass(frozen=True)
class Share:
    """Of so many reviewed, so many confirmed."""

    confirmed: int
    reviewed: int

    @property
    def enough(self) -> bool:
        """Whether enough were reviewed to speak of a share."""
        return self.reviewed >= FEWEST

    @property
    def share(self) -> float:
        """Confirmed of reviewed; 0 where nothing was."""
        return self.confirmed / self.reviewed if self.reviewed else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share."""
        return wilson_interval(self.confirmed, self.reviewed)


@dataclass(frozen=True)
class Decided:
    """Decisions of one kind: ``band`` is where its band of scores begins, None where no more than the existence of the
    other case was known, or the score was another node's."""

    organisation_id: int
    band: float | None
    gene: bool
    dismissal: str
    number: int


@dataclass(frozen=True)
class Precision:
    """What one or more institutions decided."""

    decided: tuple[Decided, ...] = field(default=())

    def of(self, *organisation_ids: int) -> Precision:
        """What some of the institutions decided."""
        return Precision(tuple(one for one in self.decided if one.organisation_id in organisation_ids))

    def share(self, where: Callable[[Decided], bool] = lambda _one: True) -> Share:
        """The share among some of the decisions."""
        chosen = [one for one in self.decided if where(one)]
        confirmed = sum(one.number for one in chosen if not one.dismissal)
        return Share(confirmed, sum(one.number for one in chosen))

    def by_band(self) -> list[tuple[float, Share]]:
        """Every band with its share."""
        return [(band, self.share(lambda one, band=band: one.band == band)) for band in BANDS]  # type: ignore[misc]

    def by_gene(self) -> tuple[Share, Share]:
        """With a gene in common, and without; where the score was this node's own."""
        known = [self.share(lambda one, has=has: one.band is not None and one.gene is has) for has in (True, False)]  # type: ignore[misc]
        return known[0], known[1]

    def reasons(self) -> list[tuple[Dismissal, int]]:
        """How many were dismissed for which reason, those that were given."""
        counts = {one: sum(row.number for row in self.decided if row.dismissal == one) for one in Dismissal}
        return [(one, number) for one, number in counts.items() if number]

    def like(self, match: Match) -> Share | None:
        """Matches like this one: of its band, with or without a gene in common; of its band where those are too few.

        None with fewer than ``FEWEST``, and where the score is not this node's own or only a step.
        """
        band = band_of(match)
        if band is None:
            return None
        gene = bool(match.genes)
        closest = self.share(lambda one: one.band == band and one.gene is gene)
        share = closest if closest.enough else self.share(lambda one: one.band == band)
        return share if share.enough else None


def band_of(match: Match) -> float | None:
    """Where the band of a match's score begins; None where the score says nothing here (see ``Decided.band``)."""
    if match.other_id is None or not (match.findings or match.genes):
        return None
    return next((band for band in reversed(BANDS) if match.score >= band), BANDS[0])


def precision_of(organisation_ids: Collection[int]) -> Precision:
    """What the people of these institutions decided of their own matches; one query."""
    banded = Case(
        *(When(reviewed_score__gte=band, then=Value(band)) for band in reversed(BANDS)),
        When(reviewed_score__isnull=False, then=Value(BANDS[0])),
        output_field=FloatField(),
    )
    rows: Iterable[tuple[int, float | None, bool, str, int]] = (
        Match.objects.filter(organisation__in=organisation_ids, state__in=(MatchState.CONFIRMED, MatchState.DISMISSED))
        .exclude(of_one_patient("case", "other"))
        .order_by()
        .annotate(band=banded)
        .values_list("organisation_id", "band", "reviewed_gene", "dismissal")
        .annotate(number=Count("pk"))
    )
    return Precision(tuple(Decided(*row) for row in rows))
