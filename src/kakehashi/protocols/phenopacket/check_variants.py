"""Checks of variants: alleles, chromosomes, positions and HGVS expressions that parse, and agree with one another.

VCF 4.4 for records; the shape of HGVS expressions is in ``hgvs.py``.
"""

import re
from collections.abc import Iterator
from typing import Final

from kakehashi.protocols.phenopacket.checking_problems import checking_problem
from kakehashi.protocols.phenopacket.chromosomes import (
    ASSEMBLIES,
    KNOWN_ASSEMBLIES,
    assembly_of_accession,
    chromosome_name,
    in_both_sex_chromosomes,
    is_contig,
)
from kakehashi.protocols.phenopacket.documents import Phenopacket
from kakehashi.protocols.phenopacket.facts import genomic_interpretations
from kakehashi.protocols.phenopacket.genomic import Expression, GeneDescriptor, VariationDescriptor, VcfRecord
from kakehashi.protocols.phenopacket.hgvs import parse_hgvs
from kakehashi.protocols.phenopacket.problems import Problem
from kakehashi.protocols.phenopacket.terms import Genes

_REF: Final = re.compile(r"[ACGTNacgtn]+\Z")
_ALT: Final = re.compile(
    r"(?:[ACGTNacgtn]+|\*|\.|<[A-Za-z0-9_:*.\-]+>"
    r"|[ACGTNacgtn]*[\[\]][^\s\[\]:]+:[0-9]+[\[\]][ACGTNacgtn]*|\.[ACGTNacgtn]+|[ACGTNacgtn]+\.)\Z"
)
TWO_COPIES: Final = {"GENO:0000135": "heterozygous", "GENO:0000136": "homozygous"}
USUAL_KARYOTYPES: Final = ("UNKNOWN_KARYOTYPE", "XX", "XY")

_GENE_ID: Final = re.compile(
    r"(?:HGNC:[1-9]\d*|(?:NCBIGene|ncbigene|NCBI_Gene|Entrez):[1-9]\d*|(?:ENSEMBL:)?ENSG\d{11}(?:\.\d+)?|OMIM:\d{6})\Z",
    re.ASCII,
)
HGVS_SYNTAXES: Final = {f"hgvs.{kind}": kind for kind in "cgmnopr"}


def vcf_record(path: str, record: VcfRecord) -> Iterator[Problem]:
    """Assembly, chromosome, position and alleles of a VCF record."""
    assembly = ASSEMBLIES.get(record.genome_assembly.strip().lower())
    if assembly is None and record.genome_assembly.strip().lower() not in KNOWN_ASSEMBLIES:
        yield checking_problem(
            "unknown-assembly",
            f"{path}.genomeAssembly",
            assembly=record.genome_assembly,
            allowed="hg19, hg38, T2T-CHM13v2.0",
        )
    name = chromosome_name(record.chrom)
    if name is None and not is_contig(record.chrom):
        yield checking_problem("bad-chromosome", f"{path}.chrom", chrom=record.chrom)
    if record.pos < 1:
        yield checking_problem("missing-position", f"{path}.pos")
    elif assembly is not None and name in assembly.lengths:
        length = assembly.lengths[name]
        if record.pos + max(len(record.ref), 1) - 1 > length:
            yield checking_problem(
                "bad-position", f"{path}.pos", pos=record.pos, chrom=name, assembly=assembly.name, length=f"{length:,}"
            )
    if not _REF.match(record.ref):
        yield checking_problem("bad-allele", f"{path}.ref", which="ref", allele=record.ref)
    for allele in record.alt.split(","):
        if not _ALT.match(allele):
            yield checking_problem("bad-allele", f"{path}.alt", which="alt", allele=allele)
        elif allele.upper() == record.ref.upper():
            yield checking_problem("same-alleles", f"{path}.alt", allele=allele)


