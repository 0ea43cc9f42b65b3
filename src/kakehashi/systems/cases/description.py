"""What is said of a patient: a value without an owner, the same in form, API, file, revision and index.

A Description is stored as JSON in a case and in each of its revisions. It holds HPO ids as they were current when it
was entered, never labels that a release may change; a term that the node does not know keeps the label it came with.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kakehashi.protocols.phenopacket.agewords import DURATION, FirstSign, age_days_of, first_sign

Sex = Literal["female", "male", "other", "unknown"]
Answer = Literal["yes", "no", "unknown"]
Zygosity = Literal["heterozygous", "homozygous", "hemizygous", "compound_heterozygous", "mosaic", "unknown"]
Inherited = Literal["unknown", "de_novo", "maternal", "paternal", "biparental"]
Origin = Literal["unknown", "germline", "somatic", "mosaic"]

MOST_FINDINGS = 1000
MOST_VARIANTS = 500

TermId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]+:[A-Za-z0-9_.-]+$", max_length=60)]
HpoId = Annotated[str, StringConstraints(pattern=r"^HP:\d{7}$")]
Age = Annotated[str, StringConstraints(pattern=rf"^(?:{DURATION})?$", max_length=40)]
Onset = Annotated[str, StringConstraints(pattern=rf"^(?:HP:\d{{7}}|{DURATION})?$", max_length=40)]
Month = Annotated[str, StringConstraints(pattern=r"^(?:(?:19|20)\d{2}(?:-(?:0[1-9]|1[0-2]))?)?$")]
Symbol = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@/-]*$", max_length=40)]
PRINTABLE, PRINTABLE_LINES = r"^[^\x00-\x1f\x7f]*$", r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=PRINTABLE)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000, pattern=PRINTABLE_LINES)]
Position = Annotated[int, Field(ge=1, le=3_000_000_000)]


class Value(BaseModel):
    """Base: frozen, nothing beyond the fields, equal when all fields are."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Finding(Value):
    """One finding that was looked for. ``onset``, ``resolved``: an HPO onset term or an ISO 8601 age.

    Its course (progressive, stable, …) is among the modifiers, as HPO has it.
    """

    term: TermId
    excluded: bool = False
    onset: Onset = ""
    resolved: Onset = ""
    severity: Line = ""
    modifiers: tuple[TermId, ...] = Field(default=(), max_length=20)
    note: Line = ""
    label: Line = Field(default="", description="The label it came with; used where the node does not know the term.")


class Variant(Value):
    """A variant by HGVS, by VCF fields, or both; at least a gene or one of the two is said."""

    gene: Symbol | Literal[""] = ""
    hgvs: Line = ""
    assembly: Literal["", "GRCh37", "GRCh38"] = ""
    chromosome: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.]*$", max_length=40)] = ""
    position: Position | None = None
    reference: Annotated[str, StringConstraints(pattern=r"^[ACGTNacgtn]*$", max_length=5000)] = ""
    alternate: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9<>:*\[\],._-]*$", max_length=5000)] = ""
    zygosity: Zygosity = "unknown"
    inheritance: Inherited = "unknown"
    origin: Origin = "unknown"
    note: Line = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.gene or self.hgvs or self.position or self.note):
            raise ValueError(_("A variant needs a gene, an HGVS expression or VCF fields."))
        return self

    @property
    def vcf(self) -> str:
        """ "GRCh38 17:43045712 A>G", "" where there are no VCF fields."""
        if self.position is None:
            return ""
        return f"{self.assembly} {self.chromosome}:{self.position} {self.reference}>{self.alternate}".strip()


class Diagnosis(Value):
    """A disease that was found (``OMIM:154700``); kept apart from candidates."""

    disease: TermId
    label: Line = ""


