"""The cases API for our own users: list, register, read, edit, move, rank, match, ask, look terms up."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import File, Form, Path, Query, Router, Status
from ninja.files import UploadedFile
from pydantic import StringConstraints

from kakehashi.kernel import audit
from kakehashi.kernel.api.authentication import caller
from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.jobs.api import JobOut
from kakehashi.kernel.jobs.models import Job
from kakehashi.kernel.listing import COUNTED
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.workflow import advance
from kakehashi.protocols.phenopacket import to_tree
from kakehashi.systems.cases import (
    actions,
    answers,
    candidates,
    freetext,
    genenames,
    queries,
    ranking,
    schemas,
    solved,
    tasks,
    vocabulary,
)
from kakehashi.systems.cases.awards import set_award
from kakehashi.systems.cases.course.listed import listed_as
from kakehashi.systems.cases.diseases import disease_named, offered_diseases
from kakehashi.systems.cases.families.api import router as families
from kakehashi.systems.cases.linkage.api import router as same_patient
from kakehashi.systems.cases.matching import similar
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.packets.entering import phenopacket_of, unregistered_patient, with_known_terms
from kakehashi.systems.cases.queries import SORTS, CaseFilter
from kakehashi.systems.cases.schemas import Text

router = Router(tags=["cases"])
router.add_router("", families)
router.add_router("", same_patient)

Typed = Annotated[str, StringConstraints(max_length=200)]
CaseId = Annotated[str, StringConstraints(pattern=r"^K-[0-9A-Z]{12}$")]
Top = Annotated[int, Query(ge=1, le=100)]
MoveName = Literal[
    "register", "send_for_analysis", "call_back", "record_analysis", "analyse_again", "diagnose", "close",
    "reopen_diagnosis", "reopen_closed", "withdraw", "restore", "reopen",
]  # fmt: skip


@router.get("/terms", response=list[schemas.TermOut], summary="Find HPO terms")
def terms(
    request: HttpRequest,
    q: Typed,
    branch: vocabulary.Branch = "phenotype",
    limit: Annotated[int, Query(ge=1, le=50)] = 12,
    language: Literal["", "ja", "en"] = "",
) -> list[schemas.TermOut]:
    """Terms by label, synonym or id, in Japanese and English, best first."""
    ontology = vocabulary.knowledge().ontology
    return [
        schemas.TermOut(
            id=hit.id,
            label=hit.label_en,
            label_ja=ontology.label(hit.index, "ja") if ontology.has_japanese(hit.index) else "",
            synonym=hit.matched,
            definition=ontology.definition(hit.index),
            found_by=hit.rank,
        )
        for hit in vocabulary.find_terms(q, branch=branch, limit=limit)
    ]


@router.post("/text", response=list[schemas.SuggestionOut], summary="Suggest findings of a clinical text")
def read_text(request: HttpRequest, sent: schemas.TextIn) -> list[schemas.SuggestionOut]:
    """Each mentioned HPO term once, present or absent. Neither the text nor its findings are kept or recorded."""
    return [
        schemas.SuggestionOut(**{name: getattr(one, name) for name in schemas.SuggestionOut.model_fields})
        for one in freetext.suggestions(sent.text)
    ]


@router.get("/diseases", response=list[schemas.DiseaseHitOut], summary="Find diseases")
def diseases(
    request: HttpRequest, q: Typed, limit: Annotated[int, Query(ge=1, le=50)] = 12
) -> list[schemas.DiseaseHitOut]:
    """Diseases by name in both languages, id, number on the designated list or gene symbol."""
    return [
        schemas.DiseaseHitOut(
            id=one.id,
            label=one.label,
            label_ja=one.label_ja,
            synonym=one.matched if one.kind in ("synonym", "gene", "designated") else "",
            designated=one.designated,
            found_by=one.kind,
        )
        for one in offered_diseases(q, limit=limit)
    ]


@router.get("/diseases/listed", response=schemas.ListedOut, summary="Say which lists name a disease")
def listed(request: HttpRequest, disease: Typed) -> schemas.ListedOut:
    """Its Orphanet id and its number on the designated list, as far as this node knows; empty where it does not."""
    try:
        found = listed_as(caller(request), disease_named(disease))
    except ValidationError:
        return schemas.ListedOut(orphanet="", designated="")
    return schemas.ListedOut(orphanet=found.orphanet, designated=found.designated)


@router.get("/genes", response=list[str], summary="Find gene symbols")
def genes(request: HttpRequest, q: Typed, limit: Annotated[int, Query(ge=1, le=50)] = 12) -> list[str]:
    """Symbols that begin with, then those that hold, what was typed."""
    return genenames.find_genes(q, limit=limit)


@router.get("/genes/offered", response=list[schemas.GeneHitOut], summary="Find genes by any name")
def offered_genes(
    request: HttpRequest, q: Typed, limit: Annotated[int, Query(ge=1, le=50)] = 12
) -> list[schemas.GeneHitOut]:
    """Genes by symbol, previous symbol, alias or id, with the name by which each was found."""
    return [
        schemas.GeneHitOut(
            id=one.symbol, label=one.symbol, synonym="" if one.kind == "symbol" else one.matched, found_by=one.kind
        )
        for one in genenames.offered_genes(q, limit=limit)
    ]


@router.post("/rank", response=schemas.RankingOut, summary="Rank diseases for an unregistered patient")
def rank(request: HttpRequest, patient: schemas.RankIn) -> schemas.RankingOut:
    """Nothing of the patient is kept; that a ranking was asked for is recorded."""
    description = unregistered_patient(patient.description, patient.phenopacket)
    audit.record(caller(request), "case.rank_unregistered")
    answer = ranking.rank(
        description,
        use_genes=patient.use_genes,
        leave_publication_out=patient.leave_publication_out,
        top=patient.top,
    )
    return answers.ranked(answer, description, explain=patient.explain)


@router.post("/match", response=schemas.SimilarCasesOut, summary="Find cases similar to an unregistered patient")
def match(request: HttpRequest, patient: schemas.MatchIn) -> schemas.SimilarCasesOut:
    """Among the registered cases that the caller may see. Nothing of the patient is kept."""
    description = unregistered_patient(patient.description, patient.phenopacket)
    found = similar.find_similar(caller(request), description, k=patient.top, use_genes=patient.use_genes)
    audit.read_of(caller(request), "case", [one.case for one in found], action="case.match")
    return answers.matched(found, description)


@router.get("/", response=schemas.CasePage, summary="List cases")
def list_cases(request: HttpRequest, asked: Query[schemas.CaseQuery]) -> schemas.CasePage:
    """The cases that the caller may see, narrowed, sorted, a page at a time; counted as far as the pages count them.

    Of more than 10,000 cases `total` says 10,000 and `more` that there are more: an exact count of a million takes
    longer than the page. Pages beyond are read on until one is empty.
    """
    narrowed = queries.narrowed(
        queries.visible_cases(caller(request)),
        CaseFilter(
            state=asked.state or "",
            sex=asked.sex or "",
            organisation=asked.organisation,
            term=asked.term,
            gene=asked.gene,
            text=asked.text,
            diagnosed=asked.diagnosed,
            synthetic=asked.synthetic,
        ),
    )
    field = SORTS[asked.sort.lstrip("-")]
    ordered = narrowed.order_by(f"-{field}" if asked.sort.startswith("-") else field, "pk")
    first = (asked.page - 1) * asked.page_size
    cases, found = list(ordered[first : first + asked.page_size]), narrowed.order_by()[: COUNTED + 1].count()
    queries.record_shown(caller(request), cases)
    return schemas.CasePage(
        items=[answers.row(case) for case in cases],
        total=min(found, COUNTED),
        more=found > COUNTED,
        page=asked.page,
        page_size=asked.page_size,
    )


@router.post("/", response={201: schemas.CaseOut}, summary="Register a case")
def enter(request: HttpRequest, new: schemas.CaseIn) -> Status[schemas.CaseOut]:
    """Enters a case for one of the caller's organisations and registers it, or leaves it a draft."""
    case = actions.enter_case(
        by=caller(request),
        organisation=_organisation(request, new.organisation),
        local_id=new.local_id,
        description=with_known_terms(new.description),
        synthetic=new.synthetic,
        register=new.register_now,
        note=new.criteria,
    )
    return Status(201, answers.whole(case, caller(request)))


