"""Finding the entries that name a thing among others.

An entry about one thing is found by its own index. One that names several (a list that was shown) keeps them as JSON,
under its seal; beside it stands a row for each, written in the same transaction and no part of the seal: the rows say
nothing that the entries do not say, and can be made anew from them. Entries older than these rows, and those that name
so much that others would wait for their rows, are ``Unlisted`` and searched as text until a job has given them theirs,
so that no answer lacks any. The database refuses to take a row away, and ``verify`` looks for each.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from kakehashi.kernel.audit.chain import canonical
from kakehashi.kernel.audit.models import AuditEntry, AuditHead, NamedAmong, Unlisted

EACH = {"sqlite": "json_each(%s)", "postgresql": "jsonb_array_elements_text(%s::jsonb)"}
INSERT = (
    "INSERT INTO audit_namedamong (subject_type, sequence, subject_id) "
    "SELECT %s, %s, value FROM {each} WHERE true ORDER BY value ON CONFLICT DO NOTHING"
)
"""In the order of the table's key: a long list goes into each page of it once."""
LEAVE = "INSERT INTO audit_unlisted (reached, until, to_the_head) VALUES (%s, %s, %s)"
ARRAYS = {
    "sqlite": {"arrays": "json_each(%s)", "texts": "json_each(one.ids) AS thing"},
    "postgresql": {
        "arrays": "jsonb_array_elements(%s::jsonb)",
        "texts": "jsonb_array_elements_text(one.ids) AS thing(value)",
    },
}
WITHOUT = (
    "WITH one AS MATERIALIZED "
    "(SELECT CAST(value ->> 0 AS bigint) AS number, value ->> 1 AS type, value -> 2 AS ids FROM {arrays}) "
    "SELECT number, count(*) FROM one CROSS JOIN {texts} WHERE (SELECT 1 FROM audit_namedamong "
    "WHERE subject_type = one.type AND subject_id = thing.value AND sequence = one.number) IS NULL "
    "GROUP BY number ORDER BY number"
)
"""A scalar subquery, so that PostgreSQL asks the key for each thing rather than reading the whole table each time."""
MOST_WITH_THE_ENTRY = 500
"""So many rows are written at most while the head of the chain is held: every other writer of the node waits for it."""
AT_ONCE = 5000
"""After so many rows for older entries a transaction ends: writers wait for it, on SQLite."""
MOST_STRETCHES = 100
"""Where more are waiting they are searched as one, from the first to the last."""

Named = tuple[str, int, str]
"""(subject type, number of the entry, its ``subject_ids``)."""


def list_subjects(cursor: Any, entries: Sequence[Named]) -> None:
    """Write the rows of entries that name several things."""
    if entries:
        cursor.executemany(INSERT.format(each=EACH[connection.vendor]), entries)


def list_or_leave(cursor: Any, entries: Sequence[Named]) -> None:
    """With the entries themselves: write their rows where these are few, else leave the stretch to the worker."""
    if sum(ids.count(",") + 1 for _type, _number, ids in entries) <= MOST_WITH_THE_ENTRY:
        list_subjects(cursor, entries)
    else:
        cursor.execute(LEAVE, [entries[0][1] - 1, entries[-1][1], False])


def without_rows(entries: Sequence[Named]) -> list[tuple[int, int]]:
    """Which of these entries, read before, lack rows and wait for none: (number, things it is not found by)."""
    waiting = _stretches()  # before the rows: what is listed in between has them then
    asked = [one for one in entries if not any(after < one[1] <= until for after, until in waiting)]
    if not asked:
        return []
    given = ",".join(f"[{number},{canonical(kind)},{ids}]" for kind, number, ids in asked)
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT.format(**ARRAYS[connection.vendor]), [f"[{given}]"])
        return [(int(number), int(things)) for number, things in cursor.fetchall()]


def numbers_about(subject_type: str, subject_id: str) -> QuerySet[Any, Any]:
    """The numbers of the entries that name a thing, alone or among others."""
    alone = AuditEntry.objects.filter(subject_type=subject_type, subject_id=subject_id)
    among = NamedAmong.objects.filter(subject_type=subject_type, subject_id=subject_id)
    ways = [alone.order_by().values("sequence"), among.values("sequence")]
    waiting = Q()
    for after, until in _stretches():
        waiting |= Q(sequence__gt=after, sequence__lte=until)
    if waiting:
        unlisted = AuditEntry.objects.filter(waiting, subject_type=subject_type).exclude(subject_ids="").order_by()
        ways.append(unlisted.filter(subject_ids__contains=canonical(subject_id)).values("sequence"))
    return ways[0].union(*ways[1:], all=True)


def _stretches() -> list[tuple[int, int]]:
    """(after, until) of the parts of the trail that have no rows yet, in order and apart."""
    apart: list[tuple[int, int]] = []
    for after, until in Unlisted.objects.order_by("reached", "until").values_list("reached", "until"):
        if apart and after <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(until, apart[-1][1]))
        else:
            apart.append((after, until))
    return apart if len(apart) <= MOST_STRETCHES else [(apart[0][0], apart[-1][1])]


def list_anew() -> None:
    """Have the whole trail listed again: until that is done all of it is searched as text."""
    head = AuditHead.objects.filter(pk=1).first()
    if head is not None:
        Unlisted.objects.create(reached=0, until=head.sequence, to_the_head=False)


def list_older() -> Unlisted | None:
    """Give the next entries that wait their rows, some ``AT_ONCE``; how far that was, None where nothing was left."""
    with transaction.atomic():
        unlisted = Unlisted.objects.select_for_update().order_by("pk").first()
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
        if unlisted.reached >= unlisted.until and unlisted.to_the_head:
            head = AuditHead.objects.get(pk=1).sequence
            unlisted.until, unlisted.to_the_head = max(head, unlisted.until), False
        if unlisted.reached < unlisted.until:
            unlisted.save()
        else:
            Unlisted.objects.filter(pk=unlisted.pk).delete()
    return unlisted


def _several(after: int, until: int) -> QuerySet[AuditEntry]:
    """The entries of these numbers that name several things."""
    found = AuditEntry.objects.filter(sequence__gt=after, sequence__lte=until)
    return found.exclude(subject_ids="").order_by()
