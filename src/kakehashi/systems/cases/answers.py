"""From cases, rankings and matches to the shapes of the API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from kakehashi.engines.phenotype.ranking import RankedDisease, Ranking
from kakehashi.kernel.workflow import moves_available
from kakehashi.systems.cases import genenames, queries, ranking, rules, schemas, vocabulary
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.matching.similar import SimilarCase
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.queries import Step
from kakehashi.systems.cases.states import CaseState, RevisionKind


def row(case: Case) -> schemas.CaseRow:
    """A case in a list."""
    return schemas.CaseRow(**_row(case, case.pseudonym))


def _row(case: Case, pseudonym: str) -> dict[str, Any]:
    return {
        "id": case.public_id,
        "organisation": case.organisation.code,
        "local_id": pseudonym,
        "state": case.state,
        "synthetic": case.synthetic,
        "sex": case.sex,
        "age_days": case.age_days,
        "present_count": case.present_count,
        "absent_count": case.absent_count,
        "diagnosis": case.diagnosis,
        "revision": case.revision,
        "created_at": case.created_at,
        "changed_at": case.changed_at,
    }


def whole(case: Case, person: Any) -> schemas.CaseOut:
    """A case with all that is said, and what the person may do with it."""
    description = case.described
    moves = [
        schemas.MoveOut(name=move.name, label=str(move.label_staff), needs_note=move.needs_note)
        for move in moves_available(case, person)
    ]
    return schemas.CaseOut(
        **_row(case, rules.pseudonym_for(person, case)),
        description=description,
        labels=labels(description),
        moves=moves,
        warnings=warnings(description),
        award=case.award.number if case.award else "",
    )


def labels(description: Description) -> dict[str, str]:
    """id → label of every term and disease in a description, in the language in force."""
    found: dict[str, str] = {}
    for finding in description.findings:
        found[finding.term] = vocabulary.term_label(finding.term, finding.label)
        for term in (finding.onset, finding.resolved, finding.severity, *finding.modifiers):
            if ":" in term:
                found[term] = vocabulary.term_label(term)
    for term in (*description.inheritance, description.onset):
        if ":" in term:
            found[term] = vocabulary.term_label(term)
    for diagnosis in description.diagnoses:
        found[diagnosis.disease] = vocabulary.disease_label(diagnosis.disease, diagnosis.label)
    return found


def revision(step: Step) -> schemas.RevisionOut:
    """One step of a case's history."""
    kept = step.revision
    return schemas.RevisionOut(
        number=kept.number,
        kind=RevisionKind(kept.kind),
        state=CaseState(kept.state),
        at=kept.at,
        by=str(kept.by) if kept.by else None,
        note=kept.note,
        changes=[schemas.DifferenceOut(**one.model_dump()) for one in step.changes],
        description=kept.described,
    )


def warnings(description: Description) -> list[str]:
    """What a description says that this node could not use."""
    terms = [
        _("%(term)s is not in this node's HPO release and was not used.") % {"term": term}
        for term in ranking.unknown_terms(description)
    ]
    return terms + genenames.gene_doubts(description.all_genes) + genenames.renamed_genes(description.all_genes)


def ranked(answer: Ranking, description: Description, *, explain: int) -> schemas.RankingOut:
    """Ranked diseases, the first ``explain`` of them with their evidence, which takes longer than ranking."""
    known = vocabulary.knowledge()
    return schemas.RankingOut(
        knowledge=known.fingerprint,
        diseases=[_disease(one, explained=place < explain) for place, one in enumerate(answer.diseases)],
        unknown_probability=None if answer.nothing_said else answer.unknown_probability,
        sufficiency=sufficiency(answer),
        questions=questions(answer),
        warnings=[*nothing_ranked(answer), *warnings(description)],
    )


def nothing_ranked(answer: Ranking) -> list[str]:
    """Why no disease stands in an answer."""
    if not answer.nothing_said:
        return []
    return [_("Nothing is said of this patient that diseases could be ranked by. Add findings or candidate genes.")]


def sufficiency(answer: Ranking) -> schemas.SufficiencyOut:
    """The meter, in words."""
    told = answer.sufficiency
    text = told.ja if vocabulary.language() == "ja" else told.en
    return schemas.SufficiencyOut(
        level=told.level, share=told.share, candidates=told.candidates, text=text, with_genes=told.with_genes
    )


def questions(answer: Ranking) -> list[schemas.QuestionOut]:
    """The findings that would tell most."""
    ontology, language = vocabulary.knowledge().ontology, vocabulary.language()
    return [
        schemas.QuestionOut(
            term=ontology.id(one.term),
            label=ontology.label(one.term, language),
            information_bits=one.information_bits,
            present_probability=one.present_probability,
        )
        for one in answer.questions
    ]


def _disease(disease: RankedDisease, *, explained: bool) -> schemas.RankedDiseaseOut:
    return schemas.RankedDiseaseOut(
        rank=disease.rank,
        id=disease.id,
        label=vocabulary.disease_label(disease.id, disease.label),
        score=disease.score,
        probability=disease.probability,
        genes=list(disease.genes),
        evidence=_evidence(disease) if explained else None,
        other_evidence=_other_evidence(disease) if explained else None,
    )


def _evidence(disease: RankedDisease) -> list[schemas.FindingEvidenceOut]:
    ontology, language = vocabulary.knowledge().ontology, vocabulary.language()
    return [
        schemas.FindingEvidenceOut(
            term=ontology.id(one.term),
            label=ontology.label(one.term, language),
            excluded=one.excluded,
            contribution=one.contribution,
            through=one.through,
            matched=ontology.id(one.matched) if one.matched is not None else None,
            matched_label=ontology.label(one.matched, language) if one.matched is not None else None,
            frequency=one.frequency,
        )
        for one in disease.evidence.findings
    ]


def _other_evidence(disease: RankedDisease) -> list[schemas.OtherEvidenceOut]:
    japanese = vocabulary.language() == "ja"
    return [
        schemas.OtherEvidenceOut(
            topic=one.topic,
            contribution=one.contribution,
            text=one.ja if japanese else one.en,
            cases=list(one.cases),
        )
        for one in disease.evidence.others
    ]


def matched(found: Iterable[SimilarCase], description: Description) -> schemas.SimilarCasesOut:
    """Similar cases with what makes them similar."""
    ontology, language = vocabulary.knowledge().ontology, vocabulary.language()

    def term(index: int) -> str | None:
        return ontology.id(index) if index >= 0 else None

    def label(index: int) -> str | None:
        return ontology.label(index, language) if index >= 0 else None

    return schemas.SimilarCasesOut(
        warnings=warnings(description),
        matches=[
            schemas.SimilarCaseOut(
                rank=one.rank,
                id=one.case.public_id,
                organisation=one.case.organisation.code,
                local_id=one.case.pseudonym,
                synthetic=one.case.synthetic,
                diagnosis=one.case.diagnosis,
                diagnosis_label=queries.diagnosis_of(one.case),
                score=one.score,
                matches=[
                    schemas.FindingMatchOut(
                        term=ontology.id(match.finding),
                        label=ontology.label(match.finding, language),
                        counterpart=term(match.counterpart),
                        counterpart_label=label(match.counterpart),
                        through=term(match.ancestor),
                        through_label=label(match.ancestor),
                        points=match.points,
                    )
                    for match in one.explanation.query_matches
                ],
                shared_genes=list(one.explanation.shared_genes),
            )
            for one in found
        ],
    )
