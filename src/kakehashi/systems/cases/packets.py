"""Phenopackets and descriptions: what a packet says in our words, and a case as a packet.

Reading keeps the original beside the description (models.Packet), so nothing is lost by what a description has no
place for. Writing starts from that original when there is one and replaces what the case says itself.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from kakehashi.protocols.phenopacket import Phenopacket, to_tree
from kakehashi.protocols.phenopacket.clinical import PhenotypicFeature
from kakehashi.protocols.phenopacket.elements import TimeElement
from kakehashi.protocols.phenopacket.genomic import GeneDescriptor, VariantInterpretation
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.description import AGE, Description, Diagnosis, Finding, Variant

SEXES = {"FEMALE": "female", "MALE": "male", "OTHER_SEX": "other"}
ZYGOSITIES = {
    "GENO:0000135": "heterozygous",
    "GENO:0000136": "homozygous",
    "GENO:0000134": "hemizygous",
    "GENO:0000402": "compound_heterozygous",
}
ASSEMBLIES = {"hg38": "GRCh38", "grch38": "GRCh38", "hg19": "GRCh37", "grch37": "GRCh37"}
PUBLICATION = re.compile(r"PMID[:_ ]?(\d{1,9})", re.IGNORECASE)
PLACES = {"findings": "$.phenotypicFeatures", "diagnoses": "$.diseases", "genes": "$.interpretations"}
PLACES |= {"variants": "$.interpretations", "sources": "$.metaData.externalReferences"}
"""Where a packet says what a description holds a limited number of."""
SYMBOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@/-]{0,39}")


@dataclass(frozen=True)
class ReadPacket:
    """A packet in our words. ``content`` is the packet itself as canonical JSON, ``sha256`` of that."""

    packet_id: str
    description: Description
    content: str
    sha256: str


class UnusablePacket(ValueError):
    """A well-formed packet that cannot become a case; English and Japanese, with the JSON path."""

    def __init__(self, path: str, en: str, ja: str) -> None:
        super().__init__(f"{path}: {en}")
        self.path, self.en, self.ja = path, en, ja


def read_packet(packet: Phenopacket) -> ReadPacket:
    """What a phenopacket says. Raises UnusablePacket when it has no id or says something impossible."""
    if not packet.id.strip() or len(packet.id) > 120:
        raise UnusablePacket(
            "$.id", "a packet needs an id of at most 120 characters", "120文字以内のパケットIDが必要です"
        )
    content = json.dumps(to_tree(packet), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        description = _description(packet)
    except ValidationError as error:
        raise _unusable(error) from None
    return ReadPacket(packet.id.strip(), description, content, hashlib.sha256(content.encode()).hexdigest())


def _unusable(error: ValidationError) -> UnusablePacket:
    first = error.errors()[0]
    place = ".".join(str(step) for step in first["loc"])
    if first["type"] == "too_long":
        given, most = first["ctx"]["actual_length"], first["ctx"]["max_length"]
        return UnusablePacket(
            PLACES.get(place, "$"),
            f"{given:,} {place} are given and a case holds at most {most:,}; leave out the least telling",
            f"{given:,}件({place})が記載されていますが、1症例に保存できるのは{most:,}件までです。重要でないものを除いてください",
        )
    return UnusablePacket("$", f"{place}: {first['msg']}", f"{place} の値を使えません({first['type']})")


def _description(packet: Phenopacket) -> Description:
    subject = packet.subject
    variants = [found for found in map(_variant, _interpreted(packet)) if found is not None]
    candidates = [
        symbol
        for interpretation in packet.interpretations
        if interpretation.diagnosis
        for genomic in interpretation.diagnosis.genomic_interpretations
        if (symbol := _symbol(genomic.gene))
    ]
    diseases = [disease for disease in packet.diseases if not disease.excluded]
    return Description.model_validate(
        {
            "sex": SEXES.get(subject.sex, "unknown") if subject else "unknown",
            "birth": _month(subject.date_of_birth) if subject else "",
            "age": _age(subject.time_at_last_encounter) if subject else "",
            "onset": next((moment for disease in diseases if (moment := _moment(disease.onset))), ""),
            "findings": tuple(_findings(packet.phenotypic_features)),
            "genes": tuple(dict.fromkeys(candidates)),
            "variants": tuple(dict.fromkeys(variants)),
            "diagnoses": tuple(_diagnoses(packet)),
            "sources": tuple(_sources(packet)),
        }
    )


def _findings(features: Iterable[PhenotypicFeature]) -> Iterable[Finding]:
    """One finding a term; where a packet gives a term twice, present stands before absent, the first before others."""
    ontology = vocabulary.knowledge().ontology
    kept: dict[str, Finding] = {}
    for feature in features:
        if feature.type is None or not feature.type.id:
            continue
        index = ontology.index(feature.type.id)
        term = ontology.id(index) if index is not None else feature.type.id
        if term in kept and (feature.excluded or not kept[term].excluded):
            continue
        kept[term] = Finding(
            term=term,
            excluded=feature.excluded,
            onset=_moment(feature.onset),
            severity=feature.severity.id if feature.severity else "",
            modifiers=tuple(modifier.id for modifier in feature.modifiers if modifier.id),
            note=_line(feature.description),
            label="" if index is not None else _line(feature.type.label),
        )
    return kept.values()


def _line(text: str) -> str:
    """One printable line of at most 500 characters; the original keeps the rest."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())[:500]


