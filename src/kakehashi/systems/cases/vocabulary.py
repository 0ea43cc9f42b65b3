"""The words of a description: HPO terms and diseases as people type, search and read them (genes: genenames.py).

Everything here reads the node's knowledge, opened once a process and shared by its threads; a release or labels that
are installed while the node runs are seen by the next call.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kakehashi.engines.phenotype import knowledge as knowledge_engine
from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ontology import Ontology, parse_id
from kakehashi.engines.phenotype.search import DiseaseHit, Search, TermHit
from kakehashi.engines.pictures.systems import OTHER, SYSTEMS, principal_system
from kakehashi.kernel.punctuation import noted
from kakehashi.protocols.phenopacket.problems import Problem
from kakehashi.systems.cases.description import Diagnosis, Finding
from kakehashi.systems.cases.offered import WORDS

DESIGNATED_PREFIX, NEW_PREFIX = "NANBYO", "NEW"
"""Of the ids that this node makes: of a number of the designated list alone, of a disease nobody has named yet."""

Branch = Literal["phenotype", "onset", "inheritance", "modifier", "severity"]
SEVERITY = 12824

_searches: OrderedDict[str, Search] = OrderedDict()
_lock = threading.Lock()


def knowledge() -> Knowledge:
    """What the node knows, as it is in force now."""
    return knowledge_engine.load()


def language() -> str:
    """``ja`` or ``en``: the language in force."""
    return "ja" if (get_language() or "").startswith("ja") else "en"


def in_words(problem: Problem) -> str:
    """What is wrong and what to do, in the language in force."""
    if language() == "ja":
        return f"{problem.ja}。{problem.hint_ja}"
    return f"{problem.en}; {problem.hint_en}"


def _search(known: Knowledge) -> Search:
    with _lock:
        found = _searches.get(known.fingerprint)
        if found is None:
            found = _searches[known.fingerprint] = Search(known)
            while len(_searches) > 2:
                _searches.popitem(last=False)
        return found


def _branch(ontology: Ontology, branch: Branch) -> npt.NDArray[np.int32] | None:
    if branch == "onset":
        return ontology.onset_terms
    if branch == "inheritance":
        return ontology.inheritance_terms
    if branch == "modifier":
        return ontology.modifier_terms
    if branch == "severity":
        top = ontology.index_of_number(SEVERITY)
        return np.zeros(0, dtype=np.int32) if top is None else ontology.descendants(top)
    return None


def find_terms(text: str, *, branch: Branch = "phenotype", limit: int = 20) -> list[TermHit]:
    """The terms of a branch that fit what was typed, best first, labelled in the language in force."""
    known = knowledge()
    return _search(known).terms(text, limit=limit, language=language(), within=_branch(known.ontology, branch))


def find_diseases(text: str, *, limit: int = 20) -> list[DiseaseHit]:
    """The diseases that fit a name, an id or a gene symbol, best first."""
    return _search(knowledge()).diseases(text, limit=limit, language=language())


class UnknownWord(ValueError):
    """What was typed is no term of the branch; the message says so, ``suggestions`` what may be meant."""

    def __init__(self, typed: str, suggestions: Iterable[TermHit]) -> None:
        self.typed, self.suggestions = typed, tuple(suggestions)
        super().__init__(typed)

    def __str__(self) -> str:
        if not self.suggestions:
            return _("“%(typed)s” is no HPO term of this node. Use an id such as HP:0001250, or another wording.") % {
                "typed": self.typed
            }
        meant = " · ".join(noted(hit.label, hit.id) for hit in self.suggestions[:3])
        return _("“%(typed)s” fits no HPO term exactly. Did you mean: %(meant)s") % {
            "typed": self.typed,
            "meant": meant,
        }


def read_term(typed: str, *, branch: Branch = "phenotype") -> str:
    """The current id of what a person typed: an id, an id with a label around it, or an exact label or synonym.

    Raises UnknownWord with suggestions.
    """
    known = knowledge()
    written = typed.strip()
    for part in (written, *re.split(r"[\s()（）]+", written)):
        if parse_id(part) is not None and (index := known.ontology.index(part)) is not None:
            within = _branch(known.ontology, branch)
            if known.ontology.is_phenotype(index) if within is None else index in within:
                return known.ontology.id(index)
    hits = find_terms(written, branch=branch, limit=5)
    if hits and hits[0].rank in {"label", "synonym"}:
        return hits[0].id
    raise UnknownWord(written, hits)


def term_label(term_id: str, kept: str = "") -> str:
    """A term's label in the language in force; for one that the node does not know the label it came with."""
    if term_id in WORDS:
        return str(WORDS[term_id])
    ontology = knowledge().ontology
    index = ontology.index(term_id)
    return ontology.label(index, language()) if index is not None else kept or term_id


