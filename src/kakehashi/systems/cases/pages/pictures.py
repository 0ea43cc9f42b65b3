"""The match picture of a disease or of a similar case, in the language in force."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kakehashi.engines.phenotype.ranking import FindingEvidence, RankedDisease
from kakehashi.engines.pictures.match import (
    CLEAR,
    SILENT,
    Link,
    Node,
    Picture,
    Reason,
    Weak,
    likelihood_words,
    times_words,
)
from kakehashi.kernel.punctuation import noted
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.matching.similar import SimilarCase

SHOWN_POINTS = 0.005
"""Below this a finding's counterpart adds nothing one could see."""
CLEAR_SHARE = 0.4
"""From this share of what a finding could give at most on, its counterpart in another case counts as a match."""
NO_MATCH_SHARE = 0.1
"""Below this share the finding counts as without counterpart (as in the index's own `unexplained_query`)."""
SELDOM = 0.25
"""A finding said to be rarer in a disease says little because of that, and else because it is common anyway."""
POINTS_DRAWN = 20
"""Weight of a line for a whole point of similarity."""


def _node(term: int, *, excluded: bool = False, note: str = "", originals: bool = True) -> Node:
    """A finding in the language in force, with the English label behind a Japanese one."""
    ontology = vocabulary.knowledge().ontology
    term_id = ontology.id(term)
    label = ontology.label(term, vocabulary.language())
    original = vocabulary.english_term(term_id) if originals else ""
    return Node(term_id, label, vocabulary.body_system(term_id), excluded=excluded, note=note, original=original)


def _why_weak(same: FindingEvidence) -> Weak:
    """Why a finding that the disease has as well says little."""
    return "seldom" if same.frequency is not None and same.frequency < SELDOM else "common"


def disease_picture(disease: RankedDisease, *, expected: int = 6, originals: bool = True) -> Picture:
    """The patient's findings joined to the disease's by what they say for or against it; what else counts beside them.

    ``expected``: how many findings frequent in the disease and not recorded in the patient are shown; ``originals``:
    whether the English labels stand beneath the Japanese ones (a sheet of paper has no room for both).
    """
    language = vocabulary.language()
    evidence = disease.evidence
    left, links = [], []
    right: dict[int, Node] = {}
    for finding in evidence.findings:
        left.append(_node(finding.term, excluded=finding.excluded, originals=originals))
        same = finding.matched == finding.term and not finding.excluded
        if finding.matched is None or (abs(finding.contribution) < SILENT and not same):
            continue
        note = f"{finding.frequency:.0%}" if finding.frequency is not None else ""
        right.setdefault(finding.matched, _node(finding.matched, note=note, originals=originals))
        links.append(
            Link(
                left[-1].id,
                right[finding.matched].id,
                finding.contribution if abs(finding.contribution) >= SILENT else 0.0,
                likelihood_words(finding.contribution, language),
                weak="" if abs(finding.contribution) >= CLEAR else _why_weak(finding) if same else "weak",
            )
        )
    for term in evidence.expected[:expected]:
        right.setdefault(term, _node(term, originals=originals))
    label = vocabulary.disease_label(disease.id, disease.label)
    return Picture(
        left=left,
        right=list(right.values()),
        links=links,
        title=label,
        right_title=noted(label, disease.id),
        left_title=_("This patient"),
        language=language,
        reasons=[
            Reason(
                other.ja if language == "ja" else other.en,
                other.contribution,
                times_words(other.contribution, language),
            )
            for other in sorted(evidence.others, key=lambda one: -abs(one.contribution))
            if abs(other.contribution) >= SILENT
        ],
        key=f"disease-{disease.index}",
    )


def case_picture(found: SimilarCase, description: Description) -> Picture:
    """The patient's findings joined to those of a similar case by what each pair adds to the score."""
    ontology = vocabulary.knowledge().ontology
    explanation = found.explanation
    left: dict[int, Node] = {}
    for finding in description.present:
        index = ontology.index(finding.term)
        if index is not None:
            left.setdefault(index, _node(index))
    right: dict[int, Node] = {}
    for finding in found.case.described.present:
        index = ontology.index(finding.term)
        if index is not None:
            right.setdefault(index, _node(index))
    links = [
        Link(
            ontology.id(match.finding),
            ontology.id(match.counterpart),
            match.points * POINTS_DRAWN,
            _("through %(term)s") % {"term": ontology.label(match.ancestor, vocabulary.language())}
            if match.ancestor not in {match.finding, match.counterpart}
            else _("the same finding")
            if match.finding == match.counterpart
            else _("one is a kind of the other"),
            weak="" if match.share >= CLEAR_SHARE else "weak",
        )
        for match in explanation.query_matches
        if match.counterpart >= 0 and match.points > SHOWN_POINTS and match.share >= NO_MATCH_SHARE
    ]
    return Picture(
        left=list(left.values()),
        right=list(right.values()),
        links=links,
        title=str(found.case),
        right_title=_("Case %(id)s") % {"id": found.case.public_id},
        left_title=_("This patient"),
        language=vocabulary.language(),
        of_case=True,
        reasons=[
            Reason(_("Shared candidate gene: %(genes)s") % {"genes": " · ".join(genes)}, gene_points * POINTS_DRAWN)
            for genes, gene_points in [(explanation.shared_genes, explanation.gene_points)]
            if genes
        ],
        key=f"case-{found.case.public_id}",
    )
