"""Which lists name a disease, as far as this node can tell: so that a diagnosis is not counted as on none by omission.

No table of the house leads from OMIM to Orphanet, and only the designated list, where it is installed, to its numbers.
What else is known: the diseases of both that bear one name and no different genes, the numbered forms of one by a gene
of both, and the numbers given with diagnoses that one may use beyond the care of their own patients.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import F, Q, QuerySet

from kakehashi.engines.phenotype.diseases import Diseases
from kakehashi.systems.cases import designated, rules, vocabulary
from kakehashi.systems.cases.models import Case, CaseDiagnosis

ORPHANET = "ORPHA"
IN_BRACKETS = re.compile(r"\(([^()]+)\)")
NUMBER = re.compile(r",?\s+(?:type\s+)?\d+[A-Za-z]?\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Listed:
    """A disease's Orphanet id and its number on the designated list; "" where this node knows none."""

    orphanet: str = ""
    designated: str = ""

    def __bool__(self) -> bool:
        return bool(self.orphanet or self.designated)


def listed_as(person: Any, disease: str) -> Listed:
    """The numbers to offer for a disease given by its id; people decide."""
    orphanet = disease if on_orphanet(disease) else _same_name(disease)
    ids = list(filter(None, (disease, orphanet)))
    on_list = designated.listing(ids, [vocabulary.disease_label(one) for one in ids])
    if on_list is not None and not orphanet:
        orphanet = next((one for one in on_list.references if on_orphanet(one)), "")
    known = numbers_given(person, disease, orphanet).values_list("orphanet", "designated")[:20]
    given = next((number for _one, number in known if number), "")
    return Listed(
        orphanet or next((one for one, _number in known if one), ""), on_list.number if on_list is not None else given
    )


def numbers_given(person: Any, disease: str, orphanet: str = "") -> QuerySet[CaseDiagnosis]:
    """The diagnoses of a disease that stand and bear a number, latest first: of cases one may use for other patients.

    What is open to someone for the care of its patient alone tells them nothing of others.
    """
    same = Q(disease=disease)
    if orphanet:
        same |= Q(disease=orphanet) | Q(orphanet=orphanet)
    usable = Case.objects.filter(rules.usable_by(person))
    rows = CaseDiagnosis.objects.filter(same, case__in=usable, reopened_at=None).exclude(orphanet="", designated="")
    return rows.order_by((F("pk") + 0).desc())  # reckoned: by the key's own index every diagnosis would be read


def on_orphanet(disease: str) -> bool:
    """Whether an id is one of Orphanet's."""
    return disease.upper().startswith(("ORPHA:", "ORPHANET:"))


def _same_name(disease: str) -> str:
    """The disease of Orphanet that bears the name, or of which the numbered one is a form by a gene of both."""
    known = vocabulary.knowledge()
    at = known.diseases.index(disease)
    if at is None:
        return ""
    genes, label = set(known.diseases.symbols(at)), known.diseases.label(at)
    names = _orphanet_names(known.fingerprint)
    for name, is_form in [(one, False) for one in (label, *IN_BRACKETS.findall(label))] + [
        (NUMBER.sub("", label), True)
    ]:
        found = names.get(_plain(name))
        if found is None:
            continue
        theirs = set(known.diseases.symbols(found))
        if genes & theirs or not (is_form or (genes and theirs)):
            return known.diseases.ids[found]
    return ""


@lru_cache(maxsize=2)
def _orphanet_names(fingerprint: str) -> dict[str, int]:
    """Orphanet's diseases of a release by name; not those that share one."""
    diseases: Diseases = vocabulary.knowledge().diseases
    names: dict[str, list[int]] = {}
    for at in diseases.source_mask({ORPHANET}).nonzero()[0].tolist():
        names.setdefault(_plain(diseases.label(at)), []).append(at)
    return {name: found[0] for name, found in names.items() if len(found) == 1}


def _plain(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.casefold()))
