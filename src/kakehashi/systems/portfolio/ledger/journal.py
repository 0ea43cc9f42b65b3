"""The journal as a table: one row a movement, with everything that its entry and its two accounts say."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from kakehashi.systems.portfolio.models import Entry, Movement

READ_AT_ONCE = 5_000
FIELDS = {
    "entry": "entry__number",
    "on": "entry__on",
    "fiscal_year": "entry__fiscal_year",
    "kind": "entry__kind",
    "corrects": "entry__corrects__number",
    "reference": "entry__reference",
    "memo": "entry__memo",
    "appropriation": "source__appropriation__code",
    "ministry": "source__appropriation__ministry",
    "budget": "source__appropriation__kind",
    "from": "source__kind",
    "from_year": "source__fiscal_year",
    "from_programme": "source__programme__code",
    "from_award": "source__award__number",
    "from_institution": "source__organisation__code",
    "to": "target__kind",
    "to_year": "target__fiscal_year",
    "to_programme": "target__programme__code",
    "to_award": "target__award__number",
    "to_institution": "target__organisation__code",
    "amount_yen": "amount_yen",
    "recorded_at": "entry__recorded_at",
}


def movements_of(entries: QuerySet[Entry] | None = None) -> Iterator[tuple[object, ...]]:
    """Every movement of some entries (all of them), in the order in which they took effect; read as one goes."""
    rows = Movement.objects.order_by("pk")
    if entries is not None:
        rows = rows.filter(entry__in=entries.order_by())
    yield from rows.values_list(*FIELDS.values()).iterator(chunk_size=READ_AT_ONCE)