def disease_label(disease_id: str, kept: str = "") -> str:
    """A disease's name in the language in force; for one that the node does not know the name it came with."""
    diseases = knowledge().diseases
    index = diseases.index(disease_id)
    if index is not None:
        return diseases.label(index, language())
    if _made_by(DESIGNATED_PREFIX, disease_id):
        return designated_label(disease_id.partition(":")[2]) or kept or disease_code(disease_id)
    return kept or (_("New disease") if _made_by(NEW_PREFIX, disease_id) else disease_code(disease_id))


def designated_label(number: str) -> str:
    """The name of a disease of the designated list that this node has; "" for none."""
    from kakehashi.systems.cases.designated import numbered  # its rows are described by these words

    found = numbered(number)
    return found.label(language()) if found else ""


def disease_code(disease_id: str) -> str:
    """By what number people know a disease; "" for a new one, whose id is this node's alone and nobody reads."""
    if _made_by(NEW_PREFIX, disease_id):
        return ""
    if _made_by(DESIGNATED_PREFIX, disease_id):
        return _("designated disease %(number)s") % {"number": disease_id.partition(":")[2]}
    return disease_id


def disease_said(disease_id: str, kept: str = "") -> str:
    """ "Marfan syndrome (OMIM:154700)": a disease's name with its number, either alone where there is no other."""
    label, code = disease_label(disease_id, kept), disease_code(disease_id)
    return noted(label, code) if code not in ("", label) else label


def nameable_alone(diagnoses: Iterable[Diagnosis]) -> dict[str, str]:
    """Name → id of those among a case's diseases that people know by no number."""
    return {disease_label(one.disease, one.label): one.disease for one in diagnoses if not disease_code(one.disease)}


def _made_by(prefix: str, disease_id: str) -> bool:
    return disease_id.startswith(f"{prefix}:")


def english_term(term_id: str) -> str:
    """The English label behind a Japanese one, to stand quietly beside it; "" where what is shown is English."""
    ontology = knowledge().ontology
    index = ontology.index(term_id)
    if language() == "en" or index is None or term_id in WORDS:
        return ""
    return _unless_shown(ontology.label(index), ontology.label(index, language()))


def english_disease(disease_id: str) -> str:
    """As english_term, for the name of a disease."""
    diseases = knowledge().diseases
    index = diseases.index(disease_id)
    if language() == "en" or index is None:
        return ""
    return _unless_shown(diseases.label(index), diseases.label(index, language()))


def _unless_shown(english: str, shown: str) -> str:
    return "" if english == shown else english


def is_known(term_id: str) -> bool:
    """Whether the id leads to a current term of this node's release."""
    return knowledge().ontology.index(term_id) is not None


def is_inheritance(term_id: str) -> bool:
    """Whether the id is the current one of a mode of inheritance of this node's release."""
    ontology = knowledge().ontology
    index = ontology.index(term_id)
    return index is not None and index in ontology.inheritance_terms and ontology.id(index) == term_id


def is_finding(term_id: str) -> bool:
    """Whether the id is the current one of a phenotypic abnormality of this node's release."""
    ontology = knowledge().ontology
    index = ontology.index(term_id)
    return index is not None and ontology.is_phenotype(index) and ontology.id(index) == term_id


@dataclass(frozen=True)
class SystemOfFindings:
    """The findings of one body system, those present first, each kind by label. ``label`` as people read it."""

    label: str
    findings: tuple[Finding, ...]


def body_system(term_id: str) -> str:
    """The branch under which a term is shown (an id of engines.pictures.systems), "" for none."""
    ontology = knowledge().ontology
    index = ontology.index(term_id)
    if index is None:
        return ""
    branches = np.intersect1d(ontology.children(ontology.phenotype_root), ontology.ancestors(index))
    return principal_system(ontology.id(branch) for branch in branches.tolist())


def by_body_system(findings: Iterable[Finding]) -> list[SystemOfFindings]:
    """Findings grouped by body system, in the order of the systems' table; what belongs to none comes last."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(body_system(finding.term), []).append(finding)
    return [
        SystemOfFindings(
            SYSTEMS.get(system, OTHER).name(language()),
            tuple(sorted(groups[system], key=lambda one: (one.excluded, term_label(one.term, one.label)))),
        )
        for system in [*SYSTEMS, OTHER.id]
        if system in groups
    ]
