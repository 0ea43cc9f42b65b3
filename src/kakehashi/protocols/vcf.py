"""Small VCF files of candidate variants: read strictly and within bounds, one candidate an alternate allele.

    read(data, sample="NA12878") → VcfFile(assembly, samples, candidates, problems)

Takes VCF 4.x as text or gzip (bgzip too). A bad line is left out and told by its number; a file that is no VCF, is too
large or holds too many records is refused whole (VcfError). Gene and HGVS come from INFO where an annotator left them:
VEP's CSQ, SnpEff's ANN, else GENE, SYMBOL, GENEINFO or Gene.refGene. Format: https://samtools.github.io/hts-specs.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import unquote

from kakehashi.protocols.phenopacket.chromosomes import ASSEMBLIES, GRCH37, GRCH38, Assembly, chromosome_name
from kakehashi.protocols.phenopacket.problems import Problem
from kakehashi.protocols.vcf_problems import vcf_problem

MAX_MIB: Final = 32
MAX_RECORDS: Final = 2000
MAX_PROBLEMS: Final = 100
MAX_ALLELE: Final = 5000
MAX_POSITION: Final = 3_000_000_000

Zygosity = Literal["heterozygous", "homozygous", "hemizygous", "unknown"]

_FIXED: Final = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")
_CHROMOSOME: Final = re.compile(r"[A-Za-z0-9_.]{1,40}\Z")
_BASES: Final = re.compile(r"[ACGTNacgtn]+\Z")
_ALTERNATE: Final = re.compile(r"(?:[ACGTNacgtn]+|<[A-Za-z0-9:_.-]{1,60}>|(?=.*[\[\]])[A-Za-z0-9.:<>_\[\]-]{1,200})\Z")
_NO_ALLELE: Final = ("*", ".", "<*>", "<NON_REF>")
_GENOTYPE: Final = re.compile(r"(?:\d{1,3}|\.)(?:[/|](?:\d{1,3}|\.))*\Z")
_GENE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@/-]{0,39}\Z")
_NAMED: Final = re.compile(r"(hg19|hg38|grch37|grch38|b37|hs37d5)", re.IGNORECASE)
_FORMAT: Final = re.compile(r"Format:\s*([^\">]+)", re.IGNORECASE)


class VcfError(ValueError):
    """A file that cannot be read at all; ``problems`` say why, in both languages."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(one.en for one in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Candidate:
    """One alternate allele of one line. ``carried``: whether the sample has it; None where no genotype says so.

    ``filters``: what the caller's filters said, "" for PASS or nothing.
    """

    line: int
    chromosome: str
    position: int
    reference: str
    alternate: str
    genotype: str
    zygosity: Zygosity
    carried: bool | None
    gene: str
    hgvs: str
    consequence: str
    filters: str


