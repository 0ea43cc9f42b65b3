"""Keeping the index: called by the owning system's actions, in their transaction."""

from collections.abc import Iterable, Sequence
from typing import Any

from kakehashi.kernel.search.bigrams import indexed
from kakehashi.kernel.search.models import SearchEntry


def index(
    kind: str, object_id: object, texts: Iterable[str], *, organisation: Any = None, version: str | None = None
) -> None:
    """Make a thing findable by these texts, in place of those before.

    ``version`` names what the texts were made with (labels, synonyms): what ``queries.outdated`` asks for.
    """
    index_many(kind, [(object_id, texts, organisation)], version=version)


def index_many(kind: str, things: Sequence[tuple[object, Iterable[str], Any]], *, version: str | None = None) -> None:
    """The same for many: (id, texts, organisation or its id) each."""
    rows = [
        SearchEntry(
            kind=kind,
            object_id=str(object_id),
            organisation_id=getattr(organisation, "pk", organisation),
            bigrams=indexed(texts),
            version=version,
        )
        for object_id, texts, organisation in things
    ]
    SearchEntry.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["kind", "object_id"],
        update_fields=["organisation_id", "bigrams", "version", "updated_at"],
    )


def forget(kind: str, object_id: object) -> None:
    """Make a thing unfindable."""
    SearchEntry.objects.filter(kind=kind, object_id=str(object_id)).delete()
