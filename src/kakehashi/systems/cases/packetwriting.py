"""A case as a phenopacket: the one it came in with what the case says now in its place, or a new one.

Only what the case says otherwise is replaced; everything else of an original stays as it came. What a phenopacket has
no place for (see ``packets.CARRIED``) goes into a reference of its own, so that reading the packet gives the same case.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from kakehashi.protocols.phenopacket import Phenopacket
from kakehashi.protocols.phenopacket.clinical import PhenotypicFeature
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.description import Description, Diagnosis, Finding
from kakehashi.systems.cases.packetmeta import declare_vocabularies
from kakehashi.systems.cases.packets import (
    CARRIED,
    CARRIED_ID,
    SEXES,
    ZYGOSITIES,
    ZYGOSITY,
    description_of,
    findings_of,
)

Tree = dict[str, Any]


def as_packet(*, packet_id: str, description: Description, created: str, original: str | None = None) -> Phenopacket:
    """The case as a packet; reading it gives the same description."""
    tree: Tree = json.loads(original) if original else {}
    before = description_of(Phenopacket.model_validate(tree)) if original else None
    if before == description:
        return Phenopacket.model_validate(tree)
    tree.setdefault("id", packet_id)
    tree["subject"] = _subject(tree.get("subject") or {"id": packet_id}, description, before)
    meta_data = tree["metaData"] = tree.get("metaData") or _meta_data(created)
    if _changed(before, description, "findings", "inheritance"):
        tree["phenotypicFeatures"] = _features(tree.get("phenotypicFeatures", ()), description)
    if _changed(before, description, "diagnoses", "onset"):
        tree["diseases"] = [*_diseases(description), *(one for one in tree.get("diseases", ()) if one.get("excluded"))]
    if _changed(before, description, "genes", "variants", "diagnoses"):
        tree["interpretations"] = _interpretations(packet_id, description)
    if _changed(before, description, "sources"):
        meta_data["externalReferences"] = [{"id": source} for source in description.sources]
    _carry(tree, description)
    declare_vocabularies(tree)
    return Phenopacket.model_validate({key: value for key, value in tree.items() if value not in ([], None)})


def _changed(before: Description | None, now: Description, *fields: str) -> bool:
    return before is None or any(getattr(before, field) != getattr(now, field) for field in fields)


def _subject(subject: Tree, description: Description, before: Description | None) -> Tree:
    """The original's subject with what is said otherwise now; what is no longer said goes."""
    said = {
        "sex": {ours: theirs for theirs, ours in SEXES.items()}.get(description.sex),
        "dateOfBirth": f"{description.birth}-01T00:00:00Z" if len(description.birth) == 7 else None,
        "timeAtLastEncounter": {"age": {"iso8601duration": description.age}} if description.age else None,
    }
    for field, name in (("sex", "sex"), ("birth", "dateOfBirth"), ("age", "timeAtLastEncounter")):
        if _changed(before, description, field):
            subject = {key: value for key, value in subject.items() if key != name} | _said({name: said[name]})
    return subject


def _features(originals: Iterable[Tree], description: Description) -> list[Tree]:
    """The findings, each as it came if it still says the same, and the modes of inheritance."""
    came = {
        finding: original
        for original in originals
        for finding in findings_of([PhenotypicFeature.model_validate(original)])
    }
    modes = [{"type": _class(term)} for term in description.inheritance if vocabulary.is_inheritance(term)]
    return [*(came.get(finding) or _feature(finding) for finding in description.findings), *modes]


def _diseases(description: Description) -> list[Tree]:
    return [
        {"term": _disease(one)} | ({"onset": _time(description.onset)} if at == 0 and description.onset else {})
        for at, one in enumerate(description.diagnoses)
    ]


def _carry(tree: Tree, description: Description) -> None:
    """Put beside the packet what it does not say by itself."""
    meta_data = tree["metaData"]
    references = [one for one in meta_data.get("externalReferences", ()) if one.get("id") != CARRIED_ID]
    meta_data["externalReferences"] = references
    said = description_of(Phenopacket.model_validate(tree))
    lacking = {field for field in CARRIED if getattr(said, field) != getattr(description, field)}
    if lacking:
        text = json.dumps(description.model_dump(mode="json", include=lacking), ensure_ascii=False, sort_keys=True)
        references.append({"id": CARRIED_ID, "description": text})
    if not references:
        del meta_data["externalReferences"]


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value}


def _class(term: str, kept: str = "") -> dict[str, str]:
    label = vocabulary.term_label(term, kept)
    return {"id": term} | ({"label": label} if label != term else {})


def _disease(diagnosis: Diagnosis) -> dict[str, str]:
    return {"id": diagnosis.disease, "label": diagnosis.label or vocabulary.disease_label(diagnosis.disease)}


def _time(moment: str) -> dict[str, Any]:
    return {"ontologyClass": _class(moment)} if moment.startswith("HP:") else {"age": {"iso8601duration": moment}}


def _feature(finding: Finding) -> dict[str, Any]:
    return {"type": _class(finding.term, finding.label)} | _said(
        {
            "excluded": finding.excluded,
            "severity": _class(finding.severity) if finding.severity else None,
            "modifiers": [_class(modifier) for modifier in finding.modifiers],
            "onset": _time(finding.onset) if finding.onset else None,
            "description": finding.note,
        }
    )


def _gene(symbol: str) -> dict[str, str]:
    return {"valueId": vocabulary.gene_id(symbol) or symbol, "symbol": symbol}


def _interpretations(packet_id: str, description: Description) -> list[dict[str, Any]]:
    readings: list[dict[str, Any]] = [
        {
            "subjectOrBiosampleId": packet_id,
            "interpretationStatus": "CANDIDATE",
            "gene": _gene(symbol),
        }
        for symbol in description.genes
    ]
    states = {ours: code for code, ours in ZYGOSITIES.items()}
    for number, variant in enumerate(description.variants, 1):
        told = {"id": f"variant-{number}", "moleculeContext": "genomic"} | _said(
            {
                "label": variant.note,
                "geneContext": _gene(variant.gene) if variant.gene else None,
                "expressions": [{"syntax": "hgvs.c", "value": variant.hgvs}] if variant.hgvs else None,
                "vcfRecord": {
                    "genomeAssembly": variant.assembly,
                    "chrom": variant.chromosome,
                    "pos": str(variant.position),
                    "ref": variant.reference,
                    "alt": variant.alternate,
                }
                if variant.position
                else None,
                "allelicState": {"id": states[variant.zygosity], "label": variant.zygosity}
                if variant.zygosity in states
                else None,
                "extensions": [{"name": ZYGOSITY, "value": variant.zygosity}]
                if variant.zygosity not in (*states, "unknown")
                else None,
            }
        )
        readings.append(
            {
                "subjectOrBiosampleId": packet_id,
                "interpretationStatus": "CANDIDATE",
                "variantInterpretation": {"variationDescriptor": told},
            }
        )
    if not readings and not description.diagnoses:
        return []
    solved = description.diagnoses[0] if description.diagnoses else None
    diagnosis = _said({"disease": _disease(solved) if solved else None, "genomicInterpretations": readings})
    status = "SOLVED" if solved else "UNSOLVED"
    return [{"id": packet_id, "progressStatus": status, "diagnosis": diagnosis}]


def _meta_data(created: str) -> dict[str, Any]:
    return {"created": created, "createdBy": "Kakehashi", "phenopacketSchemaVersion": "2.0"}
