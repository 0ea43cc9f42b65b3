"""What entries moved and for whom, in one line each: added up by the database, for an entry may move for thousands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import ngettext

from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import Award, Entry, Movement, Programme

OF_ONE = Q(source__kind=AccountKind.CARRIED_IN) | Q(target__kind=AccountKind.CARRIED_IN)
"""The second half of a carry-over, which moves the same yen in the next year."""


@dataclass(frozen=True)
class Moved:
    """The yen that an entry moved, what it carries over to the next year once; the award and the programme that it is
    of, or of how many it is, "" where it is of none."""

    yen: int = 0
    award: str = ""
    programme: str = ""


NOTHING = Moved()


def moved_by(entries: Sequence[int], award: Award | None = None) -> dict[int, Moved]:
    """Of some entries (their primary keys) what each moved in all, or of one award. Two questions for however many."""
    rows = Movement.objects.filter(entry__in=entries).order_by()
    if award is not None:
        rows = rows.filter(Q(source__award=award) | Q(target__award=award))
    # both ends of a movement name the same award and programme, or one of them none
    of_award, of_programme = (Coalesce(f"target__{what}", f"source__{what}") for what in ("award", "programme"))
    summed = rows.values_list("entry").annotate(
        yen=Coalesce(Sum("amount_yen", filter=~OF_ONE), 0),
        awards=Count(of_award, distinct=True),
        award=Max(Coalesce("target__award__number", "source__award__number")),
        programmes=Count(of_programme, distinct=True),
        programme=Max(of_programme),
    )
    found = list(summed)
    names = Programme.objects.in_bulk({row[-1] for row in found if row[-1]})
    return {
        entry: Moved(
            yen,
            _of(awards, number or "", ngettext("%(number)d award", "%(number)d awards", awards)),
            _of(
                programmes,
                names[programme].label() if programme else "",
                ngettext("%(number)d programme", "%(number)d programmes", programmes),
            ),
        )
        for entry, yen, awards, number, programmes, programme in found
    }


def _of(number: int, one: str, several: str) -> str:
    return several % {"number": number} if number > 1 else one


def tell_movements(_request: HttpRequest, entries: list[Entry]) -> None:
    """Put on each entry what it moved (``moved``)."""
    told = moved_by([one.pk for one in entries])
    for one in entries:
        one.moved = told.get(one.pk, NOTHING)  # type: ignore[attr-defined]
