"""The interpretations of a packet with what its case says now: item by item, so that one edit touches nothing else.

A gene or variant that still holds stays word for word, with its status and classification; one that the case says no
more of goes; one that is new is a candidate. What a case has no words for (rejected genes, readings still under way)
stays. A diagnosis taken back leaves its reading unsolved, the genes and variants of it as they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from kakehashi.protocols.phenopacket.facts import HELD
from kakehashi.protocols.phenopacket.genomic import GenomicInterpretation
from kakehashi.systems.cases import genenames, vocabulary
from kakehashi.systems.cases.description import Description, Diagnosis, Variant
from kakehashi.systems.cases.packets.reading import (
    EXTENSIONS,
    INHERITED,
    ORIGIN,
    ZYGOSITIES,
    ZYGOSITY,
    gene_in,
    variant_in,
)

Tree = dict[str, Any]

SYNTAX = re.compile(r"(?:\A|:)([cgmnpr])\.")
"""How HGVS says of what it speaks: coding DNA, genome, mitochondrion, non-coding DNA, protein or RNA."""
PARTS = {
    "note": ("label", "description"),
    "gene": ("geneContext",),
    "hgvs": ("expressions",),
    "vcf": ("vcfRecord",),
    "zygosity": ("allelicState",),
}
"""The fields of a variant, and where a descriptor says them."""


def interpretations(
    originals: Iterable[Tree], description: Description, before: Description, *, packet_id: str, subject_id: str
) -> list[Tree]:
    """The readings as they came (``before`` is what the packet said of the case), with what is said otherwise now."""
    originals = list(originals)
    edited = _edited(before, description)
    readings = [one for original in originals if (one := _kept(original, description, before, edited)) is not None]
    new_genes = [gene for gene in description.genes if gene not in before.genes and not _taken_up(readings, gene)]
    told = {*before.variants, *edited.values()}
    new_variants = [one for one in description.variants if one not in told and not _taken_up(readings, one)]
    solved = next(iter(description.diagnoses), None)
    if solved is not None and solved.disease in {one.disease for one in before.diagnoses}:
        solved = None
    if not (new_genes or new_variants or solved):
        return readings
    reading = _reading_for(readings, solved, packet_id)
    used = {str(one.get("variationDescriptor", {}).get("id")) for one in _variants(readings)}
    names = (name for number in count(1) if (name := f"variant-{number}") not in used)
    items = [_candidate(subject_id, {"gene": described_gene(gene)}) for gene in new_genes]
    for variant, name in zip(new_variants, names, strict=False):
        descriptor = {"id": name, "moleculeContext": "genomic"} | _told(variant)
        items.append(_candidate(subject_id, {"variantInterpretation": {"variationDescriptor": descriptor}}))
    if items:
        diagnosis = reading.setdefault("diagnosis", {})
        diagnosis["genomicInterpretations"] = [*diagnosis.get("genomicInterpretations", ()), *items]
    return readings


def disease_class(diagnosis: Diagnosis) -> dict[str, str]:
    """A disease as a packet names it."""
    return {"id": diagnosis.disease, "label": diagnosis.label or vocabulary.disease_label(diagnosis.disease)}


def renamed(disease: Tree, diagnosis: Diagnosis) -> Tree:
    """A disease as it was named, with the diagnosis's own label where that is another one."""
    return disease | {"label": diagnosis.label} if diagnosis.label else disease


def described_gene(symbol: str) -> dict[str, str]:
    """A gene as a packet names it."""
    return {"valueId": genenames.gene_id(symbol) or symbol, "symbol": symbol}


def _edited(before: Description, now: Description) -> dict[Variant, Variant]:
    """Variants of before of which something else is said now, with what is: the same place or expression names one."""
    fresh = [variant for variant in now.variants if variant not in before.variants]
    found: dict[Variant, Variant] = {}
    for was in before.variants:
        again = next((one for one in fresh if was not in now.variants and _same(was, one)), None)
        if again is not None:
            found[was] = again
            fresh.remove(again)
    return found


def _same(one: Variant, other: Variant) -> bool:
    pairs = (one.hgvs, other.hgvs), (one.vcf, other.vcf)
    return any(a and a == b for a, b in pairs) and all(not a or not b or a == b for a, b in pairs)


def _kept(original: Tree, description: Description, before: Description, edited: dict[Variant, Variant]) -> Tree | None:
    """One reading without what is no longer said; None where nothing is left of it."""
    diagnosis = original.get("diagnosis")
    if diagnosis is None:
        return original
    reading, kept = dict(original), dict(diagnosis)
    items = kept.pop("genomicInterpretations", [])
    if left := [one for item in items if (one := _item(item, description, before, edited)) is not None]:
        kept["genomicInterpretations"] = left
    disease = kept.get("disease")
    if disease and original.get("progressStatus") in HELD:
        said = next((one for one in description.diagnoses if one.disease == disease.get("id")), None)
        if said is not None:
            kept["disease"] = renamed(disease, said)
        else:
            del kept["disease"]
            reading["progressStatus"] = "UNSOLVED"
    if not kept and diagnosis and not original.get("summary"):
        return None
    return reading | {"diagnosis": kept}


