"""The patient: individual, findings, measurements, samples, diseases and what was done about them."""

from typing import Annotated, ClassVar, Final, Literal, get_args

from pydantic import Field

from kakehashi.protocols.phenopacket.elements import (
    Evidence,
    ExternalReference,
    File,
    OntologyClass,
    Procedure,
    Quantity,
    TimeElement,
    TimeInterval,
)
from kakehashi.protocols.phenopacket.shape import Flag, Message, Text, Timestamp, Unsigned, Whole, numbered

SexName = Literal["UNKNOWN_SEX", "FEMALE", "MALE", "OTHER_SEX"]
KaryotypicSexName = Literal[
    "UNKNOWN_KARYOTYPE", "XX", "XY", "XO", "XXY", "XXX", "XXYY", "XXXY", "XXXX", "XYY", "OTHER_KARYOTYPE"
]
VitalStatusName = Literal["UNKNOWN_STATUS", "ALIVE", "DECEASED"]
DrugTypeName = Literal[
    "UNKNOWN_DRUG_TYPE", "PRESCRIPTION", "EHR_MEDICATION_LIST", "ADMINISTRATION_RELATED_TO_PROCEDURE"
]
RegimenStatusName = Literal["UNKNOWN_STATUS", "STARTED", "COMPLETED", "DISCONTINUED"]

Sex = Annotated[SexName, numbered(get_args(SexName))]
SEXES: Final[tuple[str, ...]] = get_args(SexName)


class VitalStatus(Message):
    """Alive or not, since when and why."""

    status: Annotated[VitalStatusName, numbered(get_args(VitalStatusName))] = "UNKNOWN_STATUS"
    time_of_death: TimeElement | None = None
    cause_of_death: OntologyClass | None = None
    survival_time_in_days: Unsigned = 0


class Individual(Message):
    """The person (or animal) that the record is about."""

    id: Text = ""
    alternate_ids: list[Text] = Field(default_factory=list)
    date_of_birth: Timestamp = ""
    time_at_last_encounter: TimeElement | None = None
    vital_status: VitalStatus | None = None
    sex: Sex = "UNKNOWN_SEX"
    karyotypic_sex: Annotated[KaryotypicSexName, numbered(get_args(KaryotypicSexName))] = "UNKNOWN_KARYOTYPE"
    gender: OntologyClass | None = None
    taxonomy: OntologyClass | None = None


class PhenotypicFeature(Message):
    """A finding that was looked for: present, or looked for and absent (``excluded``)."""

    description: Text = ""
    type: OntologyClass | None = None
    excluded: Flag = False
    severity: OntologyClass | None = None
    modifiers: list[OntologyClass] = Field(default_factory=list)
    onset: TimeElement | None = None
    resolution: TimeElement | None = None
    evidence: list[Evidence] = Field(default_factory=list)


class Value(Message):
    """A quantity or a category."""

    ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = (("quantity", "ontology_class"),)

    quantity: Quantity | None = None
    ontology_class: OntologyClass | None = None


class TypedQuantity(Message):
    """One part of a complex value, such as systolic pressure."""

    type: OntologyClass | None = None
    quantity: Quantity | None = None


class ComplexValue(Message):
    """A value of several parts, such as blood pressure."""

    typed_quantities: list[TypedQuantity] = Field(default_factory=list)


class Measurement(Message):
    """One assay and its outcome."""

    ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = (("value", "complex_value"),)

    description: Text = ""
    assay: OntologyClass | None = None
    value: Value | None = None
    complex_value: ComplexValue | None = None
    time_observed: TimeElement | None = None
    procedure: Procedure | None = None


class Biosample(Message):
    """A sample taken from an individual."""

    id: Text = ""
    individual_id: Text = ""
    derived_from_id: Text = ""
    description: Text = ""
    sampled_tissue: OntologyClass | None = None
    sample_type: OntologyClass | None = None
    phenotypic_features: list[PhenotypicFeature] = Field(default_factory=list)
    measurements: list[Measurement] = Field(default_factory=list)
    taxonomy: OntologyClass | None = None
    time_of_collection: TimeElement | None = None
    histological_diagnosis: OntologyClass | None = None
    tumor_progression: OntologyClass | None = None
    tumor_grade: OntologyClass | None = None
    pathological_stage: OntologyClass | None = None
    pathological_tnm_finding: list[OntologyClass] = Field(default_factory=list)
    diagnostic_markers: list[OntologyClass] = Field(default_factory=list)
    procedure: Procedure | None = None
    files: list[File] = Field(default_factory=list)
    material_sample: OntologyClass | None = None
    sample_processing: OntologyClass | None = None
    sample_storage: OntologyClass | None = None


class Disease(Message):
    """A diagnosis made, or ruled out (``excluded``)."""

    term: OntologyClass | None = None
    excluded: Flag = False
    onset: TimeElement | None = None
    resolution: TimeElement | None = None
    disease_stage: list[OntologyClass] = Field(default_factory=list)
    clinical_tnm_finding: list[OntologyClass] = Field(default_factory=list)
    primary_site: OntologyClass | None = None
    laterality: OntologyClass | None = None


class DoseInterval(Message):
    """A dose, how often, from when to when."""

    quantity: Quantity | None = None
    schedule_frequency: OntologyClass | None = None
    interval: TimeInterval | None = None


class Treatment(Message):
    """An agent given to the patient."""

    agent: OntologyClass | None = None
    route_of_administration: OntologyClass | None = None
    dose_intervals: list[DoseInterval] = Field(default_factory=list)
    drug_type: Annotated[DrugTypeName, numbered(get_args(DrugTypeName))] = "UNKNOWN_DRUG_TYPE"
    cumulative_dose: Quantity | None = None


class RadiationTherapy(Message):
    """Dosage in gray, split into fractions."""

    modality: OntologyClass | None = None
    body_site: OntologyClass | None = None
    dosage: Whole = 0
    fractions: Whole = 0


class TherapeuticRegimen(Message):
    """A protocol of treatments, by name or reference."""

    ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = (("external_reference", "ontology_class"),)

    external_reference: ExternalReference | None = None
    ontology_class: OntologyClass | None = None
    start_time: TimeElement | None = None
    end_time: TimeElement | None = None
    regimen_status: Annotated[RegimenStatusName, numbered(get_args(RegimenStatusName))] = "UNKNOWN_STATUS"


class MedicalAction(Message):
    """One of four kinds of action, its aim and how it went."""

    ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("procedure", "treatment", "radiation_therapy", "therapeutic_regimen"),
    )

    procedure: Procedure | None = None
    treatment: Treatment | None = None
    radiation_therapy: RadiationTherapy | None = None
    therapeutic_regimen: TherapeuticRegimen | None = None
    treatment_target: OntologyClass | None = None
    treatment_intent: OntologyClass | None = None
    response_to_treatment: OntologyClass | None = None
    adverse_events: list[OntologyClass] = Field(default_factory=list)
    treatment_termination_reason: OntologyClass | None = None
