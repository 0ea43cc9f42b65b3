"""Takes the scores of some diseases apart, finding by finding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking.leaveout import Patch
from kakehashi.engines.phenotype.ranking.likelihood import Likelihood, lend_anew
from kakehashi.engines.phenotype.ranking.loops import COMMON, FINDING, KIN, NONE
from kakehashi.engines.phenotype.ranking.pace import loops_in_force
from kakehashi.engines.phenotype.ranking.parameters import Parameters
from kakehashi.engines.phenotype.ranking.patient import Findings
from kakehashi.engines.phenotype.ranking.profiles import Profiles
from kakehashi.engines.phenotype.ranking.result import FindingEvidence, Through

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

EXPECTED_SHOWN = 6
_GENERAL = 1 / 12  # findings that meet only at a term that the mean disease shows more often have nothing in common
_EXPECTED_FREQUENCY = np.float32(0.3)  # findings at least so frequent (after shrinkage) are expected
_THROUGH: dict[int, Through] = {NONE: "none", FINDING: "finding", COMMON: "common", KIN: "kin"}


@dataclass(frozen=True, slots=True)
class Explained:
    """One disease: the findings observed, then those excluded; `expected`: frequent findings nothing is said of."""

    findings: tuple[FindingEvidence, ...]
    expected: tuple[int, ...]


class Explainer:
    """Explains diseases of one model."""

    def __init__(self, knowledge: Knowledge, likelihood: Likelihood, parameters: Parameters) -> None:
        self._knowledge = knowledge
        self._likelihood = likelihood
        self._parameters = parameters

    def explain(
        self, findings: Findings, columns: Int32, contributions: Float64, changed: Patch | None
    ) -> list[Explained]:
        """How the findings reach the diseases at `columns`.

        `contributions` float64[findings, columns]: what each adds to each score, observed findings first.
        """
        model, ontology = self._likelihood.model, self._knowledge.ontology
        profiles = self.profiles(changed)
        diseases = model.diseases[columns]
        through, ancestors = self._reached(findings, columns, profiles, changed)
        order = np.argsort(ancestors, axis=None, kind="stable")
        lender, met = np.full(through.shape, -1, dtype=np.int64), np.full(through.shape, -1, dtype=np.int64)
        loops_in_force().meet(
            order, np.array(findings.observed + findings.excluded, dtype=np.int32), through, ancestors,
            diseases, columns, model.kin_indptr, model.kin_disease, model.kin_weight,
            profiles.indptr, profiles.term, profiles.frequency,
            ontology.descendant_indptr, ontology.descendant_indices, np.zeros(ontology.n, dtype=np.int32),
            lender, met,
        )  # fmt: skip
        evidence = self._told(findings, contributions, through, ancestors, lender, met, profiles)
        expected = self._expected(findings, diseases, profiles)
        return [Explained(*one) for one in zip(evidence, expected, strict=True)]

    def profiles(self, changed: Patch | None) -> Profiles:
        """The annotated findings of all diseases, without the rows left out."""
        profiles = self._likelihood.model.profiles
        return profiles if changed is None else profiles.exchanged(changed.left_out.diseases, changed.left_out.profile)

    def _reached(
        self, findings: Findings, columns: Int32, profiles: Profiles, changed: Patch | None
    ) -> tuple[Int64, Int64]:
        """Through what, and at which ancestor, each finding reaches each disease; an excluded one as it stands."""
        count, every = len(findings.observed), len(findings.observed) + len(findings.excluded)
        through, ancestors = np.full((every, len(columns)), FINDING), np.full((every, len(columns)), -1)
        ancestors[count:] = np.array(findings.excluded, dtype=np.int64)[:, None]
        if not count:
            return through, ancestors
        likelihood, fast = self._likelihood, loops_in_force()
        model = likelihood.model
        lines = [likelihood.line(term) for term in findings.observed]
        terms, places = np.unique(np.concatenate(lines), return_inverse=True)
        own, direct, kin = np.zeros((3, len(terms), len(columns)), dtype=np.float32)
        where = np.full(self._knowledge.ontology.n, -1, dtype=np.int32)
        where[terms] = np.arange(len(terms))
        fast.show(
            where, model.diseases[columns], profiles.indptr, profiles.term, profiles.frequency,
            self._knowledge.ontology.ancestor_indptr, self._knowledge.ontology.ancestor_indices, own, direct,
        )  # fmt: skip
        fast.look_up(terms, columns, model.n, model.kin.indptr, model.kin.column, model.kin.frequency, kin)
        traits, background = model.traits, model.background
        if changed is not None:
            traits, background = changed.traits, changed.left_out.background
            lend_anew(kin, terms, columns, changed)
        share = likelihood.share(traits.findings[columns]).astype(np.float64)
        line_indptr = np.cumsum([0, *map(len, lines)])
        fast.reach(
            terms, np.array(findings.observed, dtype=np.int32), line_indptr, places,
            (1 / background[terms]).astype(np.float32), own, direct, kin, share,
            self._parameters.score.exact_share, through, ancestors,
        )  # fmt: skip
        at_root = ancestors[:count] == self._knowledge.ontology.phenotype_root
        general = (background[ancestors[:count]] > _GENERAL) & (through[:count] != FINDING)
        through[:count][at_root | general] = NONE
        return through, ancestors

    def _told(
        self,
        findings: Findings,
        contributions: Float64,
        through: Int64,
        ancestors: Int64,
        lender: Int64,
        met: Int64,
        profiles: Profiles,
    ) -> list[tuple[FindingEvidence, ...]]:
        """The evidence for each disease."""
        terms = [(term, False) for term in findings.observed] + [(term, True) for term in findings.excluded]
        terms_met, frequencies = profiles.term[met].T.tolist(), profiles.frequency[met].T.tolist()
        said = (profiles.said[met] & (met >= 0)).T.tolist()
        columns = zip(
            contributions.T.tolist(), through.T.tolist(), ancestors.T.tolist(), lender.T.tolist(), met.T.tolist(),
            terms_met, frequencies, said, strict=True,
        )  # fmt: skip
        told = []
        for column in columns:
            evidence = []
            for (term, excluded), contribution, way, ancestor, kin, place, finding, often, known in zip(
                terms, *column, strict=True
            ):
                if way == NONE or (excluded and place < 0):
                    evidence.append(FindingEvidence(term, excluded, contribution, "none"))
                    continue
                matched, frequency = finding if place >= 0 else None, often if known else None
                other = kin if kin >= 0 else None
                evidence.append(
                    FindingEvidence(term, excluded, contribution, _THROUGH[way], matched, ancestor, frequency, other)
                )
            told.append(tuple(evidence))
        return told

    def _expected(self, findings: Findings, diseases: Int32, profiles: Profiles) -> list[tuple[int, ...]]:
        """Frequent findings of each disease of which nothing was said."""
        ontology = self._knowledge.ontology
        said = np.zeros(ontology.n, dtype=np.bool_)
        for term in findings.observed:
            said[ontology.ancestors(term)] = True
        for term in findings.excluded:
            said[ontology.descendants(term)] = True
        expected = np.full((len(diseases), EXPECTED_SHOWN), -1, dtype=np.int32)
        loops_in_force().expect(
            diseases, profiles.indptr, profiles.term, profiles.frequency, said, _EXPECTED_FREQUENCY, expected
        )
        return [tuple(term for term in row if term >= 0) for row in expected.tolist()]
