"""Takes the score of one disease apart, finding by finding."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking.leaveout import Patch
from kakehashi.engines.phenotype.ranking.likelihood import Likelihood
from kakehashi.engines.phenotype.ranking.parameters import Parameters
from kakehashi.engines.phenotype.ranking.profiles import Profile, annotated
from kakehashi.engines.phenotype.ranking.result import FindingEvidence, Through

EXPECTED_SHOWN = 6
_EXPECTED_FREQUENCY = 0.3  # findings at least so frequent (after shrinkage) are expected


class Explainer:
    """Explains findings of diseases of one model."""

    def __init__(self, knowledge: Knowledge, likelihood: Likelihood, parameters: Parameters) -> None:
        self._knowledge = knowledge
        self._likelihood = likelihood
        self._parameters = parameters
        self._profile = lru_cache(maxsize=1024)(self._annotated)

    def finding(self, term: int, column: int, contribution: float, changed: Patch | None) -> FindingEvidence:
        """How the observed finding `term` reaches the disease at `column`."""
        model, likelihood = self._likelihood.model, self._likelihood
        channels = likelihood.channels(term, np.array([column], dtype=np.int32), changed)
        findings = (model.traits if changed is None else changed.traits).findings[column]
        share = float(likelihood.share(np.array([findings], dtype=np.float32))[0])
        exact_share = self._parameters.score.exact_share
        pull = {
            "finding": (1 - share) * exact_share * float(channels.exact[0]),
            "common": (1 - share) * (1 - exact_share) * float(channels.common[0]),
            "kin": share * float(channels.kin[0]),
        }
        root = self._knowledge.ontology.phenotype_root
        through: Through = "none"
        if max(pull.values()) > 0:
            through = max(("finding", "common", "kin"), key=pull.__getitem__)
        at = {"finding": channels.exact_at, "common": channels.common_at, "kin": channels.kin_at}
        ancestor = None if through == "none" else int(at[through][0])
        if ancestor is None or ancestor == root:
            return FindingEvidence(term, False, contribution, "none")
        disease = int(model.diseases[column])
        kin = self._nearest_kin(column, ancestor, changed) if through == "kin" else None
        profile = self.profile(disease if kin is None else kin, changed)
        place = self._matched(profile, term, ancestor)
        matched = None if place is None else int(profile.term[place])
        frequency = self._said(profile, place)
        return FindingEvidence(term, False, contribution, through, matched, ancestor, frequency, kin)

    def excluded(self, term: int, column: int, contribution: float, changed: Patch | None) -> FindingEvidence:
        """How the excluded finding `term` stands against the disease at `column`."""
        profile = self.profile(int(self._likelihood.model.diseases[column]), changed)
        place = self._matched(profile, term, term)
        if place is None:
            return FindingEvidence(term, True, contribution, "none")
        matched, frequency = int(profile.term[place]), self._said(profile, place)
        return FindingEvidence(term, True, contribution, "finding", matched, term, frequency)

    def expected(
        self, column: int, observed: tuple[int, ...], excluded: tuple[int, ...], changed: Patch | None
    ) -> tuple[int, ...]:
        """Frequent findings of the disease of which nothing was said."""
        ontology = self._knowledge.ontology
        profile = self.profile(int(self._likelihood.model.diseases[column]), changed)
        said = {int(a) for term in observed for a in ontology.ancestors(term)}
        denied = {int(d) for term in excluded for d in ontology.descendants(term)}
        order = np.lexsort((profile.term, -profile.frequency))
        unsaid = [
            int(profile.term[i])
            for i in order
            if profile.frequency[i] >= _EXPECTED_FREQUENCY and int(profile.term[i]) not in said | denied
        ]
        return tuple(unsaid[:EXPECTED_SHOWN])

    def profile(self, disease: int, changed: Patch | None) -> Profile:
        """The annotated findings of a disease, without the rows left out."""
        if changed is not None and disease in changed.left_out.diseases:
            rows = self._rows(disease)
            rest = rows[~np.isin(rows, changed.left_out.rows)]
            knowledge = self._knowledge
            return annotated(knowledge.diseases, knowledge.ontology, rest, self._parameters.profile)
        return self._profile(disease)

    def _annotated(self, disease: int) -> Profile:
        knowledge = self._knowledge
        return annotated(knowledge.diseases, knowledge.ontology, self._rows(disease), self._parameters.profile)

    def _rows(self, disease: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        rows = self._knowledge.diseases.rows(disease)
        return np.arange(rows.start, rows.stop)

    def _matched(self, profile: Profile, term: int, ancestor: int) -> int | None:
        """The place in `profile` of its most frequent finding at or below `ancestor`; of equals, the patient's own."""
        ontology = self._knowledge.ontology
        best: tuple[float, bool, int] | None = None
        for place, finding in enumerate(profile.term.tolist()):
            if ontology.is_ancestor(ancestor, finding):
                key = (float(profile.frequency[place]), finding == term, -place)
                best = key if best is None else max(best, key)
        return None if best is None else -best[2]

    @staticmethod
    def _said(profile: Profile, place: int | None) -> float | None:
        """The frequency of a finding, where phenotype.hpoa gives one."""
        return None if place is None or not profile.said[place] else float(profile.frequency[place])

    def _nearest_kin(self, column: int, ancestor: int, changed: Patch | None) -> int | None:
        """The kindred disease that lends most of `ancestor`."""
        model = self._likelihood.model
        lent: tuple[float, int] | None = None
        for place in range(int(model.kin_indptr[column]), int(model.kin_indptr[column + 1])):
            disease = int(model.kin_disease[place])
            profile = self.profile(disease, changed)
            finding = self._matched(profile, ancestor, ancestor)
            if finding is not None:
                key = (float(model.kin_weight[place]) * float(profile.frequency[finding]), -disease)
                lent = max(lent, key) if lent is not None else key
        return None if lent is None else -lent[1]
