"""DOIs of awards: their metadata as a file, and keeping those that were registered."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.exporting import dois
from kakehashi.systems.portfolio.models import Award

MEDIA = {"crossref": ("application/xml", "xml"), "datacite": ("application/json", "json")}
"""Of each format its media type and the end of a file's name."""


def written(awards: Sequence[Award], shape: str, *, funder: str = "") -> bytes:
    """The metadata of awards as a file of a format of MEDIA. Raises Invalid as ``exporting.dois.grants``, or where
    there is no award."""
    if not awards:
        raise Invalid(_("There is no award to write yet."))
    made = dois.grants(awards, funder=funder)
    if shape == "crossref":
        agency = made[0].funder.label("en")
        return dois.crossref(made, now=timezone.now(), depositor=agency, email=settings.DEFAULT_FROM_EMAIL)
    return (json.dumps([dois.datacite(one) for one in made], ensure_ascii=False, indent=1) + "\n").encode()


def keep_dois(awards: Sequence[Award], *, by: Person | None) -> int:
    """Note that awards' DOIs were registered (``by=None``: the node's operator); answers how many were not noted.

    Raises NotAllowed, Invalid where the node has no prefix.
    """
    if by is not None:
        audit.insist(rules.may_register_awards(by), by=by, action="award.doi")
    with transaction.atomic(), audit.batch():
        kept = 0
        rows = Award.objects.select_for_update(of=("self",)).filter(pk__in=[award.pk for award in awards], doi="")
        fresh = list(rows)
        told = dois.dois_of(fresh)
        for one in fresh:
            one.doi = told[one.pk]
            one.save(update_fields=["doi"])
            audit.record(by, "award.doi", one, detail={"number": one.number, "doi": one.doi})
            kept += 1
    return kept
