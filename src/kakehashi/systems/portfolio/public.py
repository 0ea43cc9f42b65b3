"""What sibling systems may ask of the portfolio."""

from dataclasses import dataclass
from datetime import date

from kakehashi.kernel.errors import NotFound
from kakehashi.systems.portfolio.models import Award

__all__ = ["AwardSummary", "award_numbered", "awards_of"]


@dataclass(frozen=True)
class AwardSummary:
    """An award as a sibling sees it. ``id`` is its primary key, ``number`` what people write and read."""

    id: int
    number: str
    title: str
    organisation_id: int
    begins: date
    ends: date


def award_numbered(number: str) -> AwardSummary:
    """The award of this number. Raises NotFound naming it."""
    found = Award.objects.filter(number=number.strip()).first()
    if found is None:
        raise NotFound(number)
    return _summary(found)


def awards_of(organisation_id: int) -> tuple[AwardSummary, ...]:
    """The awards an institution holds, by number."""
    return tuple(_summary(award) for award in Award.objects.filter(organisation_id=organisation_id))


def _summary(award: Award) -> AwardSummary:
    return AwardSummary(award.pk, award.number, award.label(), award.organisation_id, award.begins, award.ends)
