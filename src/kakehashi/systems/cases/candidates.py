"""Candidate variants out of a small VCF file: looked at first, then the chosen ones added to a case as one revision."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from kakehashi.kernel.errors import Invalid
from kakehashi.protocols import vcf
from kakehashi.protocols.vcf import VcfError
from kakehashi.systems.cases import genenames, lineproblems
from kakehashi.systems.cases.actions import edit_case
from kakehashi.systems.cases.description import MOST_VARIANTS, Variant
from kakehashi.systems.cases.lineproblems import LineProblem
from kakehashi.systems.cases.models import Case

_ALLELE = re.compile(r"(?P<reference>[^:()]+)(\([^:()]+\))?:(?P<change>[cgmn]\.[^:]+?)(\(p\..+\))?")

MOST_MIB = 16
"""Largest file that is taken, packed or not; what it unpacks to is bounded by the reader."""


@dataclass(frozen=True)
class Row:
    """One candidate. ``known``: the case has it already; ``carried``: the sample has it, None where not said."""

    line: int
    variant: Variant
    genotype: str
    carried: bool | None
    consequence: str
    filters: str
    known: bool

    @property
    def offered(self) -> bool:
        """Whether it is chosen unless someone says otherwise."""
        return not self.known and self.carried is not False

    @property
    def sent(self) -> str:
        """The variant as the form sends it back."""
        return self.variant.model_dump_json(exclude_defaults=True)


@dataclass(frozen=True)
class Preview:
    """What a file would add. ``assembly`` "": neither the file nor the person has said it yet."""

    assembly: str = ""
    sample: str = ""
    samples: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    problems: tuple[LineProblem, ...] = ()
    readable: bool = True


def insist_on_size(size: int) -> None:
    """Raise Invalid for a file that is too large to be one of candidates."""
    if size > MOST_MIB * 2**20:
        text = _("The file is larger than %(limit)d MiB. Send the candidates only.")
        raise Invalid({"file": [text % {"limit": MOST_MIB}]})


def preview(data: bytes, *, case: Case, sample: str = "", assembly: str = "") -> Preview:
    """Look at a file; ``assembly`` counts where the file itself does not say one. Nothing is kept."""
    try:
        file = vcf.read(data, sample.strip())
    except VcfError as error:
        return Preview(problems=lineproblems.told(error.problems), readable=False)
    said = file.assembly or assembly
    have, named = {_place(one) for one in case.described.variants}, _named_only(case.described.variants)
    rows = tuple(_row(one, said, have, named) for one in file.candidates)
    return Preview(said, file.sample, file.samples, rows, lineproblems.told(file.problems))


def add_variants(*, by: Any, case: Case, variants: Iterable[Variant], from_revision: int) -> int:
    """Add variants to a case as one revision; how many were new. Raises as ``edit_case``, and Invalid."""
    said = case.described
    have, named = {_place(one) for one in said.variants}, _named_only(said.variants)
    new: dict[tuple[Any, ...], Variant] = {}
    for variant in variants:
        if _place(variant) not in have and _name(variant) not in named:
            new.setdefault(_place(variant), variant)
    if not new:
        raise Invalid({"variants": [_("Choose at least one variant that the case does not have yet.")]})
    if len(said.variants) + len(new) > MOST_VARIANTS:
        text = _("A case holds at most %(most)d variants; this would make %(count)d. Choose fewer.")
        raise Invalid({"variants": [text % {"most": MOST_VARIANTS, "count": len(said.variants) + len(new)}]})
    described = said.model_copy(update={"variants": (*said.variants, *new.values())})
    edit_case(by=by, case=case, description=described, from_revision=from_revision, note=_("Added from a VCF file"))
    return len(new)


def read_chosen(sent: Iterable[str], *, assembly: str) -> list[Variant]:
    """The variants that a form sends back, with the assembly where they name none. Raises Invalid."""
    if assembly not in ("GRCh37", "GRCh38", ""):
        raise Invalid({"assembly": [_("Say which assembly the positions are of.")]})
    found = []
    for text in sent:
        try:
            variant = Variant.model_validate_json(text)
            found.append(variant if variant.assembly else variant.model_copy(update={"assembly": assembly}))
        except ValidationError:
            raise Invalid({"variants": [_("What was sent is no variant. Look at the file again.")]}) from None
    if any(not one.assembly for one in found):
        raise Invalid({"assembly": [_("Say which assembly the positions are of.")]})
    return found


def _row(found: vcf.Candidate, assembly: str, have: set[tuple[Any, ...]], named: set[str]) -> Row:
    variant = Variant.model_validate(
        {
            "gene": genenames.current_gene(found.gene) if found.gene else "",
            "hgvs": found.hgvs,
            "assembly": assembly,
            "chromosome": found.chromosome,
            "position": found.position,
            "reference": found.reference,
            "alternate": found.alternate,
            "zygosity": found.zygosity,
        }
    )
    placed = any(_place(variant.model_copy(update={"assembly": one})) in have for one in {assembly, ""})
    known = placed or _name(variant) in named
    return Row(found.line, variant, found.genotype, found.carried, found.consequence, found.filters, known)


def _place(variant: Variant) -> tuple[Any, ...]:
    chromosome = variant.chromosome.removeprefix("chr")
    if variant.position is None:
        return (variant.gene, variant.hgvs, variant.note)
    return (variant.assembly, chromosome, variant.position, variant.reference.upper(), variant.alternate.upper())


def _named_only(variants: Iterable[Variant]) -> set[str]:
    """The names of the variants that a case has by HGVS alone: only these have no place to be known by."""
    return {_name(one) for one in variants if one.position is None} - {""}


def _name(variant: Variant) -> str:
    """A variant's HGVS without spaces and what is in brackets after the reference; "" where it names no one allele.

    A protein's change (``NP_000129.3:p.Gly1013Arg``) can be of several alleles, one without its reference of any.
    """
    said = _ALLELE.fullmatch("".join(variant.hgvs.split()))
    return f"{said['reference']}:{said['change']}" if said else ""