@dataclass(frozen=True, slots=True)
class VcfFile:
    """What a file says of one sample. ``assembly``: "GRCh37", "GRCh38", or "" where the header does not tell."""

    assembly: str
    samples: tuple[str, ...]
    sample: str
    candidates: tuple[Candidate, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Header:
    assembly: Assembly | None
    samples: tuple[str, ...]
    csq: tuple[str, ...]
    first: int


def read(data: bytes, sample: str = "") -> VcfFile:
    """Read a file for one sample (the first where none is named). Raises VcfError."""
    lines = _text(data).split("\n")
    header = _header(lines)
    if sample and sample not in header.samples:
        shown = ", ".join(header.samples[:10]) or "–"
        raise VcfError(vcf_problem("no-sample", "", None, name=sample, samples=shown))
    chosen = sample or next(iter(header.samples), "")
    column = len(_FIXED) + 1 + header.samples.index(chosen) if chosen else None
    problems: list[Problem] = []
    candidates: list[Candidate] = []
    records = 0
    for number, line in enumerate(lines[header.first :], header.first + 1):
        if not line.strip():
            continue
        records += 1
        if records > MAX_RECORDS:
            raise VcfError(vcf_problem("too-many-records", "", number, limit=f"{MAX_RECORDS:,}"))
        found = _record(line.rstrip("\r").split("\t"), number, header, column)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            candidates += found
    name = header.assembly.name if header.assembly else ""
    return VcfFile(name, header.samples, chosen, tuple(candidates), tuple(problems[:MAX_PROBLEMS]))


def _text(data: bytes) -> str:
    limit = MAX_MIB * 2**20
    if data[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
                data = stream.read(limit + 1)
        except (OSError, EOFError, zlib.error):
            raise VcfError(vcf_problem("bad-gzip", "", None)) from None
    if len(data) > limit:
        raise VcfError(vcf_problem("too-large", "", None, limit=MAX_MIB))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise VcfError(vcf_problem("not-text", "", None)) from None


def _header(lines: list[str]) -> _Header:
    if not lines[0].startswith("##fileformat=VCF"):
        raise VcfError(vcf_problem("not-vcf", "", 1))
    lengths: set[str] = set()
    named = ""
    csq: tuple[str, ...] = ()
    for number, line in enumerate(lines):
        if line.startswith("##"):
            if line.startswith(("##reference=", "##assembly=")) and (found := _NAMED.search(line)):
                named = named or found.group(1).lower()
            elif line.startswith("##contig="):
                lengths |= _assemblies_of(line)
            elif line.startswith("##INFO=<ID=CSQ,") and (fields := _FORMAT.search(line)):
                csq = tuple(part.strip().upper() for part in fields.group(1).split("|"))
            continue
        cells = line.rstrip("\r").split("\t")
        samples = tuple(cells[len(_FIXED) + 1 :])
        if tuple(cells[: len(_FIXED)]) != _FIXED or len(set(samples)) < len(samples) or "" in samples:
            break
        by_length = {"GRCh37": GRCH37, "GRCh38": GRCH38}.get(next(iter(lengths)) if len(lengths) == 1 else "")
        by_name = ASSEMBLIES.get(named)
        agreed = by_length if by_name in (None, by_length) else None if lengths else by_name
        return _Header(agreed, samples, csq, number + 1)
    raise VcfError(vcf_problem("no-heading", "", None))


def _assemblies_of(contig: str) -> set[str]:
    """The assembly in which a chromosome has the length that a contig line says; none for other contigs."""
    name = re.search(r"[<,]ID=([^,>]+)", contig)
    length = re.search(r"[<,]length=(\d{1,10})", contig)
    chromosome = chromosome_name(name.group(1)) if name else None
    if chromosome in (None, "MT") or length is None:
        return set()
    bases = int(length.group(1))
    return {one.name for one in (GRCH37, GRCH38) if one.lengths[str(chromosome)] == bases}


def _record(cells: list[str], line: int, header: _Header, column: int | None) -> list[Candidate] | Problem:
    needed = len(_FIXED) + (1 + len(header.samples) if header.samples else 0)
    if len(cells) < needed:
        return vcf_problem("columns", "", line, number=len(cells), needed=needed)
    chromosome, position, _id, reference, alternates = cells[:5]
    if not _CHROMOSOME.match(chromosome):
        return vcf_problem("chromosome", "CHROM", line, value=chromosome)
    if not re.fullmatch(r"[1-9][0-9]{0,9}", position, re.ASCII) or int(position) > MAX_POSITION:
        return vcf_problem("position", "POS", line, value=position)
    name = chromosome_name(chromosome)
    if header.assembly is not None and name is not None and int(position) > (end := header.assembly.lengths[name]):
        told = {"chromosome": name, "assembly": header.assembly.name, "length": f"{end:,}", "value": position}
        return vcf_problem("beyond-chromosome", "POS", line, **told)
    if max(map(len, (reference, *alternates.split(",")))) > MAX_ALLELE:
        return vcf_problem("too-long", "REF", line, limit=f"{MAX_ALLELE:,}")
    if not _BASES.match(reference):
        return vcf_problem("reference", "REF", line, value=reference)
    alleles = alternates.split(",")
    bad = next(
        (one for one in alleles if one not in ("*", ".", "<*>", "<NON_REF>") and not _ALTERNATE.match(one)), None
    )
    if bad is not None:
        return vcf_problem("alternate", "ALT", line, value=bad)
    genotype = _genotype(cells, column)
    called = [int(one) for one in re.split(r"[/|]", genotype) if one.isdigit()]
    if any(one > len(alleles) for one in called):
        return vcf_problem("genotype", "FORMAT", line, value=genotype)
    info = _info(cells[7])
    filters = "" if cells[6] in ("PASS", ".", "") else cells[6][:100]
    return [
        Candidate(
            line=line,
            chromosome=chromosome,
            position=int(position),
            reference=reference,
            alternate=allele,
            genotype=genotype,
            zygosity=_zygosity(genotype, number, name),
            carried=(number in called) if called else None,
            filters=filters,
            **_annotated(info, header.csq, reference, alleles, number),
        )
        for number, allele in enumerate(alleles, 1)
        if allele not in _NO_ALLELE
    ]


def _genotype(cells: list[str], column: int | None) -> str:
    """The sample's GT, "" where none is given."""
    if column is None:
        return ""
    keys = cells[len(_FIXED)].split(":")
    values = cells[column].split(":")
    found = values[keys.index("GT")] if "GT" in keys and keys.index("GT") < len(values) else ""
    return found if _GENOTYPE.match(found) else ""


def _zygosity(genotype: str, allele: int, chromosome: str | None) -> Zygosity:
    """As the caller wrote it: one allele hemizygous, all homozygous, some heterozygous; mitochondria are none of it."""
    parts = re.split(r"[/|]", genotype)
    count = parts.count(str(allele))
    if count == 0 or chromosome == "MT":
        return "unknown"
    if len(parts) == 1:
        return "hemizygous"
    return "homozygous" if count == len(parts) else "heterozygous" if "." not in parts else "unknown"


def _info(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {key: value for key, _sign, value in pairs if key}


def _annotated(
    info: Mapping[str, str], csq: tuple[str, ...], reference: str, alleles: list[str], number: int
) -> dict[str, str]:
    """Gene, HGVS and consequence of an allele as the annotator said."""
    if info.get("CSQ") and csq:
        rows = [dict(zip(csq, row.split("|"), strict=False)) for row in info["CSQ"].split(",")]
        row = _chosen(rows, reference, alleles, number)
        return _said(row.get("SYMBOL", ""), row.get("HGVSC") or row.get("HGVSP", ""), row.get("CONSEQUENCE", ""))
    if info.get("ANN"):
        keys = ("ALLELE", "CONSEQUENCE", "IMPACT", "SYMBOL", "GENE", "KIND", "FEATURE", "", "", "HGVSC", "HGVSP")
        rows = [dict(zip(keys, row.split("|"), strict=False)) for row in info["ANN"].split(",")]
        row = _chosen(rows, reference, alleles, number)
        change = row.get("HGVSC", "")
        transcript = row.get("FEATURE", "")
        full = f"{transcript}:{change}" if change and transcript and ":" not in change else change
        return _said(row.get("SYMBOL", ""), full, row.get("CONSEQUENCE", ""))
    plain = next((info[key] for key in ("GENE", "SYMBOL", "GENEINFO", "Gene.refGene") if info.get(key)), "")
    return _said(re.split(r"[|,:&;]|\\x3b", plain)[0], info.get("HGVS", "") or info.get("HGVSC", ""), "")


def _said(gene: str, hgvs: str, consequence: str) -> dict[str, str]:
    said = unquote(hgvs)
    return {
        "gene": gene if _GENE.match(gene) else "",
        "hgvs": said if said.isprintable() and len(said) <= 500 else "",
        "consequence": " · ".join(consequence.split("&"))[:200] if consequence.isprintable() else "",
    }


def _chosen(rows: list[dict[str, str]], reference: str, alleles: list[str], number: int) -> dict[str, str]:
    """The annotation of an allele: of those that name it the picked, canonical or MANE one, else the first."""
    mine = [row for row in rows if _names(row, reference, alleles, number)]
    mine = mine or (rows if len(alleles) == 1 else [])
    return next(_preferred(mine), {})


def _preferred(rows: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    for sign in ("PICK", "MANE_SELECT", "CANONICAL"):
        yield from (row for row in rows if row.get(sign))
    yield from (row for row in rows if row.get("SYMBOL"))
    yield from rows


def _names(row: Mapping[str, str], reference: str, alleles: list[str], number: int) -> bool:
    if row.get("ALLELE_NUM"):
        return row["ALLELE_NUM"] == str(number)
    allele = alleles[number - 1]
    said = row.get("ALLELE", "")
    # VEP drops the base that an insertion or deletion shares with the reference
    trimmed = allele[1:] or "-" if len(allele) != len(reference) and allele[:1] == reference[:1] else allele
    return said in (allele, trimmed)
