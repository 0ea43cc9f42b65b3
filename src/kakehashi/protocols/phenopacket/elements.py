"""Building blocks used all over the schema: ontology classes, times, references, procedures, files, metadata."""

from typing import ClassVar

from pydantic import Field

from kakehashi.protocols.phenopacket.shape import Message, Real, Text, Timestamp, Whole


class OntologyClass(Message):
    """A term: ``HP:0001250``, "Seizure"."""

    id: Text = ""
    label: Text = ""


class ExternalReference(Message):
    """A publication or another record outside."""

    id: Text = ""
    reference: Text = ""
    description: Text = ""


class Evidence(Message):
    """Why something is believed: an evidence code and where it is written."""

    evidence_code: OntologyClass | None = None
    reference: ExternalReference | None = None


class GestationalAge(Message):
    """Completed weeks, and days beyond them, since the last menstrual period."""

    weeks: Whole = 0
    days: Whole = 0


class Age(Message):
    """An age as an ISO 8601 duration: ``P3Y2M``."""

    iso8601duration: Text = ""


class AgeRange(Message):
    """Between two ages."""

    start: Age | None = None
    end: Age | None = None


class TimeInterval(Message):
    """Between two moments."""

    start: Timestamp = ""
    end: Timestamp = ""


class TimeElement(Message):
    """A point or stretch of time, said in one of six ways."""

    ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("gestational_age", "age", "age_range", "ontology_class", "timestamp", "interval"),
    )

    gestational_age: GestationalAge | None = None
    age: Age | None = None
    age_range: AgeRange | None = None
    ontology_class: OntologyClass | None = None
    timestamp: Timestamp | None = None
    interval: TimeInterval | None = None


class ReferenceRange(Message):
    """The normal range of a measured quantity."""

    unit: OntologyClass | None = None
    low: Real = 0.0
    high: Real = 0.0


class Quantity(Message):
    """A number with its unit."""

    unit: OntologyClass | None = None
    value: Real = 0.0
    reference_range: ReferenceRange | None = None


class Procedure(Message):
    """Something done to the patient, where and when."""

    code: OntologyClass | None = None
    body_site: OntologyClass | None = None
    performed: TimeElement | None = None


class File(Message):
    """A file outside, and which individual is called what inside it."""

    uri: Text = ""
    individual_to_file_identifiers: dict[str, Text] = Field(default_factory=dict)
    file_attributes: dict[str, Text] = Field(default_factory=dict)


class Resource(Message):
    """An ontology or database whose identifiers are used in the record."""

    id: Text = ""
    name: Text = ""
    url: Text = ""
    version: Text = ""
    namespace_prefix: Text = ""
    iri_prefix: Text = ""


class Update(Message):
    """One change of the record."""

    timestamp: Timestamp = ""
    updated_by: Text = ""
    comment: Text = ""


class MetaData(Message):
    """Who made the record, when, with which resources."""

    created: Timestamp = ""
    created_by: Text = ""
    submitted_by: Text = ""
    resources: list[Resource] = Field(default_factory=list)
    updates: list[Update] = Field(default_factory=list)
    phenopacket_schema_version: Text = ""
    external_references: list[ExternalReference] = Field(default_factory=list)
