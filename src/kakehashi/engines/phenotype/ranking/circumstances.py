"""What speaks for a disease beside the findings: onset, sex, inheritance, candidate genes."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking.model import Model
from kakehashi.engines.phenotype.ranking.parameters import ScoreParameters
from kakehashi.engines.phenotype.ranking.patient import Patient
from kakehashi.engines.phenotype.ranking.profiles import onset_bin, onset_bins
from kakehashi.engines.phenotype.ranking.result import OtherEvidence, Topic
from kakehashi.engines.phenotype.ranking.sexes import FEMALE, held_to, sex_sign
from kakehashi.engines.phenotype.ranking.standing import Standing

Float64 = npt.NDArray[np.float64]

_DAYS_A_YEAR = 365.25
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
    "males_only": (
        "It affects males, as the patient is",
        "男性の疾患で、患者も男性です",
        "It affects males, and the patient is female",
        "男性の疾患ですが、患者は女性です",
    ),
    "females_only": (
        "It affects females, as the patient is",
        "女性の疾患で、患者も女性です",
        "It affects females, and the patient is male",
        "女性の疾患ですが、患者は男性です",
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
        "Solved cases with this disease are alike",
        "この疾患と診断された症例に似ています",
        "Solved cases with this disease are not alike",
        "この疾患と診断された症例とは似ていません",
    ),
}


def other_evidence(topic: Topic, contribution: float, cases: tuple[str, ...] = ()) -> OtherEvidence:
    """A contribution with its sentence in both languages."""
    for_en, for_ja, against_en, against_ja = _REASONS[topic]
    if contribution >= 0:
        return OtherEvidence(topic, contribution, for_en, for_ja, cases)
    return OtherEvidence(topic, contribution, against_en, against_ja)


def onset_bins_of(knowledge: Knowledge, patient: Patient) -> slice | None:
    """The onset bins that fit what is known of the patient's onset; None where nothing is."""
    if patient.onset_days is not None:
        first = onset_bin(patient.onset_days / _DAYS_A_YEAR)
        return slice(first, first + 1)
    return None if patient.onset is None else onset_bins(knowledge.ontology, patient.onset)


def circumstance_scores(knowledge: Knowledge, patient: Patient, standing: Standing) -> dict[Topic, Float64]:
    """Log ratios per disease of everything that is known beside the findings."""
    scores: dict[Topic, Float64] = {}
    bins = onset_bins_of(knowledge, patient)
    if bins is not None and (onset := standing.onset(bins)) is not None:
        scores["onset"] = onset
    sign = sex_sign(patient.sex)
    if sign:
        scores["sex"] = sign * standing.sex
    if held := held_to(knowledge.ontology, patient.sex, patient.observed):
        scores["males_only" if held == FEMALE else "females_only"] = standing.other_sex(held)
    if patient.inheritance is not None:
        scores["inheritance"] = standing.inheritance(patient.inheritance)
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