def _moment(time: TimeElement | None) -> str:
    """An onset as an HPO term or an ISO 8601 age; other ways of saying it stay in the original only."""
    if time is None:
        return ""
    if time.ontology_class and re.fullmatch(r"HP:\d{7}", time.ontology_class.id):
        return time.ontology_class.id
    return _age(time)


def _age(time: TimeElement | None) -> str:
    if time is None:
        return ""
    given = time.age or (time.age_range.start if time.age_range else None)
    if given and AGE.fullmatch(given.iso8601duration):
        return given.iso8601duration
    return ""


def _month(timestamp: str) -> str:
    return timestamp[:7] if re.match(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])", timestamp) else ""


def _interpreted(packet: Phenopacket) -> Iterable[VariantInterpretation]:
    for interpretation in packet.interpretations:
        if interpretation.diagnosis:
            for genomic in interpretation.diagnosis.genomic_interpretations:
                if genomic.variant_interpretation and genomic.interpretation_status != "REJECTED":
                    yield genomic.variant_interpretation


def _variant(interpretation: VariantInterpretation) -> Variant | None:
    told = interpretation.variation_descriptor
    if told is None:
        return None
    expressions = {expression.syntax: expression.value for expression in told.expressions}
    hgvs = expressions.get("hgvs.c") or expressions.get("hgvs.g") or next(iter(expressions.values()), "")
    fields: dict[str, Any] = {
        "gene": _symbol(told.gene_context),
        "hgvs": _line(hgvs),
        "zygosity": ZYGOSITIES.get(told.allelic_state.id, "unknown") if told.allelic_state else "unknown",
        "note": _line(told.label or told.description),
    }
    record = told.vcf_record
    if record and record.pos and record.chrom:
        placed = fields | {
            "assembly": ASSEMBLIES.get(record.genome_assembly.lower(), ""),
            "chromosome": record.chrom,
            "position": record.pos,
            "reference": record.ref,
            "alternate": record.alt,
        }
        try:
            return Variant(**placed)
        except ValidationError:  # fields no VCF would have: the expression and the original still say it
            pass
    try:
        return Variant(**fields)
    except ValidationError:
        return None


def _symbol(gene: GeneDescriptor | None) -> str:
    """A gene's symbol as it is written, else that of its NCBI id; "" where neither says one."""
    if gene is None:
        return ""
    if SYMBOL.fullmatch(gene.symbol.strip()):
        return gene.symbol.strip()
    return vocabulary.known_gene(gene.value_id) or ""