def _organisation(request: HttpRequest, code: str) -> Organisation:
    """The organisation named, else the only one the caller registers for. Raises Invalid."""
    possible = queries.organisations_to_register_for(caller(request))
    if code:
        found = Organisation.objects.filter(code=code).first()
        if found is None:
            raise Invalid({"organisation": [_("There is no organisation of this code.")]})
        return found
    acting = caller(request).acting_organisation_id
    chosen = (possible.filter(pk=acting).first() if acting else None) or (
        possible.first() if possible.count() == 1 else None
    )
    if chosen is None:
        raise Invalid({"organisation": [_("Say for which organisation; you register cases for none or several.")]})
    return chosen


@router.post("/import", response={202: JobOut}, summary="Import a file of phenopackets")
def import_file(request: HttpRequest, file: File[UploadedFile], organisation: Annotated[Text, Form("")]) -> Status[Job]:
    """One patient or many, JSON, JSON lines or YAML, also gzipped. A job does it: /api/jobs/{job_id} tells how far."""
    holder = _organisation(request, organisation)
    return Status(202, tasks.start_import(by=caller(request), organisation=holder, upload=file))


@router.get("/{case_id}", response=schemas.CaseOut, summary="Read a case")
def read(request: HttpRequest, case_id: Path[CaseId]) -> schemas.CaseOut:
    """All that is said of the patient, and the moves the caller may make."""
    return answers.whole(queries.case_for(caller(request), case_id), caller(request))


