"""Patients of the exchange and our cases: what is asked by, what is answered, what is read of an answer."""

from collections.abc import Iterable

from django.conf import settings
from pydantic import ValidationError

from kakehashi.kernel.sharing.states import Level
from kakehashi.protocols.mme import Contact, Disorder, Feature, Gene, GenomicFeature, Patient
from kakehashi.protocols.mme import conversions as convert
from kakehashi.systems.cases.public import Description, SharedMatch, english_label, ensembl_id, gene_symbol

ROOT = "HP:0000118"
"""Phenotypic abnormality: what is said of a case whose existence alone may be known (the exchange wants a finding)."""


def registrant_contact(public_id: str, institution: str) -> Contact:
    """Whom to write to about a case, through this node. ``institution``: its name, or kind and country where the peer
    may not learn which it is; people stay unnamed until both agree."""
    href = f"{settings.BASE_URL}/exchange/contact/{public_id}/"
    return Contact(name=f"Registrant of {public_id}", institution=institution, href=href)


def description_of(patient: Patient) -> tuple[Description, list[str]]:
    """What a peer's patient is compared by, and what of it could not be used (ids, never free text)."""
    unused: list[str] = []
    findings, seen = [], set()
    for feature in patient.features or ():
        term = feature.id.strip().upper()
        if term in seen:
            continue
        seen.add(term)
        if not term.startswith("HP:") or len(term) != 10:
            unused.append(feature.id)
            continue
        findings.append({"term": term, "excluded": not feature.present})
    genes = []
    for one in patient.genomic_features or ():
        kind, name = convert.gene_kind(one.gene.id)
        symbol = gene_symbol(kind, name)
        if symbol is None:
            unused.append(one.gene.id)
        genes.append(symbol or name)
    said = {"findings": findings, "genes": list(dict.fromkeys(genes)), "sex": convert.sex_in(patient.sex)}
    try:
        return Description.model_validate(said), unused
    except ValidationError:
        return _piece_by_piece(findings, genes, unused), unused


def unused_said(description: Description, unused: Iterable[str]) -> dict[str, list[str]]:
    """What of a peer's question was used otherwise than it may think, as extra fields of the answer; empty of nothing.

    ``_genesComparedAsWritten``: genes that this node does not know, so that they meet the same letters alone;
    ``_idsNotUsed``: what is compared with nothing.
    """
    said: dict[str, list[str]] = {}
    for one in {one.upper(): one for one in reversed(list(unused))}.values():
        literal = convert.gene_kind(one)[1] in description.genes
        said.setdefault("_genesComparedAsWritten" if literal else "_idsNotUsed", []).insert(0, one)
    return said


def _piece_by_piece(findings: Iterable[dict[str, object]], genes: Iterable[str], unused: list[str]) -> Description:
    """What remains when some ids have a shape that no description takes."""
    kept: dict[str, list[object]] = {"findings": [], "genes": []}
    for place, items in (("findings", findings), ("genes", dict.fromkeys(genes))):
        for item in items:
            try:
                Description.model_validate({place: [item]})
            except ValidationError:
                unused.append(str(item["term"] if isinstance(item, dict) else item))
                continue
            kept[place].append(item)
    return Description.model_validate(kept)


def answered(match: SharedMatch, contact: Contact) -> Patient:
    """A case of ours as a peer may know it: nothing but what the level of the match allows."""
    if match.description is not None:
        return asked(match.public_id, match.description, contact, test=match.synthetic)
    features = [_feature(term) for term in match.findings]
    genes = [GenomicFeature(gene=_gene(symbol)) for symbol in match.genes]
    if match.level == Level.EXISTS or not (features or genes):
        features = [_feature(ROOT)]
    said: dict[str, object] = {"id": match.public_id, "contact": contact}
    if features:
        said["features"] = tuple(features)
    if genes:
        said["genomic_features"] = tuple(genes)
    if match.synthetic:
        said["test"] = True
    return Patient(**said)  # type: ignore[arg-type]


def asked(public_id: str, description: Description, contact: Contact, *, test: bool) -> Patient:
    """A case of ours in full, as it is sent to a peer to be matched."""
    said: dict[str, object] = {"id": public_id, "contact": contact, "species": "NCBITaxon:9606"}
    if features := tuple(_feature(one.term, present=not one.excluded, onset=one.onset) for one in description.findings):
        said["features"] = features
    if genomic := _genomic(description):
        said["genomic_features"] = genomic
    if disorders := tuple(
        Disorder(id=named) for one in description.diagnoses if (named := convert.disease_out(one.disease))
    ):
        said["disorders"] = disorders
    if sex := convert.sex_out(description.sex):
        said["sex"] = sex
    if description.onset.startswith("HP:"):
        said["age_of_onset"] = description.onset
    if description.inheritance:
        said["inheritance_mode"] = description.inheritance[0]
    if test:
        said["test"] = True
    return Patient(**said)  # type: ignore[arg-type]


def gene_shown(gene_id: str) -> str:
    """A peer's gene as people read it: its symbol where this node knows it, else the id as it came."""
    return gene_symbol(*convert.gene_kind(gene_id)) or gene_id


def _gene(symbol: str) -> Gene:
    """A gene by its Ensembl id, as the specification urges, where this node knows it; else by its symbol."""
    return Gene(id=ensembl_id(symbol) or symbol)


def _feature(term: str, *, present: bool = True, onset: str = "") -> Feature:
    said: dict[str, object] = {"id": term, "label": english_label(term), "observed": "yes" if present else "no"}
    if onset.startswith("HP:"):
        said["age_of_onset"] = onset
    return Feature(**said)  # type: ignore[arg-type]


def _genomic(description: Description) -> tuple[GenomicFeature, ...]:
    """Each variant with its gene, then the candidate genes that no variant names."""
    found, named = [], set()
    for variant in description.variants:
        if not variant.gene:
            continue
        named.add(variant.gene.upper())
        said: dict[str, object] = {"gene": _gene(variant.gene)}
        if variant.position is not None and variant.assembly and variant.chromosome:
            said["variant"] = convert.variant_out(
                assembly=variant.assembly,
                chromosome=variant.chromosome,
                position=variant.position,
                reference=variant.reference,
                alternate=variant.alternate,
            )
        if zygosity := convert.zygosity_out(variant.zygosity):
            said["zygosity"] = zygosity
        found.append(GenomicFeature(**said))  # type: ignore[arg-type]
    found += [GenomicFeature(gene=_gene(gene)) for gene in description.genes if gene.upper() not in named]
    return tuple(found)
