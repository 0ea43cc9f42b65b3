"""Genes and variants: how the patient's genome was read. VRS variations inside are kept as they are."""

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field

from kakehashi.protocols.phenopacket.elements import OntologyClass
from kakehashi.protocols.phenopacket.shape import Json, Long, Message, Text, numbered

ProgressName = Literal["UNKNOWN_PROGRESS", "IN_PROGRESS", "COMPLETED", "SOLVED", "UNSOLVED"]
InterpretationStatusName = Literal["UNKNOWN_STATUS", "REJECTED", "CANDIDATE", "CONTRIBUTORY", "CAUSATIVE"]
AcmgName = Literal[
    "NOT_PROVIDED", "BENIGN", "LIKELY_BENIGN", "UNCERTAIN_SIGNIFICANCE", "LIKELY_PATHOGENIC", "PATHOGENIC"
]
ActionabilityName = Literal["UNKNOWN_ACTIONABILITY", "NOT_ACTIONABLE", "ACTIONABLE"]
MoleculeName = Literal["unspecified_molecule_context", "genomic", "transcript", "protein"]


class GeneDescriptor(Message):
    """A gene: HGNC id and symbol."""

    value_id: Text = ""
    symbol: Text = ""
    description: Text = ""
    alternate_ids: list[Text] = Field(default_factory=list)
    alternate_symbols: list[Text] = Field(default_factory=list)
    xrefs: list[Text] = Field(default_factory=list)


class Expression(Message):
    """A variant written in some syntax: ``hgvs.c``, ``NM_000383.4:c.769C>T``."""

    syntax: Text = ""
    value: Text = ""
    version: Text = ""


class VcfRecord(Message):
    """A variant as one line of a VCF file; ``pos`` counts from 1."""

    genome_assembly: Text = ""
    chrom: Text = ""
    pos: Long = 0
    id: Text = ""
    ref: Text = ""
    alt: Text = ""
    qual: Text = ""
    filter: Text = ""
    info: Text = ""


class Extension(Message):
    """A named value outside the schema."""

    name: Text = ""
    value: Json = ""


class VariationDescriptor(Message):
    """A variant described every way that is known. VRSATILE's descriptor; ``variation`` is VRS, kept as it is."""

    id: Text = ""
    variation: Json = None
    label: Text = ""
    description: Text = ""
    gene_context: GeneDescriptor | None = None
    expressions: list[Expression] = Field(default_factory=list)
    vcf_record: VcfRecord | None = None
    xrefs: list[Text] = Field(default_factory=list)
    alternate_labels: list[Text] = Field(default_factory=list)
    extensions: list[Extension] = Field(default_factory=list)
    molecule_context: Annotated[MoleculeName, numbered(get_args(MoleculeName))] = "unspecified_molecule_context"
    structural_type: OntologyClass | None = None
    vrs_ref_allele_seq: Text = ""
    allelic_state: OntologyClass | None = None


class VariantInterpretation(Message):
    """How bad a variant is held to be."""

    acmg_pathogenicity_classification: Annotated[AcmgName, numbered(get_args(AcmgName))] = "NOT_PROVIDED"
    therapeutic_actionability: Annotated[ActionabilityName, numbered(get_args(ActionabilityName))] = (
        "UNKNOWN_ACTIONABILITY"
    )
    variation_descriptor: VariationDescriptor | None = None


class GenomicInterpretation(Message):
    """What a gene or a variant has to do with the diagnosis."""

    ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = (("gene", "variant_interpretation"),)

    subject_or_biosample_id: Text = ""
    interpretation_status: Annotated[InterpretationStatusName, numbered(get_args(InterpretationStatusName))] = (
        "UNKNOWN_STATUS"
    )
    gene: GeneDescriptor | None = None
    variant_interpretation: VariantInterpretation | None = None


class Diagnosis(Message):
    """A disease and the genomic findings that speak for it."""

    disease: OntologyClass | None = None
    genomic_interpretations: list[GenomicInterpretation] = Field(default_factory=list)


class Interpretation(Message):
    """One reading of the patient's genome."""

    id: Text = ""
    progress_status: Annotated[ProgressName, numbered(get_args(ProgressName))] = "UNKNOWN_PROGRESS"
    diagnosis: Diagnosis | None = None
    summary: Text = ""
