"""The whole lineage of an award: all awards that it came from and led to, with their links and events."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from kakehashi.systems.portfolio.models import Award, AwardEvent, AwardLink

MOST = 60
"""So many awards of one lineage are shown."""


@dataclass(frozen=True)
class Traced:
    """Awards in the order in which they began, the links between them, and what happened."""

    awards: tuple[Award, ...]
    links: tuple[AwardLink, ...]
    events: tuple[AwardEvent, ...]


def lineage_of(award: Award, among: QuerySet[Award] | None = None) -> Traced:
    """Everything that is linked with an award, over as many links as there are (at most MOST awards); ``among``: only
    these awards, and what is linked over them alone."""
    known, edge = {award.pk}, {award.pk}
    while edge and len(known) < MOST:
        pairs = _links(edge, among).values_list("before_id", "after_id")
        edge = {one for pair in pairs for one in pair} - known
        known |= edge
    links = AwardLink.objects.filter(before__in=known, after__in=known)
    awards = Award.objects.filter(pk__in=known).select_related("programme", "organisation").order_by("begins", "number")
    return Traced(
        tuple(awards),
        tuple(links.select_related("before", "after", "noted_by").order_by("before__begins", "after__begins")),
        tuple(AwardEvent.objects.filter(award__in=known).select_related("award")),
    )


def leads_to(before: Award, after: Award) -> bool:
    """Whether one award led to another, over any number of links."""
    known, edge = {before.pk}, {before.pk}
    while edge:
        onward = AwardLink.objects.filter(before__in=edge).values_list("after_id", flat=True)
        edge = set(onward) - known
        known |= edge
    return after.pk in known


def _links(of: Collection[int], among: QuerySet[Award] | None) -> QuerySet[AwardLink]:
    rows = AwardLink.objects.filter(Q(before__in=of) | Q(after__in=of))
    if among is None:
        return rows
    keys = among.order_by().values("pk")
    return rows.filter(before__in=keys, after__in=keys)
