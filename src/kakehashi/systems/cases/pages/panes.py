"""What the pages of a case show, put into words: the patient, the tabs, diseases, questions, history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kakehashi.engines.phenotype.ranking import RankedDisease, Ranking
from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.acting import acting_organisation
from kakehashi.kernel.people.forms import add_problems
from kakehashi.kernel.workflow import moves_available
from kakehashi.systems.cases import genenames, queries, ranking, rules, solved, tasks, terms, vocabulary
from kakehashi.systems.cases.actions import insist_on_standing
from kakehashi.systems.cases.description import Description, Difference, Finding, Variant
from kakehashi.systems.cases.forms.case import CaseEntry
from kakehashi.systems.cases.models import Case, Revision
from kakehashi.systems.cases.pages import timeline
from kakehashi.systems.cases.pages.moments import age_text, moment_text, span_text
from kakehashi.systems.cases.pages.moves import COURSE_MOVES
from kakehashi.systems.cases.pages.tabs import registered_tabs
from kakehashi.systems.cases.queries import CaseFilter
from kakehashi.systems.cases.states import FINDABLE, Answer, CaseState, Sex, VariantInheritance, VariantOrigin, Zygosity

ANSWERS_MOST = 50
ALWAYS_SHOWN, FOLDED_BELOW = 6, 0.01
"""The list of diseases folds those below one per cent, but never the first six."""


def number(text: str | None) -> int:
    """A number of a form; 0 (which is no revision) for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def searched(cases: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Cases narrowed by what was typed above the list: an id, a pseudonym, a diagnosis."""
    return queries.narrowed(cases, CaseFilter(text=text)) if text.strip() else cases


def organisation_to_register_for(request: HttpRequest) -> Organisation:
    """The organisation acted for, if the person registers cases there; else the first where they do.

    Raises NotAllowed for those who register nowhere.
    """
    acting = acting_organisation(request)
    possible = list(queries.organisations_to_register_for(request.user))
    if acting is not None and acting in possible:
        return acting
    if not possible:
        raise NotAllowed(rules.may_register(request.user, acting))
    return possible[0]


def case_to_edit(request: HttpRequest, case_id: str, *, action: str = "case.edit") -> Case:
    """A case that the person may write, for the form that writes it. Raises NotFound, NotAllowed, Conflict."""
    case = queries.case_for(request.user, case_id)
    audit.insist(rules.may_edit(request.user, case), by=request.user, action=action, subject=case)
    insist_on_standing(case)
    return case


def show_problems(entry: CaseEntry, error: Invalid | Conflict) -> None:
    """Put what an action refused to the fields of the form."""
    add_problems(entry.patient, error)


# --- the patient --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chip:
    """A finding as it is shown."""

    label: str
    original: str
    term_id: str
    excluded: bool
    onset: str
    more: str


def case_context(request: HttpRequest, case: Case, tab: str, ranked: Ranking | None = None) -> dict[str, Any]:
    """What every page of a case shows: the patient on the left, tabs, meter, moves."""
    description = case.described
    ranked = ranked or ranking.rank(description, beside=solved.beside(request.user, case))
    sufficiency = ranked.sufficiency
    access = terms.access_to(case, told=request.user)
    return {
        "case": case,
        "description": description,
        "systems": [
            {"label": group.label, "chips": [_chip(one) for one in group.findings]}
            for group in vocabulary.by_body_system(description.findings)
        ],
        "facts": list(_facts(description)),
        "time_course": timeline.course_of(description),
        "variants": [{"said": one, "more": " · ".join(variant_words(one))} for one in description.variants],
        "diagnoses": [
            {
                "id": one.disease,
                "label": vocabulary.disease_label(one.disease, one.label),
                "code": vocabulary.disease_code(one.disease),
            }
            for one in description.diagnoses
        ],
        "reach": terms.reach_sentence(case, access),
        "caring": access.caring,
        "granted": access.granted,
        "tabs": _tabs(case, tab, request.user),
        "sufficiency": sufficiency,
        "sufficiency_text": sufficiency.ja if vocabulary.language() == "ja" else sufficiency.en,
        "moves": [move for move in moves_available(case, request.user) if move.name not in COURSE_MOVES],
        "may_edit": bool(rules.may_edit(request.user, case)) and case.state != CaseState.WITHDRAWN,
        "unknown_terms": ranking.unknown_terms(description),
        "gene_doubts": genenames.gene_doubts(description.all_genes),
        "genes_renamed": genenames.renamed_genes(description.all_genes),
    }


def variant_words(variant: Variant) -> list[str]:
    """Zygosity, inheritance and origin of a variant in words; what is not said is left out."""
    said = (
        Zygosity(variant.zygosity),
        VariantInheritance(variant.inheritance),
        VariantOrigin(variant.origin),
    )
    return [str(one.label) for one in said if one != "unknown"]


def _chip(finding: Finding) -> Chip:
    details = [vocabulary.term_label(one) for one in (finding.severity, *finding.modifiers) if one]
    return Chip(
        vocabulary.term_label(finding.term, finding.label),
        vocabulary.english_term(finding.term),
        finding.term,
        finding.excluded,
        span_text(finding),
        " · ".join([*details, finding.note] if finding.note else details),
    )


def _facts(description: Description) -> Iterable[tuple[str, str]]:
    if description.age:
        yield _("Age at last examination"), age_text(description.age)
    if description.birth:
        yield _("Born in"), description.birth
    if description.undiagnosed_since:
        yield _("Without a diagnosis since"), description.undiagnosed_since
    if description.onset:
        yield _("First signs"), moment_text(description.onset)
    if description.affected_relatives != "unknown":
        yield _("Relatives with similar signs"), str(Answer(description.affected_relatives).label)
    if description.consanguinity != "unknown":
        yield _("Parents related by blood"), str(Answer(description.consanguinity).label)
    if description.inheritance:
        yield _("Suspected inheritance"), " · ".join(map(vocabulary.term_label, description.inheritance))
    for diagnosis in description.diagnoses:
        yield _("Diagnosis"), vocabulary.disease_said(diagnosis.disease, diagnosis.label)
    if description.sources:
        yield _("Published in"), " · ".join(description.sources)


def _tabs(case: Case, current: str, person: Any) -> list[dict[str, Any]]:
    """The views of a case; of a withdrawn one nothing is asked, siblings' are not for care alone."""
    beyond = case.state in FINDABLE and bool(rules.may_edit(person, case) or rules.may_use(person, case))
    names = [
        ("cases:show", "diseases", _("Diseases")),
        ("cases:similar", "similar", _("Similar cases")),
        *((tab.view, tab.key, str(tab.label)) for tab in registered_tabs() if beyond),
        ("cases:questions", "questions", _("Next question")),
        ("cases:family", "family", _("Family")),
        ("cases:course", "course", _("Course")),
        ("cases:sharing", "sharing", _("Sharing")),
        ("cases:same_patient", "same_patient", _("Same patient?")),
        ("cases:history", "history", _("History")),
    ]
    return [
        {"label": label, "url": reverse(view, args=[case.public_id]), "current": key == current}
        for view, key, label in names
        if not (key == "questions" and case.state == CaseState.WITHDRAWN)
    ]


# --- diseases -----------------------------------------------------------------------------------------------------


def disease_rows(ranked: Ranking) -> list[dict[str, Any]]:
    """The diseases in their order, with "no known disease" in its place among them."""
    rows: list[dict[str, Any]] = [
        {
            "disease": one,
            "id": one.id,
            "label": vocabulary.disease_label(one.id, one.label),
            "original": vocabulary.english_disease(one.id),
            "genes": one.genes,
            "probability": one.probability,
        }
        for one in ranked.diseases
    ]
    place = sum(row["probability"] >= ranked.unknown_probability for row in rows)
    rows.insert(place, {"disease": None, "label": "", "probability": ranked.unknown_probability})
    for number, row in enumerate(rows):
        row["folded"] = number >= ALWAYS_SHOWN and row["probability"] < FOLDED_BELOW
    return rows


def share_of_others(rows: list[dict[str, Any]], chosen: str = "") -> float:
    """The probability that is left for all the known diseases that a list does not show unfolded."""
    shown = [float(row["probability"]) for row in rows if not row["folded"] or row.get("id") == chosen]
    return max(0.0, 1 - sum(shown))


def chosen_disease(ranked: Ranking, wanted: str) -> RankedDisease | None:
    """The disease asked for, else the first; None where nothing was ranked."""
    found = next((one for one in ranked.diseases if one.id == wanted), None)
    return found or (ranked.diseases[0] if ranked.diseases else None)


def source_line() -> str:
    """What a ranking stands on, for beneath a picture."""
    known = vocabulary.knowledge()
    return _("HPO %(release)s, phenotype.hpoa %(version)s") % {
        "release": known.ontology.release,
        "version": known.diseases.version,
    }


# --- next questions -----------------------------------------------------------------------------------------------


def answers_in(request: HttpRequest) -> dict[str, bool]:
    """The answers a form carries: term → present or not. ``answer=HP:0001250:yes``, one field each."""
    answered: dict[str, bool] = {}
    for text in request.POST.getlist("answer")[:ANSWERS_MOST]:
        term, _colon, answer = text.rpartition(":")
        if vocabulary.is_finding(term) and answer in {"yes", "no"}:
            answered[term] = answer == "yes"
    for term in request.POST.getlist("forget"):
        answered.pop(term, None)
    return answered


def with_answers(description: Description, answered: Mapping[str, bool]) -> Description:
    """The description with answers added as findings; what it says already stands."""
    said = {finding.term for finding in description.findings}
    added = tuple(Finding(term=term, excluded=not yes) for term, yes in answered.items() if term not in said)
    return description.model_copy(update={"findings": (*description.findings, *added)})


def said_answers(answered: Mapping[str, bool]) -> list[dict[str, Any]]:
    """The answers given so far, for the form to carry on."""
    return [
        {
            "term": term,
            "label": vocabulary.term_label(term),
            "absent": not yes,
            "value": f"{term}:{'yes' if yes else 'no'}",
        }
        for term, yes in answered.items()
    ]


def said_questions(ranked: Ranking) -> list[dict[str, Any]]:
    """The next questions with their definitions and the diseases they would tell apart."""
    known = vocabulary.knowledge()
    ontology, diseases = known.ontology, known.diseases
    return [
        {
            "term": ontology.id(one.term),
            "label": ontology.label(one.term, vocabulary.language()),
            "original": vocabulary.english_term(ontology.id(one.term)),
            "definition": ontology.definition(one.term),
            "present": one.present_probability,
            "bits": one.information_bits,
            "diseases": [diseases.label(index, vocabulary.language()) for index in one.for_diseases[:3]],
        }
        for one in ranked.questions
    ]


# --- history ------------------------------------------------------------------------------------------------------

PLACES = {
    "sex": lambda: _("Sex"),
    "birth": lambda: _("Born in"),
    "undiagnosed_since": lambda: _("Without a diagnosis since"),
    "age": lambda: _("Age at last examination"),
    "onset": lambda: _("First signs"),
    "findings": lambda: _("Finding"),
    "genes": lambda: _("Candidate genes"),
    "variants": lambda: _("Variant"),
    "affected_relatives": lambda: _("Relatives with similar signs"),
    "consanguinity": lambda: _("Parents related by blood"),
    "family_history": lambda: _("Family history"),
    "inheritance": lambda: _("Suspected inheritance"),
    "diagnoses": lambda: _("Diagnosis"),
    "sources": lambda: _("Published in"),
    "note": lambda: _("Note"),
}


def said_steps(case: Case) -> list[dict[str, Any]]:
    """The history in words."""
    return [
        {"revision": step.revision, "changes": said_changes(step.changes), "who": _who(step.revision)}
        for step in queries.history_of(case)
    ]


def _who(revision: Revision) -> str:
    return str(revision.by) if revision.by else _("the node's operator")


def said_changes(changes: Iterable[Difference]) -> list[dict[str, str]]:
    """Changes in words: what, before, after."""
    return [
        {"place": PLACES[one.place](), "before": _said(one, one.before), "after": _said(one, one.after)}
        for one in changes
    ]


def _said(change: Difference, value: Any) -> str:
    if value in (None, "", [], ()):
        return ""
    if change.place == "findings":
        finding = Finding.model_validate(value)
        chip = _chip(finding)
        return " · ".join(
            part for part in (chip.label, _("absent") if chip.excluded else "", chip.onset, chip.more) if part
        )
    if change.place == "diagnoses":
        return vocabulary.disease_said(value["disease"], value["label"])
    if change.place == "variants":
        variant = Variant.model_validate(value)
        parts = (variant.gene, variant.hgvs, variant.vcf, *variant_words(variant), variant.note)
        return " · ".join(part for part in parts if part)
    if change.place in {"inheritance", "onset"}:
        return moment_text(str(value)) or str(value)
    if change.place == "age":
        return age_text(str(value))
    if change.place in {"sex", "affected_relatives", "consanguinity"}:
        return str((Sex if change.place == "sex" else Answer)(value).label)
    return str(value)


def said_result(result: Any, name: str) -> dict[str, Any] | None:
    """What an import did, in the language in force: packets refused for the same reason together.

    ``name``: what the reader called the file; empty where it is no longer kept.
    """
    if not isinstance(result, dict):
        return None
    language = vocabulary.language()
    groups: dict[str, list[str]] = {}
    for one in result.get("problems", []):
        place = tasks.UPLOAD_PLACE.sub(lambda _found: name or _("your file"), one["place"], count=1)
        groups.setdefault(one[language], []).append(place)
    told = sum(map(len, groups.values()))
    return result | {
        "problems": [{"text": text, "places": places} for text, places in groups.items()],
        "untold": max(0, result["refused"] - told),
    }
