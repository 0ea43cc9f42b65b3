"""What a phenopacket says, in our words. The way back is writing.py.

The original is kept beside the description (models.Packet), so nothing is lost by what a description has no place for.
What a description says and a packet has no place for travels in a reference of its own, ``CARRIED_ID``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from pydantic import ValidationError

from kakehashi.protocols.phenopacket import Phenopacket, to_tree
from kakehashi.protocols.phenopacket.agewords import age_words, first_sign, onset_words
from kakehashi.protocols.phenopacket.clinical import PhenotypicFeature
from kakehashi.protocols.phenopacket.facts import diagnosed, genomic_interpretations, publications_in
from kakehashi.protocols.phenopacket.genomic import (
    GeneDescriptor,
    GenomicInterpretation,
    VariantInterpretation,
    VariationDescriptor,
)
from kakehashi.protocols.phenopacket.jsontext import parse_json
from kakehashi.protocols.phenopacket.problems import PhenopacketError
from kakehashi.protocols.phenopacket.times import moment
from kakehashi.systems.cases import genenames, vocabulary
from kakehashi.systems.cases.description import (
    Description,
    Diagnosis,
    Finding,
    Inherited,
    Origin,
    Variant,
    Zygosity,
    pseudonym_of,
)
from kakehashi.systems.cases.packets.meta import SYNTHETIC_ID

SEXES = {"FEMALE": "female", "MALE": "male", "OTHER_SEX": "other"}
ZYGOSITIES = {
    "GENO:0000135": "heterozygous",
    "GENO:0000136": "homozygous",
    "GENO:0000134": "hemizygous",
    "GENO:0000402": "compound_heterozygous",
}
ASSEMBLIES = {"hg38": "GRCh38", "grch38": "GRCh38", "hg19": "GRCh37", "grch37": "GRCh37"}
CARRIED_ID = "kakehashi:case"
"""The id of the external reference in whose description a packet of ours carries, as JSON, fields that it lacks."""
CARRIED = (
    *("birth", "undiagnosed_since", "onset", "affected_relatives", "consanguinity", "family_history", "inheritance"),
    *("note", "genes", "variants", "diagnoses", "sources"),
)
"""The fields that may be carried so; each only when the packet alone would not say the same, if only in its order."""
ZYGOSITY = "kakehashi:zygosity"
"""The name of the extension of a variant that says a zygosity for which there is no allelic state."""
INHERITED, ORIGIN = "kakehashi:inheritance", "kakehashi:origin"
"""The names of the extensions that say from whom a variant is and in which cells it arose; the schema has no field."""
EXTENSIONS = {ZYGOSITY, INHERITED, ORIGIN}
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
    packet_id = pseudonym_of(packet.id)
    if packet_id is None:
        raise UnusablePacket(
            "$.id",
            "a packet needs an id of 1 to 120 printable characters; give it the pseudonym your hospital uses",
            "パケットIDは印字可能な1〜120文字で指定してください。院内で使う仮名IDを付けてください",
        )
    content = json.dumps(to_tree(packet), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        description = description_of(packet)
    except ValidationError as error:
        raise _unusable(error) from None
    return ReadPacket(packet_id, description, content, hashlib.sha256(content.encode()).hexdigest())


def _unusable(error: ValidationError) -> UnusablePacket:
    first = error.errors()[0]
    place = ".".join(str(step) for step in first["loc"])
    if first["type"] == "too_long":
        given, most = first["ctx"]["actual_length"], first["ctx"]["max_length"]
        return UnusablePacket(
            PLACES.get(place, "$"),
            f"{given:,} {place} are given and a case holds at most {most:,}; leave out the least telling",
            f"{given:,}件（{place}）が記載されていますが、1症例に保存できるのは{most:,}件までです。重要でないものを除いてください",
        )
    return UnusablePacket("$", f"{place}: {first['msg']}", f"{place} の値を使えません（{first['type']}）")


def description_of(packet: Phenopacket) -> Description:
    """What a packet says. Raises ValidationError, UnusablePacket."""
    subject = packet.subject
    inheritance, features = parted(packet.phenotypic_features)
    readings = [one for _path, one in genomic_interpretations(packet) if one.interpretation_status != "REJECTED"]
    variants = [found for found in map(variant_in, readings) if found is not None]
    born = born_at(packet)
    first = first_sign([onset_words(one.onset, born) for one in packet.diseases if not one.excluded], [])
    return Description.model_validate(
        {
            "sex": SEXES.get(subject.sex, "unknown") if subject else "unknown",
            "birth": _month(subject.date_of_birth) if subject else "",
            "age": age_words(subject.time_at_last_encounter, born) if subject else "",
            "onset": first.words if first else "",
            "findings": tuple(findings_of(features, born)),
            "inheritance": inheritance,
            "genes": tuple(dict.fromkeys(symbol for one in readings if (symbol := gene_in(one)))),
            "variants": tuple(dict.fromkeys(variants)),
            "diagnoses": tuple(Diagnosis(disease=one.id, label=_line(one.label)) for one in diagnosed(packet)),
            "sources": tuple(_sources(packet)),
        }
        | _carried(packet)
    )


def born_at(packet: Phenopacket) -> datetime | None:
    """The moment of birth, where one is given."""
    return moment(packet.subject.date_of_birth) if packet.subject else None


def parted(features: Iterable[PhenotypicFeature]) -> tuple[tuple[str, ...], list[PhenotypicFeature]]:
    """The modes of inheritance among the features, each once, and the other features."""
    ontology = vocabulary.knowledge().ontology
    modes: dict[str, None] = {}
    others: list[PhenotypicFeature] = []
    for feature in features:
        index = ontology.index(feature.type.id) if feature.type else None
        if index is not None and not feature.excluded and index in ontology.inheritance_terms:
            modes[ontology.id(index)] = None
        else:
            others.append(feature)
    return tuple(modes), others


def _carried(packet: Phenopacket) -> dict[str, Any]:
    """What a packet of ours carries beside itself. Raises UnusablePacket."""
    references = packet.meta_data.external_references if packet.meta_data else []
    for place, reference in enumerate(references):
        if reference.id == CARRIED_ID:
            try:
                said = parse_json(reference.description)
            except PhenopacketError:
                said = None
            if not isinstance(said, dict) or not said.keys() <= set(CARRIED):
                raise UnusablePacket(
                    f"$.metaData.externalReferences[{place}].description",
                    f"this is no JSON object of the fields {', '.join(CARRIED)}; correct it, or take the reference out",
                    f"項目（{'、'.join(CARRIED)}）のJSONオブジェクトではありません。修正するか、この参照を削除してください",
                )
            return said
    return {}


def findings_of(features: Iterable[PhenotypicFeature], born: datetime | None) -> Iterable[Finding]:
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
            onset=onset_words(feature.onset, born),
            resolved=onset_words(feature.resolution, born),
            severity=feature.severity.id if feature.severity else "",
            modifiers=tuple(modifier.id for modifier in feature.modifiers if modifier.id),
            note=_line(feature.description),
            label="" if index is not None else _line(feature.type.label),
        )
    return kept.values()


def _line(text: str) -> str:
    """One printable line of at most 500 characters; the original keeps the rest."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())[:500]


