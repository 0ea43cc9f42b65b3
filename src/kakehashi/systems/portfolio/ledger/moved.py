"""What entries moved and for whom, in one line each."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.utils.translation import ngettext

from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import Account, Award, Entry, Movement


def told_movements(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Entries with what ``moved_by``, ``award_of`` and ``programme_of`` read, two questions for however many."""
    ends = [f"{end}__{what}" for end in ("source", "target") for what in ("award", "programme")]
    return entries.prefetch_related(Prefetch("movements", Movement.objects.select_related(*ends)))


def moved_by(entry: Entry, award: Award | None = None) -> int:
    """The yen that an entry moved in all (or of one award); what it carries over to the next year counts once."""
    return sum(
        movement.amount_yen
        for movement in entry.movements.all()
        if AccountKind.CARRIED_IN not in (movement.source.kind, movement.target.kind)
        and (award is None or award.pk in (movement.source.award_id, movement.target.award_id))
    )


def award_of(entry: Entry) -> str:
    """The number of the award that an entry is of, or of how many it is; "" where it is of none."""
    numbers = {end.award.number for end in _ends(entry) if end.award is not None}
    if len(numbers) > 1:
        return ngettext("%(number)d award", "%(number)d awards", len(numbers)) % {"number": len(numbers)}
    return next(iter(numbers), "")


def programme_of(entry: Entry) -> str:
    """The programme that an entry is of, or of how many it is; "" where it is of none."""
    found = {end.programme.pk: end.programme for end in _ends(entry) if end.programme is not None}
    if len(found) > 1:
        return ngettext("%(number)d programme", "%(number)d programmes", len(found)) % {"number": len(found)}
    return next((one.label() for one in found.values()), "")


def _ends(entry: Entry) -> list[Account]:
    return [end for movement in entry.movements.all() for end in (movement.source, movement.target)]
