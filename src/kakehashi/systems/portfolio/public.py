"""What sibling systems may ask of the portfolio."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.portfolio import actions
from kakehashi.systems.portfolio.models import Award
from kakehashi.systems.portfolio.outputs.counting import credits_in_force

__all__ = ["AwardSummary", "award_numbered", "awards_by_id", "awards_of", "count_results", "register_award"]


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


def register_award(
    *, by: Any, number: str, title: str, organisation: Organisation, begins: date, ends: date, title_en: str = ""
) -> AwardSummary:
    """Add an award to this node (``by=None``: the node's operator). Raises Invalid naming each field at fault."""
    made = actions.register_award(
        by=by, number=number, title=title, title_en=title_en, organisation=organisation, begins=begins, ends=ends
    )
    return _summary(made)


def awards_of(organisation_id: int) -> tuple[AwardSummary, ...]:
    """The awards an institution holds, by number."""
    return tuple(_summary(award) for award in Award.objects.filter(organisation_id=organisation_id))


def awards_by_id(ids: Collection[int]) -> tuple[AwardSummary, ...]:
    """The awards of these primary keys, by number."""
    return tuple(_summary(award) for award in Award.objects.filter(pk__in=ids))


def _summary(award: Award) -> AwardSummary:
    return AwardSummary(award.pk, award.number, award.label(), award.organisation_id, award.begins, award.ends)


def count_results(award_id: int, kind: str = "diagnosis", *, on: date | None = None) -> int:
    """How many outputs of a kind an award could count at the end of a day (today): later taken back or not."""
    day = on or timezone.localdate()
    counted = credits_in_force(day).filter(award_id=award_id, output__kind=kind)
    return counted.values("output").distinct().count()
