"""Checks of terms: the shape of ids, what they mean in this release, findings that contradict one another."""

import re
from collections.abc import Iterator
from typing import Final

from kakehashi.protocols.phenopacket.checking_problems import checking_problem
from kakehashi.protocols.phenopacket.clinical import Individual, PhenotypicFeature
from kakehashi.protocols.phenopacket.documents import Phenopacket
from kakehashi.protocols.phenopacket.elements import OntologyClass
from kakehashi.protocols.phenopacket.facts import contradiction, term_problem
from kakehashi.protocols.phenopacket.problems import Problem
from kakehashi.protocols.phenopacket.terms import Resolved, Terms

CURIE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*:[^\s:][^\s]*\Z")
MALE_FINDINGS: Final = "HP:0010461"
FEMALE_FINDINGS: Final = "HP:0010460"

_WORD: Final = re.compile(r"\w+")


def shape(path: str, term: OntologyClass) -> Iterator[Problem]:
    """An id of the form PREFIX:local, and a label."""
    if not term.id.strip():
        yield checking_problem("missing-term-id", path, label=term.label or "–")
    elif not CURIE.match(term.id):
        yield checking_problem("not-curie", f"{path}.id", id=term.id)
    elif not term.label.strip():
        yield checking_problem("missing-label", f"{path}.label", id=term.id)


def meaning(path: str, term: OntologyClass, terms: Terms, asked: dict[str, Resolved]) -> Iterator[Problem]:
    """HPO ids must be current and carry the label (or a synonym) of the term they mean, its words in any order."""
    if not term.id.upper().startswith("HP:"):
        return
    found = asked.get(term.id)
    if found is None:
        found = asked[term.id] = terms.resolve(term.id)
    if found.status != "current":
        yield term_problem(found, term.id, term.label, f"{path}.id")
    if found.index is None or not term.label or _words(term.label) in (_words(found.label), _words(found.asked_label)):
        return
    wordings = {_words(synonym.text) for synonym in terms.synonyms(found.index)}
    if _words(term.label) not in wordings | {_words(terms.label(found.index, "ja"))}:
        yield checking_problem(
            "label-mismatch", f"{path}.label", id=term.id, expected=found.asked_label or found.label, label=term.label
        )


def _words(label: str) -> tuple[str, ...]:
    """Releases rename "Mild intellectual disability" to "Intellectual disability, mild" and back."""
    return tuple(sorted(_WORD.findall(label.casefold())))


def places(path: str, feature: PhenotypicFeature, terms: Terms) -> Iterator[Problem]:
    """Onset terms as onset, modifiers as modifiers; phenotypic abnormalities and modes of inheritance as features."""
    if (found := _hpo(feature.type, terms)) is not None and not (
        terms.is_phenotype(found) or (found in terms.inheritance_terms and not feature.excluded)
    ):
        yield checking_problem("not-a-finding", f"{path}.type.id", id=terms.id(found), label=terms.label(found))
    for name, time in (("onset", feature.onset), ("resolution", feature.resolution)):
        found = _hpo(time.ontology_class, terms) if time is not None else None
        if found is not None and found not in terms.onset_terms:
            where = f"{path}.{name}.ontologyClass.id"
            yield checking_problem("not-an-onset", where, id=terms.id(found), label=terms.label(found))
    modifiers = [(f"{path}.modifiers[{at}].id", term) for at, term in enumerate(feature.modifiers)]
    for where, term in [(f"{path}.severity.id", feature.severity), *modifiers]:
        if (found := _hpo(term, terms)) is not None and found not in terms.modifier_terms:
            yield checking_problem("not-a-modifier", where, id=terms.id(found), label=terms.label(found))


def _hpo(term: OntologyClass | None, terms: Terms) -> int | None:
    return terms.index(term.id) if term is not None and term.id.upper().startswith("HP:") else None


def karyotype(path: str, person: Individual) -> Iterator[Problem]:
    """A sex and sex chromosomes that go together as they mostly do."""
    usual = "Y" in person.karyotypic_sex
    known = person.karyotypic_sex not in ("UNKNOWN_KARYOTYPE", "OTHER_KARYOTYPE")
    if known and person.sex in ("MALE", "FEMALE") and usual != (person.sex == "MALE"):
        where = f"{path}.karyotypicSex"
        yield checking_problem("sex-karyotype", where, sex=person.sex, karyotype=person.karyotypic_sex)


def findings(path: str, packet: Phenopacket, terms: Terms) -> Iterator[Problem]:
    """Findings observed and excluded at once, by themselves or through an ancestor; findings of the other sex."""
    observed: dict[int, str] = {}
    excluded: dict[int, str] = {}
    for at, feature in enumerate(packet.phenotypic_features):
        found = _hpo(feature.type, terms)
        if found is not None and terms.is_phenotype(found):
            (excluded if feature.excluded else observed).setdefault(found, f"{path}.phenotypicFeatures[{at}].type.id")
    told: set[int] = set()
    for index in observed:
        for above in map(int, terms.ancestors(index)):
            if above in excluded and above not in told:
                told.add(above)
                yield contradiction(terms, index, above, excluded[above])
    sex = packet.subject.sex if packet.subject else ""
    if sex in ("MALE", "FEMALE"):
        own, other = (FEMALE_FINDINGS, MALE_FINDINGS) if sex == "FEMALE" else (MALE_FINDINGS, FEMALE_FINDINGS)
        own_root, other_root = terms.index(own), terms.index(other)
        for index, where in observed.items():
            line = {int(above) for above in terms.ancestors(index)}
            if other_root in line and own_root not in line:
                yield checking_problem("sex-finding", where, id=terms.id(index), label=terms.label(index))