@router.put("/{case_id}", response=schemas.CaseOut, summary="Edit a case")
def edit(request: HttpRequest, case_id: Path[CaseId], change: schemas.CaseEdit) -> schemas.CaseOut:
    """Replaces the description, if the revision it started from (from_revision, or If-Match) still stands."""
    case = queries.case_for(caller(request), case_id, reading=False)
    started_from = change.from_revision or _if_match(request)
    edited = actions.edit_case(
        by=caller(request),
        case=case,
        description=with_known_terms(change.description),
        from_revision=started_from,
        note=change.note,
    )
    return answers.whole(edited, caller(request))


@router.put("/{case_id}/award", response=schemas.CaseOut, summary="Name the award that paid for a case")
def name_award(request: HttpRequest, case_id: Path[CaseId], named: schemas.AwardIn) -> schemas.CaseOut:
    """Diagnoses that stand count for it from now on. Once some are recorded it may be exchanged, not emptied."""
    case = queries.case_for(caller(request), case_id, reading=False)
    return answers.whole(set_award(by=caller(request), case=case, number=named.number), caller(request))


def _if_match(request: HttpRequest) -> int:
    """The revision in the header If-Match. Raises Invalid when it is not there either."""
    found = re.fullmatch(r'\s*(?:W/)?"?(\d{1,7})"?\s*', request.headers.get("If-Match", ""))
    if not found:
        raise Invalid({"from_revision": [_("Say which revision you edited: from_revision, or the header If-Match.")]})
    return int(found.group(1))


@router.post("/{case_id}/moves/{move}", response=schemas.CaseOut, summary="Move a case on")
def make_move(
    request: HttpRequest, case_id: Path[CaseId], move: Path[MoveName], why: schemas.MoveIn
) -> schemas.CaseOut:
    """One of the moves listed in the case."""
    case = queries.case_for(caller(request), case_id, reading=False)
    return answers.whole(advance(case, move, by=caller(request), note=why.note), caller(request))


