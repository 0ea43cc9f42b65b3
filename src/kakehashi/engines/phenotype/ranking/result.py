"""What a ranking hands back: diseases in order, how sure it is, and what to ask next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.ranking.patient import Findings
from kakehashi.engines.pictures.match import CLEAR

Through = Literal["finding", "common", "kin", "none"]
Topic = Literal["prior", "onset", "sex", "males_only", "females_only", "inheritance", "genes", "solved"]
Level = Literal["enough", "some", "little"]


class FindingEvidence(NamedTuple):  # a patient has a hundred of them: a tuple is made in a third of the time
    """How one finding of the patient speaks for (> 0) or against (< 0) a disease.

    `term`: the patient's finding. `contribution`: what it adds to the score, in nats of the posterior. `through`:
    "finding" (the disease has it, or one above or below it), "common" (only a common ancestor), "kin" (a kindred
    disease has it), "none". `matched`: the disease's own annotated finding, `ancestor`: the common ancestor that
    carries most, `frequency`: how often the disease shows `matched` (counts shrunk; None where
    phenotype.hpoa does not say), `kin`: index of the kindred disease.
    """

    term: int
    excluded: bool
    contribution: float
    through: Through
    matched: int | None = None
    ancestor: int | None = None
    frequency: float | None = None
    kin: int | None = None


@dataclass(frozen=True, slots=True)
class OtherEvidence:
    """What something else than a finding adds to the score, with a sentence that says why.

    `cases`: for solved cases that speak for the disease, the ids of the most similar ones.
    """

    topic: Topic
    contribution: float
    en: str
    ja: str
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The score of one disease, taken apart: contributions of `findings` and `others` add up to `score`.

    `unexplained`: observed findings that speak against the disease or not at all. `expected`: findings frequent in
    the disease (most frequent first) that the patient was not said to have or to lack.
    """

    score: float
    findings: tuple[FindingEvidence, ...]
    others: tuple[OtherEvidence, ...]
    unexplained: tuple[int, ...]
    expected: tuple[int, ...]

    @property
    def only_genes(self) -> bool:
        """Whether a candidate gene speaks for the disease and no finding clearly does."""
        clear = any(one.matched is not None and one.contribution >= CLEAR and not one.excluded for one in self.findings)
        return not clear and any(one.topic == "genes" and one.contribution > 0 for one in self.others)


@dataclass(frozen=True)
class RankedDisease:
    """One disease in a ranking. `index` is its index in Diseases; `probability` counts the unknown share in."""

    rank: int
    index: int
    id: str
    label: str
    label_ja: str
    score: float
    probability: float
    genes: tuple[str, ...]
    _explain: Callable[[int], Evidence] = field(repr=False, compare=False)

    @property
    def evidence(self) -> Evidence:
        """Why the disease stands where it stands; worked out when first asked for, with the others shown, and kept."""
        return self._explain(self.index)


@dataclass(frozen=True, slots=True)
class Sufficiency:
    """Could these findings single out a disease?

    All of it without the candidate genes. `share`: chance that the right disease, if it is known at all, is among the
    first ten; `best`: that it is the first; `candidates`: how many diseases are still in play (the exponential of the
    posterior's entropy). `level` sums it up; `en` and `ja` say it in words, and what the candidate genes change.
    `with_genes`: the level with the candidate genes; None where there are none that cause a known disease.
    """

    level: Level
    share: float
    best: float
    candidates: float
    en: str
    ja: str
    with_genes: Level | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A finding to ask for next: the expected gain in information in bits, and the chance that it is present."""

    term: int
    information_bits: float
    present_probability: float
    for_diseases: tuple[int, ...]


@dataclass(frozen=True)
class Ranking:
    """All diseases ranked for one patient.

    `diseases`: the first `top` of them. `nothing_said`: there is nothing to rank by, neither a finding nor a gene of a
    known disease: then no disease is shown, and the probabilities are those of anybody, not to be shown either.
    `unknown_probability`: the share of "none of the known diseases"; with the
    probabilities of all ranked diseases it adds up to 1. `scores`, `probabilities`: of every ranked disease, in the
    order of `indices`. `findings`: what was ranked with, and what was left aside.
    """

    diseases: tuple[RankedDisease, ...]
    nothing_said: bool
    unknown_probability: float
    findings: Findings
    indices: npt.NDArray[np.int32] = field(repr=False)
    scores: npt.NDArray[np.float64] = field(repr=False)
    probabilities: npt.NDArray[np.float64] = field(repr=False)
    _explain: Callable[[int], Evidence] = field(repr=False, compare=False)
    _sufficiency: Callable[[], Sufficiency] = field(repr=False, compare=False)
    _questions: Callable[[int], tuple[Question, ...]] = field(repr=False, compare=False)

    def evidence(self, disease: int) -> Evidence:
        """The evidence for any ranked disease (index in Diseases). Errors: KeyError where it was not ranked."""
        return self._explain(disease)

    def mid_rank(self, disease: int) -> float:
        """The rank of a disease, ties as the middle of their ranks. Errors: KeyError where it was not ranked."""
        place = int(np.searchsorted(self.indices, disease))
        if place >= len(self.indices) or int(self.indices[place]) != disease:
            raise KeyError(disease)
        mine = self.scores[place]
        return float(1 + (self.scores > mine).sum() + ((self.scores == mine).sum() - 1) / 2)

    @cached_property
    def sufficiency(self) -> Sufficiency:
        """Whether the findings could single out a disease."""
        return self._sufficiency()

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The three findings whose answer would tell most."""
        return self._questions(3)
