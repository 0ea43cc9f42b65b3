"""Cases in and out of other forms: what may be entered, and a case as a phenopacket."""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel.errors import Invalid
from kakehashi.protocols.phenopacket import Phenopacket, patients
from kakehashi.systems.cases import genenames, queries, vocabulary
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.packets.meta import marked
from kakehashi.systems.cases.packets.reading import UnusablePacket, read_packet
from kakehashi.systems.cases.packets.writing import as_packet


def with_known_terms(description: Description, *, at: str = "description") -> Description:
    """The same under current ids and gene symbols: old ones are mapped. ``at``: its place in what was sent.

    Entered by people, a description holds phenotypic abnormalities of this node's release only (imported ones may hold
    terms of another release). Raises Invalid naming each finding that is none, and terms that turn out to be the same.
    """
    ontology = vocabulary.knowledge().ontology
    problems: dict[str, list[str]] = {}
    findings, seen = [], set()
    for place, finding in enumerate(description.findings):
        found, field = ontology.resolve(finding.term), f"{at}.findings.{place}.term"
        named = {"id": finding.term, "label": found.label, "now": found.id}
        if found.index is None:
            problems[field] = [_("%(id)s is no term of this node's HPO release.") % named]
        elif not ontology.is_phenotype(found.index):
            problems[field] = [_("%(id)s (%(label)s) is no finding; use the field meant for it.") % named]
        elif found.id in seen:
            problems[field] = [_("%(id)s is %(now)s, which is given already.") % named]
        seen.add(found.id)
        findings.append(finding.model_copy(update={"term": found.id}))
    if problems:
        raise Invalid(problems)
    genes = tuple(dict.fromkeys(map(genenames.current_gene, description.genes)))
    variants = tuple(
        one.model_copy(update={"gene": genenames.current_gene(one.gene)}) if one.gene else one
        for one in description.variants
    )
    return description.model_copy(update={"findings": tuple(findings), "genes": genes, "variants": variants})


def unregistered_patient(description: Description | None, phenopacket: dict[str, Any] | None) -> Description:
    """A patient who was sent to be ranked or compared, in our words. Raises Invalid naming what is wrong where."""
    if description is not None:
        return description
    if phenopacket is None:
        raise Invalid({"description": [_("Describe the patient: give a description, or a phenopacket.")]})
    entries = list(patients(io.BytesIO(json.dumps(phenopacket).encode()), "phenopacket", form="json"))
    if len(entries) != 1:
        raise Invalid({"phenopacket": [_("Give one patient at a time.")]})
    packet, problems = entries[0].document, entries[0].problems
    japanese = vocabulary.language() == "ja"
    if packet is None:
        faults: dict[str, list[str]] = {}
        for one in problems:
            text = f"{one.ja}。{one.hint_ja}" if japanese else f"{one.en}; {one.hint_en}"
            faults.setdefault(one.path.replace("$", "phenopacket", 1), []).append(text)
        raise Invalid(faults)
    try:
        # an id is asked for where a case is kept under it, not here
        return read_packet(packet if packet.id else packet.model_copy(update={"id": "patient"})).description
    except UnusablePacket as error:
        field = error.path.replace("$", "phenopacket", 1)
        raise Invalid({field: [error.ja if japanese else error.en]}) from None


def phenopacket_of(case: Case) -> Phenopacket:
    """A case as a GA4GH phenopacket, with all that an imported one came with."""
    return next(phenopackets_of([case]))


def phenopackets_of(cases: Collection[Case]) -> Iterator[Phenopacket]:
    """Cases as GA4GH phenopackets, in their order; the originals of all of them are fetched at once."""
    originals = queries.original_packets(cases)
    for case in cases:
        original = originals.get(case.pk)
        packet = as_packet(
            packet_id=case.public_id,
            description=case.described,
            created=timezone.localtime(case.created_at).isoformat(timespec="seconds"),
            original=original.content if original else None,
        )
        yield marked(packet) if case.synthetic else packet
