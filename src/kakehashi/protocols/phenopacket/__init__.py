"""GA4GH Phenopackets v2 in and out: documents, strict reading, writing, a semantic validator, facts for the engines.

Documents: ``Phenopacket``, ``Family``, ``Cohort`` (pydantic models of the whole schema 2.0). Reading: ``loads``,
``documents``, ``patients``. Writing: ``to_json``, ``to_yaml``, ``write_lines``. Checking: ``validate``. What the
engines need of a patient: ``FactReader(ontology).facts(packet)``.
"""

from kakehashi.protocols.phenopacket.documents import Cohort, Document, Family, Phenopacket
from kakehashi.protocols.phenopacket.facts import FactReader, Facts
from kakehashi.protocols.phenopacket.problems import PhenopacketError, Problem
from kakehashi.protocols.phenopacket.reading import Entry, documents, loads, patients
from kakehashi.protocols.phenopacket.validation import validate
from kakehashi.protocols.phenopacket.writing import to_json, to_tree, to_yaml, write_lines

__all__ = [
    "Cohort",
    "Document",
    "Entry",
    "FactReader",
    "Facts",
    "Family",
    "Phenopacket",
    "PhenopacketError",
    "Problem",
    "documents",
    "loads",
    "patients",
    "to_json",
    "to_tree",
    "to_yaml",
    "validate",
    "write_lines",
]
