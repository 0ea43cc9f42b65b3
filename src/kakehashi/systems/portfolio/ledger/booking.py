"""Entries that people book: by form or file, none twice under one document, wrong ones undone and told anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from kakehashi.kernel.errors import Conflict
from kakehashi.kernel.locks import alone
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio.ledger.entries import NewEntry
from kakehashi.systems.portfolio.ledger.posting import correct, post_many
from kakehashi.systems.portfolio.models import Entry, Movement

AT_ONCE = 500
Written = tuple[str, str, tuple[tuple[str, str, int], ...]]


def book(new: Sequence[NewEntry], *, by: Person | None) -> list[Entry]:
    """Write entries that people tell, all or none. Raises as ``post_many``; Conflict where the same stands already."""
    with transaction.atomic():
        alone("portfolio.ledger")
        for place, number in booked_before(new).items():
            raise Conflict(booked_already(new[place], number), field="reference")
        return post_many(new, by=by)


def booked_already(one: NewEntry, number: int) -> str:
    """In words that an entry stands already."""
    text = _("Under the document %(reference)s the same is booked already: entry %(number)d. Correct that one first.")
    return text % {"reference": one.reference, "number": number}


def booked_before(new: Sequence[NewEntry]) -> dict[int, int]:
    """Which of these entries stand already, uncorrected: of the same kind, document, places and yen.

    Answers positions in ``new`` with the numbers of the entries that stand.
    """
    standing: dict[Written, int] = {}
    references = sorted({one.reference for one in new if one.reference})
    for start in range(0, len(references), AT_ONCE):
        some = Entry.objects.filter(reference__in=references[start : start + AT_ONCE], corrected_by=None)
        standing |= _written(some.only("pk", "number", "kind", "reference"))
    return {place: standing[key] for place, one in enumerate(new) if (key := written_as(one)) in standing}


def written_as(one: NewEntry) -> Written:
    """What an entry is told apart by from others under the same document."""
    moved = sorted((transfer.source.key, transfer.target.key, transfer.amount_yen) for transfer in one.transfers)
    return str(one.kind), one.reference, tuple(moved)


def _written(entries: Iterable[Entry]) -> dict[Written, int]:
    there = {one.pk: one for one in entries}
    moved: defaultdict[int, list[tuple[str, str, int]]] = defaultdict(list)
    ids = list(there)
    for start in range(0, len(ids), AT_ONCE):
        rows = Movement.objects.filter(entry__in=ids[start : start + AT_ONCE])
        for entry, source, target, yen in rows.values_list("entry_id", "source__key", "target__key", "amount_yen"):
            moved[entry].append((source, target, yen))
    return {(one.kind, one.reference, tuple(sorted(moved[pk]))): one.number for pk, one in there.items()}


@dataclass(frozen=True)
class Corrected:
    """The entry that undid another, and the one that tells anew what is right (None: nothing was told anew)."""

    undoing: Entry
    anew: Entry | None


def correct_and_book(entry: Entry, anew: NewEntry | None, *, by: Person | None, memo: str) -> Corrected:
    """Undo an entry and book what is right in its place, both or neither. Raises as ``correct`` and ``book``."""
    with transaction.atomic():
        undoing = correct(entry, by=by, memo=memo)
        return Corrected(undoing, book([anew], by=by)[0] if anew is not None else None)
