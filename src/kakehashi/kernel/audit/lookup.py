"""Finding the entries that name a thing among others.

An entry about one thing is found by its own index. One that names several (a list that was shown) keeps them as JSON,
under its seal; beside it stands a row for each, written in the same transaction and no part of the seal: the rows say
nothing that the entries do not say, and can be made anew from them. Entries older than these rows are ``Unlisted`` and
searched as text until a job has given them theirs, so that no answer lacks any.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from kakehashi.kernel.audit.chain import canonical
from kakehashi.kernel.audit.models import AuditEntry, NamedAmong, Unlisted

EACH = {"sqlite": "json_each(%s)", "postgresql": "jsonb_array_elements_text(%s::jsonb)"}
INSERT = (
    "INSERT INTO audit_namedamong (subject_type, sequence, subject_id) "
    "SELECT %s, %s, value FROM {each} WHERE true ORDER BY value ON CONFLICT DO NOTHING"
)
"""In the order of the table's key: a long list goes into each page of it once."""
AT_ONCE = 5000
"""After so many rows for older entries a transaction ends: writers wait for it, on SQLite."""


def list_subjects(cursor: Any, entries: Sequence[tuple[str, int, str]]) -> None:
    """Write the rows of entries that name several things: (subject type, number of the entry, its ``subject_ids``)."""
    if entries:
        cursor.executemany(INSERT.format(each=EACH[connection.vendor]), entries)


def numbers_about(subject_type: str, subject_id: str) -> QuerySet[Any, Any]:
    """The numbers of the entries that name a thing, alone or among others."""
    alone = AuditEntry.objects.filter(subject_type=subject_type, subject_id=subject_id)
    among = NamedAmong.objects.filter(subject_type=subject_type, subject_id=subject_id)
    ways = [alone.order_by().values("sequence"), among.values("sequence")]
    unlisted = Unlisted.objects.first()
    if unlisted is not None:
        older = _several(unlisted.reached, unlisted.until).filter(subject_type=subject_type)
        ways.append(older.filter(subject_ids__contains=canonical(subject_id)).values("sequence"))
    return ways[0].union(*ways[1:], all=True)


def list_older() -> Unlisted | None:
    """Give the next older entries their rows, some ``AT_ONCE``; how far that was, None where nothing was left to do."""
    with transaction.atomic():
        unlisted = Unlisted.objects.select_for_update().first()
        if unlisted is None:
            return None
        waiting = _several(unlisted.reached, unlisted.until).order_by("sequence")
        entries, rows = [], 0
        unlisted.reached = unlisted.until
        for entry in waiting.values_list("subject_type", "sequence", "subject_ids").iterator(chunk_size=100):
            entries.append(entry)
            rows += entry[2].count(",") + 1
            if rows >= AT_ONCE:
                unlisted.reached = entry[1]
                break
        with connection.cursor() as cursor:
            list_subjects(cursor, entries)
        if unlisted.reached < unlisted.until:
            unlisted.save()
        else:
            Unlisted.objects.all().delete()
    return unlisted


def _several(after: int, until: int) -> QuerySet[AuditEntry]:
    """The entries of these numbers that name several things."""
    found = AuditEntry.objects.filter(sequence__gt=after, sequence__lte=until)
    return found.exclude(subject_ids="").order_by()