def _item(item: Tree, description: Description, before: Description, edited: dict[Variant, Variant]) -> Tree | None:
    """One gene or variant: as it came, with what was edited of it, or None when it is no longer said."""
    genomic = GenomicInterpretation.model_validate(item)
    gene, variant = gene_in(genomic), variant_in(genomic)
    if genomic.interpretation_status == "REJECTED":
        taken_up = (gene and gene in description.genes and gene not in before.genes) or (
            variant in description.variants and variant not in before.variants
        )
        return item | {"interpretationStatus": "CANDIDATE"} if taken_up else item
    if variant in edited:
        return _revised(item, variant, edited[variant])
    gone = (gene and gene not in description.genes) or (variant and variant not in description.variants)
    return None if gone else item


def _revised(item: Tree, was: Variant, now: Variant) -> Tree:
    """A variant's interpretation with its descriptor as the variant is described now."""
    interpretation = item["variantInterpretation"]
    descriptor, told = dict(interpretation["variationDescriptor"]), _told(now)
    for field, names in PARTS.items():
        if getattr(was, field) != getattr(now, field):
            for name in names:
                descriptor.pop(name, None)
                descriptor |= {name: told[name]} if name in told else {}
    others = [one for one in descriptor.pop("extensions", ()) if one.get("name") not in EXTENSIONS]
    if extensions := [*others, *told.get("extensions", ())]:
        descriptor["extensions"] = extensions
    return item | {"variantInterpretation": interpretation | {"variationDescriptor": descriptor}}


def _items(readings: Iterable[Tree]) -> Iterator[Tree]:
    for reading in readings:
        yield from (reading.get("diagnosis") or {}).get("genomicInterpretations", ())


def _variants(readings: Iterable[Tree]) -> Iterator[Tree]:
    return (item["variantInterpretation"] for item in _items(readings) if item.get("variantInterpretation"))


def _taken_up(readings: Iterable[Tree], said: str | Variant) -> bool:
    """Whether what was rejected is a candidate now."""
    held = (GenomicInterpretation.model_validate(item) for item in _items(readings))
    return any(said in (gene_in(one), variant_in(one)) for one in held if one.interpretation_status != "REJECTED")


def _reading_for(readings: list[Tree], solved: Diagnosis | None, packet_id: str) -> Tree:
    """The reading that takes what is new, put in its place: that of the new diagnosis, else the first, else another."""
    for at, reading in enumerate(readings):
        diagnosis = reading.get("diagnosis") or {}
        if solved is None:
            if "diagnosis" in reading:
                readings[at] = reading | {"diagnosis": dict(diagnosis)}
                return readings[at]
        elif (diagnosis.get("disease") or {}).get("id") == solved.disease:
            disease = renamed(diagnosis["disease"], solved)
            readings[at] = reading | {"progressStatus": "SOLVED", "diagnosis": diagnosis | {"disease": disease}}
            return readings[at]
    taken = {reading.get("id") for reading in readings}
    name = next(one for one in (packet_id, *(f"{packet_id}-{n}" for n in range(2, len(taken) + 3))) if one not in taken)
    added: Tree = {"id": name, "progressStatus": "SOLVED" if solved else "UNSOLVED", "diagnosis": {}}
    if solved:
        added["diagnosis"]["disease"] = disease_class(solved)
    readings.append(added)
    return added


def _candidate(subject_id: str, of: Tree) -> Tree:
    return {"subjectOrBiosampleId": subject_id, "interpretationStatus": "CANDIDATE"} | of


def _told(variant: Variant) -> Tree:
    """What a descriptor says of a variant."""
    states = {ours: code for code, ours in ZYGOSITIES.items()}
    told: Tree = {}
    if variant.note:
        told["label"] = variant.note
    if variant.gene:
        told["geneContext"] = described_gene(variant.gene)
    if variant.hgvs:
        kind = SYNTAX.search(variant.hgvs)
        told["expressions"] = [{"syntax": f"hgvs.{kind.group(1) if kind else 'c'}", "value": variant.hgvs}]
    if variant.position:
        told["vcfRecord"] = {
            "genomeAssembly": variant.assembly,
            "chrom": variant.chromosome,
            "pos": str(variant.position),
            "ref": variant.reference,
            "alt": variant.alternate,
        }
    if variant.zygosity in states:
        told["allelicState"] = {"id": states[variant.zygosity], "label": variant.zygosity}
    named: dict[str, str] = {INHERITED: variant.inheritance, ORIGIN: variant.origin}
    if variant.zygosity not in states:
        named[ZYGOSITY] = variant.zygosity
    if extensions := [{"name": name, "value": value} for name, value in named.items() if value != "unknown"]:
        told["extensions"] = extensions
    return told
