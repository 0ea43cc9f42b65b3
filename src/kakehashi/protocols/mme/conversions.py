"""Between the exchange and phenopackets: disease ids, coordinates, zygosity, assemblies, chromosomes, sex, genes.

The exchange says ``MIM:154700``, ``Orphanet:558``, 0-based half-open coordinates, zygosity 1 or 2; phenopackets say
``OMIM:154700``, ``ORPHA:558``, VCF's 1-based position, a GENO term.
"""

import re
from dataclasses import dataclass
from typing import Literal

from kakehashi.protocols.mme.shapes import Variant

Zygosity = Literal["heterozygous", "homozygous", "hemizygous", "unknown"]
GeneKind = Literal["ensembl", "entrez", "hgnc", "symbol"]

_DISEASES = {"OMIM": "MIM", "ORPHA": "Orphanet"}
_READ = {"MIM": "OMIM", "OMIM": "OMIM", "ORPHANET": "ORPHA", "ORPHA": "ORPHA"}
_ASSEMBLIES = {"GRCH37": "GRCh37", "HG19": "GRCh37", "GRCH38": "GRCh38", "HG38": "GRCh38"}
_ENSEMBL = re.compile(r"(?:ENSEMBL:)?(ENSG\d{11})(?:\.\d+)?\Z", re.IGNORECASE)
_ENTREZ = re.compile(r"(?:(?:NCBIGENE|ENTREZ|GENEID):)?(\d{1,10})\Z", re.IGNORECASE)
_HGNC = re.compile(r"HGNC:(\d{1,7})\Z", re.IGNORECASE)
_SEX = {"female": "FEMALE", "male": "MALE", "other": "OTHER"}


def disease_out(disease: str) -> str | None:
    """``OMIM:154700`` → ``MIM:154700``; None for diseases of other sources, which the exchange does not name."""
    source, _, number = disease.partition(":")
    return f"{_DISEASES[source.upper()]}:{number}" if source.upper() in _DISEASES and number else None


def disease_in(disorder: str) -> str:
    """``MIM:154700`` → ``OMIM:154700``, ``Orphanet:558`` → ``ORPHA:558``; others as they came."""
    source, _, number = disorder.partition(":")
    return f"{_READ[source.upper()]}:{number}" if source.upper() in _READ and number else disorder


def assembly_in(assembly: str) -> str:
    """``GRCh37.p13``, ``hg19`` → ``GRCh37``; "" for one that is not known."""
    return _ASSEMBLIES.get(assembly.strip().upper().split(".", 1)[0], "")


def chromosome_in(name: str) -> str:
    """``chr17`` → ``17``, ``M`` → ``MT``."""
    bare = re.sub(r"^chr", "", name.strip(), flags=re.IGNORECASE).upper()
    return "MT" if bare == "M" else bare


def variant_out(*, assembly: str, chromosome: str, position: int, reference: str, alternate: str) -> Variant:
    """VCF's fields as the exchange says them. ``position`` is 1-based."""
    said = {
        "assembly": assembly,
        "referenceName": chromosome_in(chromosome),
        "start": position - 1,
        "end": position - 1 + max(len(reference), 1),
    }
    bases = {"referenceBases": reference.upper(), "alternateBases": alternate.upper()}
    return Variant.model_validate(said | {name: value for name, value in bases.items() if value})


@dataclass(frozen=True)
class VcfFields:
    """A variant by VCF's fields; ``position`` is 1-based, ``assembly`` "" where the exchange's was not known."""

    assembly: str
    chromosome: str
    position: int
    reference: str
    alternate: str


def variant_in(variant: Variant) -> VcfFields | None:
    """The exchange's variant by VCF's fields; None where it does not say where it lies."""
    if variant.start is None:
        return None
    return VcfFields(
        assembly_in(variant.assembly),
        chromosome_in(variant.reference_name),
        variant.start + 1,
        (variant.reference_bases or "").upper(),
        (variant.alternate_bases or "").upper(),
    )


def zygosity_out(zygosity: str) -> int | None:
    """1 for heterozygous and hemizygous, 2 for homozygous; None where it is not known or cannot be said."""
    return {"heterozygous": 1, "compound_heterozygous": 1, "hemizygous": 1, "homozygous": 2}.get(zygosity)


def zygosity_in(zygosity: int | None, *, chromosome: str = "", sex: str = "") -> Zygosity:
    """1 is heterozygous, but hemizygous on a man's X or Y; 2 is homozygous."""
    if zygosity == 1:
        return "hemizygous" if sex == "MALE" and chromosome_in(chromosome) in ("X", "Y") else "heterozygous"
    return "homozygous" if zygosity == 2 else "unknown"


def sex_out(sex: str) -> str | None:
    """FEMALE, MALE or OTHER; None where it is not said."""
    return _SEX.get(sex)


def sex_in(sex: str | None) -> str:
    """female, male, other or unknown."""
    return {said: ours for ours, said in _SEX.items()}.get(sex or "", "unknown")


def gene_kind(gene: str) -> tuple[GeneKind, str]:
    """What kind of id a gene was named by, and the id without prefix and version."""
    for kind, pattern in (("ensembl", _ENSEMBL), ("entrez", _ENTREZ), ("hgnc", _HGNC)):
        found = pattern.match(gene.strip())
        if found:
            return kind, found[1].upper()  # type: ignore[return-value]
    return "symbol", gene.strip().upper()