def expression(path: str, given: Expression) -> Iterator[Problem]:
    """The shape of an HGVS expression, and that it is of the kind that its syntax says."""
    syntax = given.syntax.strip().lower()
    if syntax != "hgvs" and syntax not in HGVS_SYNTAXES:
        return
    found = parse_hgvs(given.value)
    if found is None:
        yield checking_problem("bad-hgvs", f"{path}.value", value=given.value, syntax=given.syntax)
    elif found.kind != HGVS_SYNTAXES.get(syntax, found.kind):
        right = f"hgvs.{found.kind}"
        yield checking_problem("hgvs-kind", f"{path}.syntax", value=given.value, syntax=given.syntax, right=right)


def zygosity(path: str, packet: Phenopacket) -> Iterator[Problem]:
    """One copy of X and Y in males (outside what X and Y share), none of Y in females."""
    sex = packet.subject.sex if packet.subject else ""
    if sex not in ("MALE", "FEMALE") or (packet.subject and packet.subject.karyotypic_sex not in USUAL_KARYOTYPES):
        return
    for place, genomic in genomic_interpretations(packet):
        interpreted = genomic.variant_interpretation
        variant = interpreted.variation_descriptor if interpreted else None
        if variant is None or variant.vcf_record is None or variant.allelic_state is None:
            continue
        record, state = variant.vcf_record, variant.allelic_state
        chrom = chromosome_name(record.chrom)
        impossible = chrom == "Y" if sex == "FEMALE" else chrom in ("X", "Y") and state.id in TWO_COPIES
        if impossible and not in_both_sex_chromosomes(record.pos):
            where = f"{path}{place.removeprefix('$')}.variantInterpretation.variationDescriptor.allelicState.id"
            said = TWO_COPIES.get(state.id, state.label or state.id)
            yield checking_problem("zygosity-sex", where, sex=sex, zygosity=said, chrom=chrom)


def gene(path: str, given: GeneDescriptor) -> Iterator[Problem]:
    """A gene id of a known registry, and a symbol."""
    if given.value_id and not _GENE_ID.match(given.value_id):
        yield checking_problem("bad-gene-id", f"{path}.valueId", id=given.value_id)
    if not given.symbol.strip():
        yield checking_problem("missing-detail", f"{path}.symbol", name="symbol")


def known_gene(path: str, given: GeneDescriptor, genes: Genes) -> Iterator[Problem]:
    """A symbol that some known disease has, and the same gene by symbol and id."""
    symbol = given.symbol.strip()
    if not symbol:
        return
    by_symbol, by_id = genes.known(symbol), genes.known(given.value_id)
    if by_symbol is None and by_id is None:
        near = genes.near(symbol)
        code = "misspelt-gene" if near else "unknown-gene"
        yield checking_problem(code, f"{path}.symbol", symbol=symbol, near=", ".join(near))
    elif by_symbol and by_id and by_symbol != by_id:
        yield checking_problem("gene-disagreement", f"{path}.symbol", symbol=symbol, id=given.value_id, other=by_id)


def agreement(path: str, variant: VariationDescriptor) -> Iterator[Problem]:
    """A substitution in the VCF record and in ``hgvs.g`` must be one and the same (same assembly only)."""
    record = variant.vcf_record
    assembly = ASSEMBLIES.get(record.genome_assembly.strip().lower()) if record else None
    if record is None or assembly is None or len(record.ref) != 1 or len(record.alt) != 1:
        return
    for at, given in enumerate(variant.expressions):
        found = parse_hgvs(given.value)
        change = found.substitution if found is not None and found.kind == "g" else None
        placed = assembly_of_accession(found.accession) if found is not None else None
        if change is None or placed is None or placed[0] != assembly.name:
            continue
        said = (placed[1], *change)
        if said != (chromosome_name(record.chrom), record.pos, record.ref.upper(), record.alt.upper()):
            vcf = f"{record.chrom}-{record.pos}-{record.ref}-{record.alt}"
            yield checking_problem("variants-disagree", f"{path}.expressions[{at}].value", vcf=vcf, value=given.value)
