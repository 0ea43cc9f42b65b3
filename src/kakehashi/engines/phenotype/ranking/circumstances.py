"""What speaks for a disease beside the findings: onset, sex, inheritance, candidate genes."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.diseases import INHERITANCE
from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking.leaveout import Patch
from kakehashi.engines.phenotype.ranking.model import Model
from kakehashi.engines.phenotype.ranking.parameters import ScoreParameters
from kakehashi.engines.phenotype.ranking.patient import Patient
from kakehashi.engines.phenotype.ranking.profiles import ONSET_BINS, Traits, onset_bin, onset_bins
from kakehashi.engines.phenotype.ranking.result import OtherEvidence, Topic

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

_DAYS_A_YEAR = 365.25
_NEIGHBOUR_BIN = 0.6  # how much of an onset bin's weight its neighbour shares
_REASONS: dict[Topic, tuple[str, str, str, str]] = {
    "prior": (
        "Described in many published patients",
        "報告された患者が多い疾患です",
        "Described in few published patients",
        "報告された患者が少ない疾患です",
    ),
    "onset": (
        "The age at onset is usual for it",
        "発症年齢がこの疾患に典型的です",
        "The age at onset is unusual for it",
        "発症年齢がこの疾患では典型的ではありません",
    ),
    "sex": (
        "X-linked recessive, and the patient is male",
        "X連鎖潜性遺伝で、患者は男性です",
        "X-linked recessive, and the patient is female",
        "X連鎖潜性遺伝ですが、患者は女性です",
    ),
    "inheritance": (
        "Its mode of inheritance fits",
        "遺伝形式が一致します",
        "Its mode of inheritance does not fit",
        "遺伝形式が一致しません",
    ),
    "genes": (
        "A candidate gene of the patient causes it",
        "患者の候補遺伝子がこの疾患の原因遺伝子です",
        "None of the candidate genes causes it",
        "候補遺伝子の中にこの疾患の原因遺伝子がありません",
    ),
    "solved": (
        "A solved case with this disease is alike",
        "この疾患と診断された類似症例があります",
        "A solved case with this disease is alike",
        "この疾患と診断された類似症例があります",
    ),
}


def other_evidence(topic: Topic, contribution: float) -> OtherEvidence:
    """A contribution with its sentence in both languages."""
    for_en, for_ja, against_en, against_ja = _REASONS[topic]
    if contribution >= 0:
        return OtherEvidence(topic, contribution, for_en, for_ja)
    return OtherEvidence(topic, contribution, against_en, against_ja)


def patients_prior(traits: Traits, parameters: ScoreParameters) -> Float64:
    """Diseases described in many patients are met more often."""
    prior: Float64 = parameters.prior_patients * np.log1p(traits.patients.astype(np.float64))
    return prior


def onset_scores(knowledge: Knowledge, patient: Patient, traits: Traits, parameters: ScoreParameters) -> Float64 | None:
    """Log ratio of the patient's age at onset, per disease; None where it is not known."""
    bins: slice | None = None
    if patient.onset_days is not None:
        first = onset_bin(patient.onset_days / _DAYS_A_YEAR)
        bins = slice(first, first + 1)
    elif patient.onset is not None:
        bins = onset_bins(knowledge.ontology, patient.onset)
    if bins is None:
        return None
    counts = traits.onset.astype(np.float64)
    total = counts.sum(axis=1, keepdims=True)
    said = total.ravel() > 0
    if not said.any():
        return None
    usual = (counts[said] / total[said]).mean(axis=0)
    expected = (counts + parameters.onset_prior * usual) / (total + parameters.onset_prior)
    nearness = _NEIGHBOUR_BIN ** np.abs(np.subtract.outer(np.arange(ONSET_BINS), np.arange(ONSET_BINS)))
    nearness /= nearness.sum(axis=1, keepdims=True)
    here = (expected @ nearness)[:, bins].sum(axis=1)
    scores: Float64 = parameters.onset * np.log(here / (usual @ nearness)[bins].sum())
    return scores


def sex_scores(patient: Patient, traits: Traits, parameters: ScoreParameters) -> Float64 | None:
    """X-linked recessive diseases for a male, against them for a female; None where the sex is not known."""
    sign = {"MALE": 1.0, "FEMALE": -1.0}.get((patient.sex or "").upper())
    if sign is None:
        return None
    scores: Float64 = sign * parameters.sex * traits.x_recessive.astype(np.float64)
    return scores


def inheritance_scores(
    knowledge: Knowledge, patient: Patient, model: Model, changed: Patch | None, parameters: ScoreParameters
) -> Float64 | None:
    """For diseases annotated with the patient's mode of inheritance, against those annotated with others only."""
    if patient.inheritance is None:
        return None
    diseases, ontology = knowledge.diseases, knowledge.ontology
    rows = np.flatnonzero((diseases.row_aspect == INHERITANCE) & ~diseases.row_negated)
    if changed is not None:
        rows = rows[~np.isin(rows, changed.left_out.rows)]
    line = np.union1d(ontology.ancestors(patient.inheritance), ontology.descendants(patient.inheritance))
    line = line[np.isin(line, ontology.inheritance_terms[1:])]
    said = np.zeros(diseases.n, dtype=np.bool_)
    fits = np.zeros(diseases.n, dtype=np.bool_)
    said[diseases.row_disease[rows]] = True
    fits[diseases.row_disease[rows][np.isin(diseases.row_term[rows], line)]] = True
    scores: Float64 = parameters.inheritance * np.where(said, np.where(fits, 1.0, -1.0), 0.0)[model.diseases]
    return scores


def gene_scores(knowledge: Knowledge, patient: Patient, model: Model, parameters: ScoreParameters) -> Float64 | None:
    """Log ratio of the candidate list holding one of the disease's genes; 0 for diseases without known genes."""
    named = {gene.strip().upper() for gene in patient.genes if gene.strip()}
    if not named:
        return None
    diseases = knowledge.diseases
    hit = np.zeros(diseases.n, dtype=np.bool_)
    for gene in sorted(named):
        place = diseases.gene_index(gene)
        if place is not None:
            hit[diseases.diseases_of_gene(place)] = True
    has_gene = np.diff(diseases.disease_gene_indptr) > 0
    by_chance = min(len(named) / parameters.gene_universe, parameters.gene_found)
    found, missed = math.log(parameters.gene_found / by_chance), math.log(1 - parameters.gene_found)
    scores: Float64 = np.where(hit, found, np.where(has_gene, missed, 0.0))[model.diseases]
    return scores
