"""Searching."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Concat, StrIndex
from django.utils.functional import Promise

from kakehashi.kernel import audit
from kakehashi.kernel.people.queries import organisation_ids_of
from kakehashi.kernel.search import bigrams
from kakehashi.kernel.search.kinds import SearchKind, registered
from kakehashi.kernel.search.models import SearchEntry

SQL = {  # the newest first; the sum keeps PostgreSQL from reading every text along the key instead of asking the index
    "sqlite": (
        "SELECT entry.id FROM search_fts texts CROSS JOIN search_searchentry entry ON entry.id = texts.rowid "
        "WHERE search_fts MATCH %s AND texts.rowid < %s AND entry.kind = %s ORDER BY texts.rowid DESC LIMIT %s"
    ),
    "postgresql": (
        "SELECT id FROM search_searchentry WHERE to_tsvector('simple', bigrams) @@ to_tsquery('simple', %s) "
        "AND id < %s AND kind = %s ORDER BY id + 0 DESC LIMIT %s"
    ),
}
KEYS = {"sqlite": "SELECT value FROM json_each(%s)", "postgresql": "SELECT unnest(%s::bigint[])"}
"""Many keys as one parameter: Django takes thirty microseconds over each of a list."""
FIRST, SECOND = 200, 2000
"""So many of the newest entries that the index finds are looked at, one number after the other, then the rest."""
AT_ONCE = 10_000
"""Of the rest, so many at once: hardly any of the newest may be seen, and asking costs more than rows."""
LAST = 2**63 - 1


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    kind: str
    kind_label: str | Promise
    object_id: str
    title: str
    link: str
    note: str = ""


def matching(text: str, kind: str) -> QuerySet[SearchEntry]:
    """The entries of a kind that hold every word of the text, newest first, whoever may see them."""
    return _in_its_order(_entries(_found(text, kind)).order_by("-pk"), text)


def _entries(keys: list[int]) -> QuerySet[SearchEntry]:
    """The entries of these keys, however many."""
    given = json.dumps(keys) if connection.vendor == "sqlite" else keys
    return SearchEntry.objects.filter(pk__in=RawSQL(KEYS[connection.vendor], [given]))  # noqa: S611  a parameter


def _found(text: str, kind: str, *, before: int = LAST, most: int = LAST) -> list[int]:
    """The keys of the newest that the database's index finds, of those ``before`` one.

    They hold the telling words; on PostgreSQL every pair of these, in any order.
    """
    query = (bigrams.tsquery if connection.vendor == "postgresql" else bigrams.fts5_query)(text)
    if not query:
        return []
    with connection.cursor() as cursor:
        cursor.execute(SQL[connection.vendor], [query, before, kind, most])
        return [pk for (pk,) in cursor.fetchall()]


def _in_its_order(entries: QuerySet[SearchEntry], text: str) -> QuerySet[SearchEntry]:
    """Those that hold the words whole and the single characters: the whole text of each is unpacked for that."""
    for number, phrase in enumerate(bigrams.phrases(text)):
        whole = Concat(Value(" "), "bigrams", Value(" "), output_field=TextField())
        place = StrIndex(whole, Value(phrase))
        entries = entries.alias(**{f"place_{number}": place}).filter(**{f"place_{number}__gt": 0})
    return entries


def outdated(kind: str, version: str) -> QuerySet[SearchEntry]:
    """The entries of a kind whose texts were made with something else; by an index, since mostly there are none."""
    none, older, newer = _other_than(kind, version)
    return SearchEntry.objects.filter(none | older | newer)


def _other_than(kind: str, version: str) -> tuple[Q, Q, Q]:
    return Q(kind=kind, version=None), Q(kind=kind, version__lt=version), Q(kind=kind, version__gt=version)


def is_incomplete() -> bool:
    """Whether texts of some kind are still to be made anew: until then what they should say is not found."""
    return any(kind.version and is_outdated(kind.name, kind.version()) for kind in registered())


def is_outdated(kind: str, version: str) -> bool:
    """Whether any entry of a kind is ``outdated``: asked one by one, or SQLite looks through every entry."""
    return any(SearchEntry.objects.filter(one).exists() for one in _other_than(kind, version))


def visible(person: Any, kind: SearchKind, entries: QuerySet[SearchEntry]) -> QuerySet[SearchEntry]:
    """Of entries of a kind those whose things and texts this person may see, each looked up by its primary key."""
    seen = kind.visible_to(person).order_by()
    key = Cast(OuterRef("object_id"), seen.model._meta.pk)
    if kind.rules is not None:
        own = Q(organisation_id__in=organisation_ids_of(person))
        entries = entries.filter(Q(version__startswith=kind.rules()) | own)
    return entries.filter(Exists(seen.filter(pk=key)))


def search(person: Any, text: str, *, limit: int = 20) -> list[Hit]:
    """The newest ``limit`` things of each kind that hold every word and that this person may see.

    What is named so comes first, and alone where it is one thing.

    That they were shown is recorded in the audit trail (``<kind>.find``), never what was typed.
    """
    hits: list[Hit] = []
    for kind in registered():
        ids = _named(person, kind, text)
        if len(ids) != 1:
            begun = _begun(person, kind, text, limit)
            ids = list(dict.fromkeys([*ids, *begun, *_held(person, kind, text, limit)]))[:limit]
        if not ids:
            continue
        found = {str(one.pk): one for one in kind.visible_to(person).filter(pk__in=ids)}
        shown = [found[object_id] for object_id in ids if object_id in found]
        audit.read_of(person, kind.name, shown, action=f"{kind.name}.find")
        hits += [_hit(kind, one) for one in shown]
    return hits


def _held(person: Any, kind: SearchKind, text: str, limit: int) -> list[str]:
    """The ids of the newest ``limit`` things that this person may see and whose texts hold every word.

    Cheapest question first, and none of more entries than need be: a word may be in a tenth of a million texts.
    """
    held: list[str] = []
    for some in _newest_first(text, kind.name):
        keys = list(visible(person, kind, _entries(some)).values_list("pk", flat=True))
        keys.sort(reverse=True)
        part = 2 * limit
        while keys:
            held += _in_its_order(_entries(keys[:part]).order_by("-pk"), text).values_list("object_id", flat=True)
            if len(held) >= limit:
                return held[:limit]
            keys, part = keys[part:], 2 * part
    return held


def _newest_first(text: str, kind: str) -> Iterator[list[int]]:
    first = _found(text, kind, most=FIRST + SECOND)
    yield first[:FIRST]
    yield first[FIRST:]
    if len(first) < FIRST + SECOND:
        return
    rest = _found(text, kind, before=first[-1])
    for start in range(0, len(rest), AT_ONCE):
        yield rest[start : start + AT_ONCE]


def _named(person: Any, kind: SearchKind, text: str) -> list[str]:
    """The ids of the things whose name the text is, whole."""
    if kind.named is None or not text.strip():
        return []
    found = kind.named(kind.visible_to(person), text.strip()).order_by("pk")
    return [str(pk) for pk in found.values_list("pk", flat=True)]


def _begun(person: Any, kind: SearchKind, text: str, limit: int) -> list[str]:
    """The ids of the newest things whose name begins with the text, for those who may know the name."""
    if kind.begun is None or not text.strip():
        return []
    return [str(pk) for pk in kind.begun(person, text.strip()).order_by("-pk").values_list("pk", flat=True)[:limit]]


def _hit(kind: SearchKind, one: Any) -> Hit:
    note = kind.note(one) if kind.note else ""
    return Hit(kind.name, kind.label, str(one.pk), kind.title(one), kind.link(one), note)