class Description(Value):
    """All that is said of one patient. ``age``: at the last examination; ``birth``: year or year and month.

    ``undiagnosed_since``: the month (or year) since when the patient has been looked into without a diagnosis.
    """

    sex: Sex = "unknown"
    birth: Month = ""
    undiagnosed_since: Month = ""
    age: Age = ""
    onset: Onset = ""
    findings: tuple[Finding, ...] = Field(default=(), max_length=MOST_FINDINGS)
    genes: tuple[Symbol, ...] = Field(default=(), max_length=500)
    variants: tuple[Variant, ...] = Field(default=(), max_length=MOST_VARIANTS)
    affected_relatives: Answer = "unknown"
    consanguinity: Answer = "unknown"
    family_history: Words = ""
    inheritance: tuple[HpoId, ...] = Field(default=(), max_length=10)
    diagnoses: tuple[Diagnosis, ...] = Field(default=(), max_length=20)
    sources: tuple[Line, ...] = Field(default=(), max_length=50)
    note: Words = ""

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        seen: set[str] = set()
        for finding in self.findings:
            if finding.term in seen:
                raise ValueError(
                    _("%(term)s is given twice; a finding is either present or absent.") % {"term": finding.term}
                )
            seen.add(finding.term)
        return self

    @property
    def says_something(self) -> bool:
        """Whether there is anything to rank or match by."""
        return bool(self.findings or self.genes or self.variants)

    @property
    def age_days(self) -> float | None:
        return age_days_of(self.age)

    @property
    def first_sign(self) -> FirstSign | None:
        """The onset that is said of the illness, else the earliest of the present findings'."""
        return first_sign([self.onset], [finding.onset for finding in self.present])

    @property
    def present(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if not finding.excluded)

    @property
    def absent(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.excluded)

    @property
    def all_genes(self) -> tuple[str, ...]:
        """Candidate genes, and those of the variants; each once, in order."""
        return tuple(dict.fromkeys([*self.genes, *(variant.gene for variant in self.variants if variant.gene)]))

    @property
    def publications(self) -> tuple[str, ...]:
        """The PMIDs that the patient was published under, where the sources name any."""
        return tuple(source for source in self.sources if source.startswith("PMID:"))

    def stored(self) -> dict[str, Any]:
        """As JSON: only what was said, so that equal descriptions are equal texts."""
        return self.model_dump(mode="json", exclude_defaults=True)


def pseudonym_of(written: str) -> str | None:
    """A patient's pseudonym as it is kept, however it came in; None unless it is 1 to 120 printable characters."""
    pseudonym = written.strip()
    return pseudonym if 0 < len(pseudonym) <= 120 and pseudonym.isprintable() else None


def age_text(years: int | None, months: int | None) -> str:
    """ "P3Y2M" of 3 and 2; "" of neither."""
    if years is None and months is None:
        return ""
    parts = f"{years}Y" if years else "", f"{months}M" if months else ""
    return "P" + ("".join(parts) or "0D")


class Difference(Value):
    """One thing that two descriptions say differently. ``place`` is a field, or ``findings`` with the term."""

    place: str
    item: str = ""
    before: Any = None
    after: Any = None


KEYED = {"findings": "term", "diagnoses": "disease"}
LISTS = ("genes", "inheritance", "sources")


def differences(before: Description, after: Description) -> list[Difference]:
    """What changed from one description to the other: fields, findings one by one, list items that came or went."""
    return list(_differences(before.model_dump(mode="json"), after.model_dump(mode="json")))


def _differences(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Difference]:
    for place in Description.model_fields:
        if old[place] == new[place]:
            continue
        if place in KEYED:
            was, is_now = ({row[KEYED[place]]: row for row in side[place]} for side in (old, new))
            for key in [*was, *(key for key in is_now if key not in was)]:
                if was.get(key) != is_now.get(key):
                    yield Difference(place=place, item=key, before=was.get(key), after=is_now.get(key))
        elif place in LISTS:
            for item in old[place]:
                if item not in new[place]:
                    yield Difference(place=place, item=item, before=item)
            for item in new[place]:
                if item not in old[place]:
                    yield Difference(place=place, item=item, after=item)
        elif place == "variants":
            for row in old[place]:
                if row not in new[place]:
                    yield Difference(place=place, before=row)
            for row in new[place]:
                if row not in old[place]:
                    yield Difference(place=place, after=row)
        else:
            yield Difference(place=place, before=old[place], after=new[place])
