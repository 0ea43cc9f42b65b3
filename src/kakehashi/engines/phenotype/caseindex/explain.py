"""Why a case was found: which finding met which, through what, and what stays unexplained on either side."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.caseindex.diseasepull import LEVELS
from kakehashi.engines.phenotype.caseindex.model import CaseModel
from kakehashi.engines.phenotype.caseindex.profile import Profile
from kakehashi.engines.phenotype.caseindex.query import Query
from kakehashi.engines.phenotype.caseindex.snapshot import Snapshot

UNEXPLAINED_BELOW = 0.1  # share of what a finding could have given
GENERAL_BELOW = math.log(4)  # information of a term under which more than a quarter of the diseases have a finding


@dataclass(frozen=True)
class FindingMatch:
    """A finding of the query and its best counterpart in the case.

    `counterpart` and `ancestor` are -1 where the two have nothing in common but a term so general that more than a
    quarter of the diseases have a finding below it: what little it gives counts, but it is no counterpart.
    `ancestor` is the most informative term above both (the term itself where they are the same), `points` what the
    match adds to the score, `share` (0…1) how much of what the finding could have given. Term indices throughout.
    """

    finding: int
    counterpart: int
    ancestor: int
    share: float
    points: float


@dataclass(frozen=True)
class SharedDisease:
    """A known disease that both sides point to (index into `Diseases`) and what that adds to the score."""

    disease: int
    points: float


@dataclass(frozen=True)
class Explanation:
    """A score taken apart: the points of all parts add up to `score`.

    `query_matches`: each finding's best counterpart, most points first. `unexplained_query` and `unexplained_case`:
    findings without counterpart, or whose counterpart gives less than a tenth of what they could have given (what
    little it gives the query still counts). `diseases`: shared known diseases, most points first. `gene_points` belong
    to all of `shared_genes` together.
    """

    id: str
    score: float
    query_matches: tuple[FindingMatch, ...]
    unexplained_query: tuple[int, ...]
    unexplained_case: tuple[int, ...]
    diseases: tuple[SharedDisease, ...]
    shared_genes: tuple[str, ...]
    gene_points: float


def explain(snapshot: Snapshot, profile: Profile, case_id: str, *, use_genes: bool = True) -> Explanation:
    """Take apart the score of one case. Errors: KeyError where the snapshot has no such case."""
    return explain_many(snapshot, profile, [case_id], use_genes=use_genes)[0]


def explain_many(
    snapshot: Snapshot, profile: Profile, case_ids: Iterable[str], *, use_genes: bool = True
) -> list[Explanation]:
    """The same for many cases, in their order: the query, most of the work, is made ready once."""
    query: Query | None = None
    explained = []
    for case_id in case_ids:
        query = query or Query.of(snapshot.model, profile, use_genes=use_genes)
        explained.append(_explained(snapshot, query, case_id))
    return explained


def _explained(snapshot: Snapshot, query: Query, case_id: str) -> Explanation:
    found = snapshot.locate(case_id)
    if found is None:
        raise KeyError(case_id)
    segment, row = snapshot.parts[found[0]].segment, found[1]
    findings = segment.findings(row)
    values = query.values[:, findings] if len(findings) else np.zeros((len(query.findings), 0), np.float32)
    matches = _best(query, findings, values)
    covered = values.max(axis=0, initial=0) / snapshot.model.own_value[findings]
    rows, levels = segment.diseases(row)
    shared, mine, theirs = np.intersect1d(query.pull_rows, rows, assume_unique=True, return_indices=True)
    points = query.bridge_factor / LEVELS * query.pull_weights[mine] * levels[theirs]
    places = snapshot.model.disease_index[shared]
    order = np.lexsort((places, -points))
    theirs_by_gene = dict(segment.case_genes(row))
    genes = tuple(gene for gene in query.genes if gene in theirs_by_gene)
    met = sum(query.genes[gene] * theirs_by_gene[gene] / LEVELS for gene in genes)
    gene_points = query.gene_factor * float(query.gene_value(np.array(met, dtype=np.float64)))
    return Explanation(
        id=case_id,
        score=min(1.0, float(sum(match.points for match in matches) + points.sum() + gene_points)),
        query_matches=tuple(match for match in matches if match.points > 0),
        unexplained_query=tuple(
            match.finding for match in matches if match.share < UNEXPLAINED_BELOW or match.counterpart < 0
        ),
        unexplained_case=tuple(findings[covered < UNEXPLAINED_BELOW].tolist()),
        diseases=tuple(SharedDisease(int(places[i]), float(points[i])) for i in order),
        shared_genes=genes,
        gene_points=gene_points,
    )


def _best(query: Query, others: npt.NDArray[np.int32], values: npt.NDArray[np.float32]) -> list[FindingMatch]:
    """Each query finding's best counterpart among `others`, most points first; `values` float32[Q, others]."""
    factor, own = float(query.share_factors[len(others)]), query.model.own_value
    matches = []
    for i, finding in enumerate(query.findings.tolist()):
        if not len(others):
            matches.append(FindingMatch(finding, -1, -1, 0.0, 0.0))
            continue
        place = int(np.argmax(values[i]))
        worth, other = float(values[i, place]), int(others[place])
        ancestor = _meeting_term(query.model, finding, other)
        if query.model.information[ancestor] < GENERAL_BELOW and ancestor not in {finding, other}:
            other = ancestor = -1
        matches.append(FindingMatch(finding, other, ancestor, worth / float(own[finding]), worth * factor))
    return sorted(matches, key=lambda match: (-match.points, match.finding))


def _meeting_term(model: CaseModel, one: int, other: int) -> int:
    """The most informative term above both."""
    common = np.intersect1d(model.ontology.ancestors(one), model.ontology.ancestors(other), assume_unique=True)
    return int(common[np.argmax(model.information[common])])
