"""The exchange's messages as typed shapes: what is known by name, and unknown extras kept as they came.

Fields, obligations and lengths: search-api.md v1.1. JSON names are camelCase; extras (``_anything`` and what later
versions add) stay in ``model_extra`` and are written out again.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

MAX_FEATURES = 1000
Line = Annotated[str, StringConstraints(max_length=255)]
Words = Annotated[str, StringConstraints(max_length=20_000)]
Link = Annotated[
    str, StringConstraints(max_length=2000, pattern=r"^(?i:https?://[^\s<>\"]+|mailto:[^\s<>\"@]+@[^\s<>\"]+)$")
]
Bases = Annotated[str, StringConstraints(max_length=10_000, pattern=r"^[A-Za-z0-9<>:*\[\],._-]*$")]
Place = Annotated[int, Field(ge=0, le=4_000_000_000)]


def _word(value: Any) -> Any:
    """Peers send "1" for 1 and TRUE texts; numbers of a few letters are read as such."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10 else value


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class Shape(BaseModel):
    """Base: camelCase names, unknown extras kept, nothing invented."""

    model_config = ConfigDict(extra="allow", alias_generator=to_camel, populate_by_name=True, frozen=True)

    def tree(self) -> dict[str, Any]:
        """As JSON: only what was said."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Contact(Shape):
    """Who to write to. ``href``: a form (http, https) or a mail address (mailto); no other scheme is let through."""

    name: Line
    href: Link
    institution: Line | None = None
    email: Line | None = None
    roles: Annotated[tuple[Line, ...], Field(max_length=20)] | None = None


class Feature(Shape):
    """A finding: an HPO term, present unless ``observed`` says no."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    label: Line | None = None
    observed: Annotated[Literal["yes", "no"], BeforeValidator(_lower)] | None = None
    age_of_onset: Line | None = None

    @property
    def present(self) -> bool:
        return self.observed != "no"


class Gene(Shape):
    """A gene by Ensembl id, Entrez id or HGNC symbol."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=60)]


class Variant(Shape):
    """A variant: ``start`` 0-based, ``end`` 0-based and exclusive.

    The specification makes ``start`` mandatory; the exchange's own benchmark patients leave it out, so it is not asked.
    """

    assembly: Line
    reference_name: Line
    start: Annotated[Place, BeforeValidator(_word)] | None = None
    end: Annotated[Place, BeforeValidator(_word)] | None = None
    reference_bases: Bases | None = None
    alternate_bases: Bases | None = None


class OntologyClass(Shape):
    id: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    label: Line | None = None


class GenomicFeature(Shape):
    """A candidate gene, perhaps with a variant. ``zygosity``: 1 heterozygous or hemizygous, 2 homozygous."""

    gene: Gene
    variant: Variant | None = None
    zygosity: Annotated[Literal[1, 2], BeforeValidator(_word)] | None = None
    type: OntologyClass | None = None


class Disorder(Shape):
    """A disorder, ``MIM:…`` or ``Orphanet:…``."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    label: Words | None = None


class Patient(Shape):
    """A patient as the exchange knows one: id, contact, and findings or candidate genes."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    contact: Contact
    features: Annotated[tuple[Feature, ...], Field(max_length=MAX_FEATURES)] | None = None
    genomic_features: Annotated[tuple[GenomicFeature, ...], Field(max_length=MAX_FEATURES)] | None = None
    disorders: Annotated[tuple[Disorder, ...], Field(max_length=100)] | None = None
    label: Line | None = None
    species: Line | None = None
    sex: (
        Annotated[Literal["FEMALE", "MALE", "OTHER", "MIXED_SAMPLE", "NOT_APPLICABLE"], BeforeValidator(_upper)] | None
    ) = None
    age_of_onset: Line | None = None
    inheritance_mode: Line | None = None
    test: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "Patient":
        if not self.features and not self.genomic_features:
            raise ValueError("at least one of features and genomicFeatures is needed")
        return self


class MatchRequest(Shape):
    """POST /match: the patient to find similar ones of; terms and disclaimer are shown with the data."""

    patient: Patient
    disclaimer: Words | None = None
    terms: Words | None = None


class Score(Shape):
    patient: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Result(Shape):
    score: Score
    patient: Patient


class Answer(Shape):
    """The answer to a match, best first."""

    results: tuple[Result, ...]
    disclaimer: Words | None = None
    terms: Words | None = None


class HeartbeatFacts(Shape):
    production: bool
    version: Line
    accept: tuple[Line, ...]


class Heartbeat(Shape):
    heartbeat: HeartbeatFacts
    disclaimer: Words | None = None


class Counts(Shape):
    """metrics-api.md; every count is optional, the day is not."""

    number_of_cases: int | None = None
    number_of_submitters: int | None = None
    number_of_genes: int | None = None
    number_of_unique_genes: int | None = None
    number_of_variants: int | None = None
    number_of_unique_variants: int | None = None
    number_of_features: int | None = None
    number_of_unique_features: int | None = None
    number_of_feature_sets: int | None = None
    number_of_unique_genes_matched: int | None = None
    number_of_cases_with_diagnosis: int | None = None
    number_of_requests_received: int | None = None
    number_of_potential_matches_sent: int | None = None
    date_generated: Line


class Metrics(Shape):
    metrics: Counts
    disclaimer: Words | None = None
    terms: Words | None = None
