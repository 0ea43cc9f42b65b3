"""Searching."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from django.utils.functional import Promise

from kakehashi.kernel import audit
from kakehashi.kernel.search import bigrams
from kakehashi.kernel.search.kinds import SearchKind, registered
from kakehashi.kernel.search.models import SearchEntry

SQL = {
    "sqlite": "SELECT rowid FROM search_fts WHERE search_fts MATCH %s",
    "postgresql": "SELECT id FROM search_searchentry WHERE to_tsvector('simple', bigrams) @@ to_tsquery('simple', %s)",
}
IN_ITS_ORDER = " AND strpos(' ' || bigrams || ' ', %s) > 0"


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    kind: str
    kind_label: str | Promise
    object_id: str
    title: str
    link: str
    note: str = ""


def matching(text: str) -> QuerySet[SearchEntry]:
    """The entries that hold every word of the text, newest first, whoever may see them."""
    on_postgresql = connection.vendor == "postgresql"
    query = bigrams.tsquery(text) if on_postgresql else bigrams.fts5_query(text)
    if not query:
        return SearchEntry.objects.none()
    phrases = bigrams.phrases(text) if on_postgresql else []
    statement = SQL[connection.vendor] + IN_ITS_ORDER * len(phrases)
    found = RawSQL(statement, [query, *phrases])  # noqa: S611  the query and the phrases are parameters
    return SearchEntry.objects.filter(pk__in=found).order_by("-updated_at", "-pk")


def outdated(kind: str, version: str) -> QuerySet[SearchEntry]:
    """The entries of a kind whose texts were made with something else."""
    return SearchEntry.objects.filter(kind=kind).exclude(version=version).order_by("pk")


def visible(person: Any, kind: SearchKind, entries: QuerySet[SearchEntry]) -> QuerySet[SearchEntry]:
    """The entries of a kind whose things this person may see: the database looks each one up by its primary key."""
    seen = kind.visible_to(person).order_by()
    key = Cast(OuterRef("object_id"), seen.model._meta.pk)
    return entries.filter(Exists(seen.filter(pk=key)), kind=kind.name)


def search(person: Any, text: str, *, limit: int = 20) -> list[Hit]:
    """The newest ``limit`` things of each kind that hold every word and that this person may see.

    What is named so comes first, and alone where it is one thing.

    That they were shown is recorded in the audit trail (``<kind>.find``), never what was typed.
    """
    hits: list[Hit] = []
    entries = matching(text)
    for kind in registered():
        ids = _named(person, kind, text)
        if len(ids) != 1:
            held = visible(person, kind, entries).values_list("object_id", flat=True)[:limit]
            ids = list(dict.fromkeys([*ids, *held]))[:limit]
        if not ids:
            continue
        found = {str(one.pk): one for one in kind.visible_to(person).filter(pk__in=ids)}
        shown = [found[object_id] for object_id in ids if object_id in found]
        audit.read_of(person, kind.name, shown, action=f"{kind.name}.find")
        hits += [_hit(kind, one) for one in shown]
    return hits


def _named(person: Any, kind: SearchKind, text: str) -> list[str]:
    """The ids of the things whose name the text is, whole."""
    if kind.named is None or not text.strip():
        return []
    found = kind.named(kind.visible_to(person), text.strip()).order_by("pk")
    return [str(pk) for pk in found.values_list("pk", flat=True)]


def _hit(kind: SearchKind, one: Any) -> Hit:
    note = kind.note(one) if kind.note else ""
    return Hit(kind.name, kind.label, str(one.pk), kind.title(one), kind.link(one), note)