def _diagnoses(packet: Phenopacket) -> Iterable[Diagnosis]:
    """The diseases of solved interpretations, then those listed; each once."""
    solved = [
        reading.diagnosis.disease
        for reading in packet.interpretations
        if reading.progress_status == "SOLVED" and reading.diagnosis and reading.diagnosis.disease
    ]
    listed = [disease.term for disease in packet.diseases if disease.term and not disease.excluded]
    seen: set[str] = set()
    for disease in [*solved, *listed]:
        if disease.id and disease.id not in seen:
            seen.add(disease.id)
            yield Diagnosis(disease=disease.id, label=_line(disease.label))


def _sources(packet: Phenopacket) -> Iterable[str]:
    """Publications of the packet: its references, else a PMID in its id."""
    given = [reference.id for reference in packet.meta_data.external_references] if packet.meta_data else []
    found = [f"PMID:{match.group(1)}" for text in [*given, packet.id] if (match := PUBLICATION.search(text))]
    others = [_line(text) for text in given if text and not PUBLICATION.search(text)]
    return dict.fromkeys([*found, *others])


def as_packet(*, packet_id: str, description: Description, created: str, original: str | None = None) -> Phenopacket:
    """A case as a phenopacket: the original with what the case says now put in its place, or a new one."""
    tree: dict[str, Any] = json.loads(original) if original else {}
    if original and read_packet(Phenopacket.model_validate(tree)).description == description:
        return Phenopacket.model_validate(tree)
    subject = tree.get("subject") or {"id": packet_id}
    tree |= {
        "id": tree.get("id") or packet_id,
        "subject": subject
        | _said(
            {
                "sex": {ours: theirs for theirs, ours in SEXES.items()}.get(description.sex),
                "dateOfBirth": f"{description.birth}-01T00:00:00Z" if len(description.birth) == 7 else None,
                "timeAtLastEncounter": {"age": {"iso8601duration": description.age}} if description.age else None,
            }
        ),
        "phenotypicFeatures": [_feature(finding) for finding in description.findings],
        "diseases": [
            {"term": _disease(one)} | ({"onset": _time(description.onset)} if at == 0 and description.onset else {})
            for at, one in enumerate(description.diagnoses)
        ],
        "interpretations": _interpretations(packet_id, description),
        "metaData": tree.get("metaData") or _meta_data(description, created),
    }
    return Phenopacket.model_validate({key: value for key, value in tree.items() if value not in ([], None)})


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value}


def _class(term: str, kept: str = "") -> dict[str, str]:
    return {"id": term, "label": vocabulary.term_label(term, kept)}


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


def _interpretations(packet_id: str, description: Description) -> list[dict[str, Any]]:
    readings: list[dict[str, Any]] = [
        {
            "subjectOrBiosampleId": packet_id,
            "interpretationStatus": "CANDIDATE",
            "gene": {"valueId": symbol, "symbol": symbol},
        }
        for symbol in description.genes
    ]
    states = {ours: code for code, ours in ZYGOSITIES.items()}
    for number, variant in enumerate(description.variants, 1):
        told = {"id": f"variant-{number}", "moleculeContext": "genomic"} | _said(
            {
                "label": variant.note,
                "geneContext": {"valueId": variant.gene, "symbol": variant.gene} if variant.gene else None,
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


def _meta_data(description: Description, created: str) -> dict[str, Any]:
    release = vocabulary.knowledge().ontology.release
    return {
        "created": created,
        "createdBy": "Kakehashi",
        "phenopacketSchemaVersion": "2.0",
        "externalReferences": [{"id": source} for source in description.sources],
        "resources": [
            {
                "id": "hp",
                "name": "human phenotype ontology",
                "url": "http://purl.obolibrary.org/obo/hp.owl",
                "version": release,
                "namespacePrefix": "HP",
                "iriPrefix": "http://purl.obolibrary.org/obo/HP_",
            }
        ],
    }
