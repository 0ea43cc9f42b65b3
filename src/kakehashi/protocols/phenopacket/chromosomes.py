"""Human chromosomes: names, lengths and RefSeq accessions of the assemblies in use (NCBI assembly reports)."""

import re
from dataclasses import dataclass
from typing import Final

NAMES: Final = (*(str(number) for number in range(1, 23)), "X", "Y", "MT")

_LENGTHS_37: Final = (
    249250621, 243199373, 198022430, 191154276, 180915260, 171115067, 159138663, 146364022, 141213431, 135534747,
    135006516, 133851895, 115169878, 107349540, 102531392, 90354753, 81195210, 78077248, 59128983, 63025520,
    48129895, 51304566, 155270560, 59373566, 16571,
)  # fmt: skip
_LENGTHS_38: Final = (
    248956422, 242193529, 198295559, 190214555, 181538259, 170805979, 159345973, 145138636, 138394717, 133797422,
    135086622, 133275309, 114364328, 107043718, 101991189, 90338345, 83257441, 80373285, 58617616, 64444167,
    46709983, 50818468, 156040895, 57227415, 16569,
)  # fmt: skip
_VERSIONS_37: Final = (10, 11, 11, 11, 9, 11, 13, 10, 11, 10, 9, 11, 10, 8, 9, 9, 10, 9, 9, 10, 8, 10, 10, 9)
"""RefSeq version of NC_000001 … NC_000024 in GRCh37; in GRCh38 each is one higher."""

_ACCESSION: Final = re.compile(r"NC_0000(\d\d)\.(\d+)\Z")
_CONTIG: Final = re.compile(
    r"(?:chrUn_|GL\d{6}|KI\d{6}|KN\d{6}|KQ\d{6}|KV\d{6}|KZ\d{6}|ML\d{6}|JH\d{6}|N[TW]_\d+|CP\d{6}|HLA-|HSCHR|HG\d|hs37d5"
    r"|chr(?:\d{1,2}|X|Y)_[A-Za-z0-9_]+|AC_\d+)"
)


@dataclass(frozen=True, slots=True)
class Assembly:
    """One genome assembly: the length of each chromosome in bases."""

    name: str
    lengths: dict[str, int]


# hg19 of UCSC carries another mitochondrial sequence (16,571) than GRCh37 (16,569); the longer is allowed for both
GRCH37: Final = Assembly("GRCh37", dict(zip(NAMES, _LENGTHS_37, strict=True)))
GRCH38: Final = Assembly("GRCh38", dict(zip(NAMES, _LENGTHS_38, strict=True)))

ASSEMBLIES: Final[dict[str, Assembly]] = {
    **dict.fromkeys(("grch38", "hg38", "b38"), GRCH38),
    **{f"grch38.p{patch}": GRCH38 for patch in range(1, 15)},
    **dict.fromkeys(("grch37", "hg19", "b37", "hs37d5"), GRCH37),
    **{f"grch37.p{patch}": GRCH37 for patch in range(1, 14)},
}
KNOWN_ASSEMBLIES: Final = frozenset({"ncbi36", "hg18", "t2t-chm13v2.0", "t2t-chm13", "chm13v2.0", "hs1", "t2t"})


def chromosome_name(chrom: str) -> str | None:
    """``chr6``, ``6``, ``chrM`` or ``NC_000006.12`` → ``6``, ``MT``; None for anything else."""
    placed = assembly_of_accession(chrom)
    if placed is not None:
        return placed[1]
    plain = chrom.strip().removeprefix("chr").upper()
    plain = "MT" if plain == "M" else plain
    return plain if plain in NAMES else "MT" if chrom.startswith("NC_012920") else None


def in_both_sex_chromosomes(pos: int) -> bool:
    """Whether a position of X or Y may lie in a pseudoautosomal region (the widest bounds of GRCh37 and GRCh38)."""
    return pos <= 2_781_479 or 56_887_902 <= pos <= 59_373_566 or pos >= 154_931_044


def is_contig(chrom: str) -> bool:
    """Whether the name is one of an unplaced, alternative or decoy contig."""
    return _CONTIG.match(chrom.strip()) is not None


def assembly_of_accession(accession: str) -> tuple[str, str] | None:
    """Assembly and chromosome of a RefSeq chromosome accession; None for another accession or version."""
    found = _ACCESSION.match(accession.strip())
    if found is None or not 1 <= int(found[1]) <= 24:
        return None
    place = int(found[1]) - 1
    later = int(found[2]) - _VERSIONS_37[place]
    if later not in (0, 1):
        return None
    return ("GRCh37", "GRCh38")[later], NAMES[place]
