"""The few numbers of the case score. They stand here with what they were fitted on; nothing else in it is tuned."""

from __future__ import annotations

from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class Weights:
    """Weights of the parts of a case score (see `query.py` for the formula)."""

    query_share: float = 0.68  # the query's findings found again in the case
    disease_bridge: float = 0.32  # both point to the same known diseases
    shared_gene: float = 0.7  # a candidate gene in common, beside the two above
    exact_match: float = 2.0  # the same term on both sides, relative to meeting only in that term
    crowding: float = 0.3  # the more findings a case has than the query, the more it meets by chance: a power
    temperature: float = 2.0  # of the disease scores behind the bridge, for a patient of `temperature_findings`
    temperature_findings: float = 8.0  # more findings: warmer by the root, as they do not speak independently
    gene_temperature: float = 2.0  # of the disease scores that tell candidate genes apart
    gene_unknown: float = 0.6  # share of gene credence that knows nothing of diseases
    genome_of_candidates: int = 5000  # genes that candidate lists are drawn from, for the surprise of a shared one
    diseases_kept: int = 16  # strongest diseases kept of a case
    diseases_asked: int = 100  # strongest diseases kept of a query

    def key(self) -> str:
        """Names these weights: an index built with others says so."""
        return repr(astuple(self))


WEIGHTS = Weights()
