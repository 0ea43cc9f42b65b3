"""What is published around an award: its lineage among published awards, and the outputs that count for it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from kakehashi.systems.portfolio.lineage.tracing import Traced, lineage_of
from kakehashi.systems.portfolio.models import Award, EventKind, Output, OutputKind
from kakehashi.systems.portfolio.outputs.counting import credits_in_force
from kakehashi.systems.portfolio.outputs.published import public_on, where_in_public
from kakehashi.systems.portfolio.outputs.references import address_of
from kakehashi.systems.portfolio.published import linked_data, published_awards, told

AS_WORKS = {OutputKind.PAPER: "ScholarlyArticle", OutputKind.DATASET: "Dataset"}
"""The kinds of outputs that schema.org has a type for."""
IN_SCRIPT = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def published_outputs(award: Award) -> list[Output]:
    """The outputs that count for an award today, latest first, as far as they are public."""
    today = timezone.localdate()
    credited = credits_in_force(today).filter(award=award).order_by()  # its few, not every output asked
    found = Output.objects.filter(public_on(today), pk__in=credited.values("output_id"))
    return list(found.order_by("-on", "pk"))


def published_lineage(award: Award) -> Traced:
    """The published awards that an award came from and led to, over published awards alone; no adjustment funds."""
    traced = lineage_of(award, published_awards())
    return replace(traced, events=tuple(one for one in traced.events if one.kind != EventKind.ADJUSTMENT))


def told_whole(award: Award) -> dict[str, Any]:
    """One award as plain values, with the awards next to it and its outputs."""
    links = published_lineage(award).links
    return told(award) | {
        "came_from": [one.before.number for one in links if one.after_id == award.pk],
        "led_to": [one.after.number for one in links if one.before_id == award.pk],
        "outputs": [
            {
                "kind": one.kind,
                "reference": one.reference,
                "title": one.title,
                "title_en": one.title_en,
                "where": where_in_public(one),
                "on": one.on.isoformat(),
                "address": address_of(one),
            }
            for one in published_outputs(award)
        ],
    }


def linked_whole(award: Award, address: str, outputs: list[Output]) -> dict[str, Any]:
    """An award as schema.org's Grant with the project and its published papers and datasets."""
    document = linked_data(award, address)
    works = [
        {
            "@type": AS_WORKS[OutputKind(one.kind)],
            "name": one.title_en or one.title or one.reference,
            "identifier": one.reference,
            "datePublished": one.on.isoformat(),
            **({"url": address_of(one)} if address_of(one) else {}),
        }
        for one in outputs
        if one.kind in AS_WORKS
    ]
    return document | {"fundedItem": [document["fundedItem"], *works]}


def as_script(document: dict[str, Any]) -> SafeString:
    """Linked data as it stands in a page, where search engines read it."""
    text = json.dumps(document, ensure_ascii=False).translate(IN_SCRIPT)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308  its signs of markup are escaped
