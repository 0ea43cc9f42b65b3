"""The three documents one can send: a phenopacket, a family with its pedigree, a cohort."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from kakehashi.protocols.phenopacket.clinical import (
    Biosample,
    Disease,
    Individual,
    Measurement,
    MedicalAction,
    PhenotypicFeature,
    Sex,
)
from kakehashi.protocols.phenopacket.elements import File, MetaData
from kakehashi.protocols.phenopacket.genomic import Interpretation
from kakehashi.protocols.phenopacket.shape import Flag, Message, Text, numbered

AffectedStatusName = Literal["MISSING", "UNAFFECTED", "AFFECTED"]


class Phenopacket(Message):
    """One patient. GA4GH Phenopacket Schema 2.0, https://phenopacket-schema.readthedocs.io."""

    id: Text = ""
    subject: Individual | None = None
    phenotypic_features: list[PhenotypicFeature] = Field(default_factory=list)
    measurements: list[Measurement] = Field(default_factory=list)
    biosamples: list[Biosample] = Field(default_factory=list)
    interpretations: list[Interpretation] = Field(default_factory=list)
    diseases: list[Disease] = Field(default_factory=list)
    medical_actions: list[MedicalAction] = Field(default_factory=list)
    files: list[File] = Field(default_factory=list)
    meta_data: MetaData | None = None


class Person(Message):
    """One row of a pedigree; parents by individual id, empty or ``0`` when not in it."""

    family_id: Text = ""
    individual_id: Text = ""
    paternal_id: Text = ""
    maternal_id: Text = ""
    sex: Sex = "UNKNOWN_SEX"
    affected_status: Annotated[AffectedStatusName, numbered(get_args(AffectedStatusName))] = "MISSING"


class Pedigree(Message):
    """Who is whose child, and who is affected."""

    persons: list[Person] = Field(default_factory=list)


class Family(Message):
    """A proband with relatives."""

    id: Text = ""
    proband: Phenopacket | None = None
    relatives: list[Phenopacket] = Field(default_factory=list)
    consanguinous_parents: Flag = False
    pedigree: Pedigree | None = None
    files: list[File] = Field(default_factory=list)
    meta_data: MetaData | None = None


class Cohort(Message):
    """Patients that belong together for some reason, such as a cohort study."""

    id: Text = ""
    description: Text = ""
    members: list[Phenopacket] = Field(default_factory=list)
    files: list[File] = Field(default_factory=list)
    meta_data: MetaData | None = None


Document = Phenopacket | Family | Cohort
