"""Diseases as people type and choose them: by name in either language, OMIM, Orphanet or designated-list number.

One way for every form and the API: what is offered while one types, and what is meant by what was typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kakehashi.protocols.designated import plain_number
from kakehashi.systems.cases import designated, vocabulary
from kakehashi.systems.cases.models import DesignatedDisease
from kakehashi.systems.cases.vocabulary import DESIGNATED_PREFIX, NEW_PREFIX

BARE_ID = re.compile(r"([A-Za-z]+)\s*:\s*([A-Za-z0-9_.-]{1,40})", re.ASCII)
WITH_ID = re.compile(r".*[(（]\s*([^()（）]+?)\s*[)）]|([A-Za-z]+:[A-Za-z0-9_.-]+)\s.*", re.DOTALL)
"""A name with its number behind it, as ``disease_said`` writes it, or before it."""
ALSO = {"ORPHANET": "ORPHA", "MIM": "OMIM"}
EXACT = {"id", "label", "synonym"}
MEANT_AT_MOST = 3


@dataclass(frozen=True)
class OfferedDisease:
    """A disease that may be meant. ``kind``: by what it was found (``matched``); ``designated``: its number, or ""."""

    id: str
    label: str
    label_ja: str
    matched: str
    kind: str
    designated: str = ""


def offered_diseases(text: str, *, limit: int = 20) -> list[OfferedDisease]:
    """The diseases that fit what was typed so far, those of the designated list by number or name among them."""
    known = vocabulary.knowledge().diseases
    found: dict[str, OfferedDisease] = {}
    for row in designated.found_by(text, limit=limit):
        places = [place for one in row.references if (place := known.index(one)) is not None]
        for place in places:
            disease = known.ids[place]
            name_ja = known.labels_ja[place] or row.name
            found.setdefault(
                disease, OfferedDisease(disease, known.label(place), name_ja, row.name, "designated", row.number)
            )
        if not places:
            made = f"{DESIGNATED_PREFIX}:{row.number}"
            found[made] = OfferedDisease(made, row.label("en"), row.name, row.name, "designated", row.number)
    by_number = [one for one in found.values() if one.designated == plain_number(text)]
    others = {
        hit.id: OfferedDisease(hit.id, known.label(hit.index), known.labels_ja[hit.index], hit.matched, hit.rank)
        for hit in vocabulary.find_diseases(text, limit=limit)
        if hit.id not in found
    }
    exact = [one for one in others.values() if one.kind in EXACT]
    return list(dict.fromkeys([*by_number, *exact, *found.values(), *others.values()]))[:limit]


def disease_named(typed: str) -> str:
    """The id of the disease that was typed: an id, a name with one, or an exact name in either language.

    Raises Django's ValidationError, which says what may be meant.
    """
    text = typed.strip()
    with_id = WITH_ID.fullmatch(text)
    behind = (with_id[1] or with_id[2]) if with_id else ""
    for written in filter(None, (text, behind)):
        if (found := _by_id(written)) is not None:
            return found
    if (row := designated.exactly(text) or (designated.exactly(behind) if behind else None)) is not None:
        return reference_of(row)
    hits = [hit for hit in vocabulary.find_diseases(text, limit=5) if hit.rank in EXACT]
    if hits and designated.numbered(plain_number(text)) is None:  # 167 may be Orphanet's or the list's: that is asked
        return hits[0].id
    meant = [vocabulary.disease_said(one.id) for one in offered_diseases(text, limit=MEANT_AT_MOST)]
    if meant:
        said = _("“%(typed)s” is no disease's id or exact name. Did you mean: %(meant)s")
        raise ValidationError(said % {"typed": text[:80], "meant": " · ".join(meant)})
    raise ValidationError(_("Give the disease's id, such as OMIM:154700, or its exact name."))


def reference_of(row: DesignatedDisease) -> str:
    """By which id a disease of the designated list goes here: one that this node knows, else its number."""
    known = vocabulary.knowledge().diseases
    return next((one for one in row.references if known.index(one) is not None), f"{DESIGNATED_PREFIX}:{row.number}")


def _by_id(written: str) -> str | None:
    """The id in our spelling; None for what is none. What the node does not know may be an id all the same."""
    known = vocabulary.knowledge().diseases
    place = known.index(written)
    if place is not None:
        return known.ids[place]
    found = BARE_ID.fullmatch(written)
    if found is None:
        return None
    prefix = ALSO.get(found[1].upper(), found[1].upper())
    if prefix == NEW_PREFIX:
        raise ValidationError(_("A new disease is named by its name; its id is this node's own."))
    return f"{prefix if prefix in ('OMIM', 'ORPHA', DESIGNATED_PREFIX) else found[1]}:{found[2]}"