def _month(timestamp: str) -> str:
    return timestamp[:7] if re.match(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])", timestamp) else ""


def gene_in(genomic: GenomicInterpretation) -> str:
    """The gene that an interpretation is of, whatever its status; "" where it is of a variant or names none."""
    return _symbol(genomic.gene)


def variant_in(genomic: GenomicInterpretation) -> Variant | None:
    """The variant that an interpretation is of, whatever its status; None where it is of none that we can say."""
    return _variant(genomic.variant_interpretation) if genomic.variant_interpretation else None


def _variant(interpretation: VariantInterpretation) -> Variant | None:
    told = interpretation.variation_descriptor
    if told is None:
        return None
    expressions = {expression.syntax: expression.value for expression in told.expressions}
    hgvs = expressions.get("hgvs.c") or expressions.get("hgvs.g") or next(iter(expressions.values()), "")
    fields: dict[str, Any] = {
        "gene": _symbol(told.gene_context),
        "hgvs": _line(hgvs),
        "zygosity": _zygosity(told),
        "inheritance": _extension(told, INHERITED, get_args(Inherited)),
        "origin": _extension(told, ORIGIN, get_args(Origin)),
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


def _zygosity(told: VariationDescriptor) -> str:
    if told.allelic_state is not None and told.allelic_state.id in ZYGOSITIES:
        return ZYGOSITIES[told.allelic_state.id]
    return _extension(told, ZYGOSITY, get_args(Zygosity))


def _extension(told: VariationDescriptor, name: str, values: tuple[str, ...]) -> str:
    """What an extension of ours says, "unknown" where none says one of these values."""
    return str(next((one.value for one in told.extensions if one.name == name and one.value in values), "unknown"))


def _symbol(gene: GeneDescriptor | None) -> str:
    """A gene's symbol as it is written, else that of its NCBI id; "" where neither says one."""
    if gene is None:
        return ""
    if SYMBOL.fullmatch(gene.symbol.strip()):
        return gene.symbol.strip()
    return genenames.known_gene(gene.value_id) or ""


def _sources(packet: Phenopacket) -> Iterable[str]:
    """What the packet refers to, publications as "PMID:…", and the publications its id names; each once."""
    references = packet.meta_data.external_references if packet.meta_data else []
    given = [source for reference in references for source in sources_in(reference.id)]
    return dict.fromkeys([*given, *publications_in(packet.id)])


def sources_in(text: str) -> tuple[str, ...]:
    """What the id of a reference refers to: the publications it names, else itself; nothing where it is ours."""
    line = "" if text in (CARRIED_ID, SYNTHETIC_ID) else _line(text)
    return publications_in(text) or ((line,) if line else ())