@router.get("/{case_id}/history", response=list[schemas.RevisionOut], summary="Read a case's history")
def history(request: HttpRequest, case_id: Path[CaseId]) -> list[schemas.RevisionOut]:
    """Every revision, newest first, with what it changed."""
    return [answers.revision(step) for step in queries.history_of(queries.case_for(caller(request), case_id))]


@router.post("/{case_id}/revert", response=schemas.CaseOut, summary="Go back to an earlier revision")
def revert(request: HttpRequest, case_id: Path[CaseId], back: schemas.RevertIn) -> schemas.CaseOut:
    """Says again what an earlier revision said; the revisions in between stay."""
    case = queries.case_for(caller(request), case_id, reading=False)
    reverted = actions.revert_case(
        by=caller(request), case=case, to_revision=back.to_revision, from_revision=back.from_revision
    )
    return answers.whole(reverted, caller(request))


@router.get("/{case_id}/diseases", response=schemas.RankingOut, summary="Rank diseases for a case")
def ranked_diseases(
    request: HttpRequest,
    case_id: Path[CaseId],
    top: Top = 20,
    explain: Annotated[int, Query(ge=0, le=100)] = 5,
    leave_publication_out: bool = False,
    solved_cases: bool = True,
) -> schemas.RankingOut:
    """With evidence, the share of "no known disease", sufficiency and next questions.

    `solved_cases`: whether the caller's own solved cases count; never this case, nor cases of its publication.
    """
    case = queries.case_for(caller(request), case_id)
    description, beside = case.described, solved.beside(caller(request), case) if solved_cases else None
    answer = ranking.rank(description, leave_publication_out=leave_publication_out, top=top, beside=beside)
    solved.alike(caller(request), answer.diseases[:explain])
    return answers.ranked(answer, description, explain=explain)


@router.get("/{case_id}/questions", response=list[schemas.QuestionOut], summary="Ask what to look for next")
def next_questions(request: HttpRequest, case_id: Path[CaseId]) -> list[schemas.QuestionOut]:
    """The findings whose answer would tell most."""
    case = queries.case_for(caller(request), case_id)
    return answers.questions(ranking.rank(case.described, beside=solved.beside(caller(request), case)))


@router.get("/{case_id}/similar", response=schemas.SimilarCasesOut, summary="Find cases similar to a case")
def similar_cases(request: HttpRequest, case_id: Path[CaseId], top: Top = 10) -> schemas.SimilarCasesOut:
    """Among the registered cases that the caller may see."""
    case = queries.case_for(caller(request), case_id)
    found = similar.similar_to_case(caller(request), case, k=top)
    audit.read_of(caller(request), "case", [one.case for one in found], action="case.match")
    return answers.matched(found, case.described)


@router.post("/{case_id}/candidates", response=schemas.VcfOut, summary="Look at a VCF file of candidates")
def look_at_candidates(
    request: HttpRequest, case_id: Path[CaseId], file: File[UploadedFile], said: Form[schemas.VcfIn]
) -> schemas.VcfOut:
    """Nothing is kept; at most 2,000 records. A file that cannot be read has no candidates and says why."""
    case = queries.case_for(caller(request), case_id)
    candidates.insist_on_size(file.size or 0)
    found = candidates.preview(file.read(), case=case, sample=said.sample, assembly=said.assembly)
    return schemas.VcfOut(
        assembly=found.assembly,
        sample=found.sample,
        samples=list(found.samples),
        candidates=[
            schemas.CandidateOut(**{name: getattr(row, name) for name in schemas.CandidateOut.model_fields})
            for row in found.rows
        ],
        problems=[schemas.LineProblemOut(line=one.line, text=one.text) for one in found.problems],
    )


@router.get("/{case_id}/phenopacket", response=dict[str, Any], summary="Export a case as a phenopacket")
def phenopacket(request: HttpRequest, case_id: Path[CaseId]) -> dict[str, Any]:
    """GA4GH Phenopacket v2; an imported one keeps all it came with."""
    case: Case = queries.case_for(caller(request), case_id, reading=False)
    audit.read_of(caller(request), "case", [case], action="case.export")
    return to_tree(phenopacket_of(case))
