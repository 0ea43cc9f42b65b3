"""The published patients in ../shared/data/phenopackets as the ranker takes them, and the folds they are judged in."""

import gzip
import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking import Patient, SolvedCase
from tests.conftest import shared_data_folder

FOLDS = 5
_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")


@dataclass(frozen=True)
class Published:
    """One published patient: `disease_id` as the phenopacket says it, `disease` its index or None when the release
    does not annotate it, `genes` the causative ones (never given to the ranker here)."""

    id: str
    disease_id: str
    disease: int | None
    patient: Patient
    genes: tuple[str, ...]

    @property
    def fold(self) -> int:
        """The fold of the disease: all patients of one disease share it."""
        return zlib.crc32(self.disease_id.encode()) % FOLDS


def read_published(knowledge: Knowledge, path: Path | None = None) -> list[Published]:
    """All patients of the file, in its order; by default of the real data beside the checkout."""
    if path is None:
        folder = shared_data_folder()
        if folder is None:
            raise SystemExit("the real data are not beside this checkout (set KAKEHASHI_TEST_DATA to shared/data)")
        path = folder / "phenopackets" / "phenopackets-dev.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [_published(json.loads(line), knowledge) for line in lines]


def as_solved(published: list[Published]) -> list[SolvedCase]:
    """The patients as a library of solved cases."""
    return [SolvedCase(one.id, one.disease_id, one.patient) for one in published]


def is_untouched(one: Published, knowledge: Knowledge) -> bool:
    """Whether no row of the patient's own disease cites her publication, so that leaving it out cannot mark it."""
    rows = knowledge.diseases.rows_citing(*one.patient.publications)
    return one.disease is not None and not (knowledge.diseases.row_disease[rows] == one.disease).any()


def disease_weights(published: list[Published]) -> np.ndarray:
    """One over the root of how many patients share the disease."""
    names, counts = np.unique([one.disease_id for one in published], return_counts=True)
    count = dict(zip(names.tolist(), counts.tolist(), strict=True))
    return np.array([count[one.disease_id] ** -0.5 for one in published])


def _published(packet: dict, knowledge: Knowledge) -> Published:
    ontology = knowledge.ontology
    observed, excluded = [], []
    for feature in packet.get("phenotypicFeatures", []):
        term = ontology.index(feature["type"]["id"])
        if term is not None:
            (excluded if feature.get("excluded") else observed).append(term)
    diagnoses = [one["diagnosis"] for one in packet.get("interpretations", []) if "diagnosis" in one]
    disease = next((one["disease"]["id"] for one in diagnoses if "disease" in one), None)
    if disease is None:
        disease = packet["diseases"][0]["term"]["id"]
    onset, onset_days = None, None
    for stated in packet.get("diseases", []):
        when = stated.get("onset", {})
        if "age" in when:
            onset_days = _days(when["age"]["iso8601duration"])
        elif "ontologyClass" in when:
            onset = ontology.index(when["ontologyClass"]["id"])
    publication = packet["metaData"]["externalReferences"][0]["id"]
    patient = Patient(
        tuple(observed),
        tuple(excluded),
        sex=packet.get("subject", {}).get("sex"),
        onset=onset,
        onset_days=onset_days,
        publications=(publication,),
    )
    return Published(packet["id"], disease, knowledge.diseases.index(disease), patient, _genes(diagnoses))


def _genes(diagnoses: list[dict]) -> tuple[str, ...]:
    found = set()
    for diagnosis in diagnoses:
        for interpretation in diagnosis.get("genomicInterpretations", []):
            variant = interpretation.get("variantInterpretation", {}).get("variationDescriptor", {})
            if "geneContext" in variant:
                found.add(variant["geneContext"]["symbol"])
    return tuple(sorted(found))


def _days(duration: str) -> float | None:
    found = _DURATION.match(duration)
    if found is None:
        return None
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    return years * 365.25 + months * 30.44 + weeks * 7 + days
