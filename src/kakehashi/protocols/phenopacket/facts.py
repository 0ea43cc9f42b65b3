"""From a phenopacket to what the engines work with: term indices, genes, sex, age, onset, inheritance, publication.

Nothing is dropped in silence: a finding that cannot be used, or is used under another id, is a warning that names its
path, id and label.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from kakehashi.protocols.phenopacket.agewords import age_days_of, age_words, first_sign, onset_words
from kakehashi.protocols.phenopacket.checking_problems import checking_problem
from kakehashi.protocols.phenopacket.clinical import Individual, PhenotypicFeature
from kakehashi.protocols.phenopacket.documents import Phenopacket
from kakehashi.protocols.phenopacket.elements import OntologyClass
from kakehashi.protocols.phenopacket.genomic import GeneDescriptor, GenomicInterpretation
from kakehashi.protocols.phenopacket.problems import Problem
from kakehashi.protocols.phenopacket.terms import Resolved, Terms
from kakehashi.protocols.phenopacket.times import moment

SexOfPatient = Literal["FEMALE", "MALE", "OTHER"]

HELD: Final = ("SOLVED", "COMPLETED")
"""The states of an interpretation whose disease is held to be the patient's."""
IDS_KEPT: Final = 100_000
"""Meanings remembered; more than an ontology has ids, so that only hostile files ever reach it."""

_PUBLICATION: Final = re.compile(r"(?:\A|[^A-Za-z0-9])PMID[:_ ]?([1-9][0-9]{0,8})(?![0-9])", re.IGNORECASE)
_SEXES: Final[dict[str, SexOfPatient]] = {"FEMALE": "FEMALE", "MALE": "MALE", "OTHER_SEX": "OTHER"}


@dataclass(frozen=True, slots=True)
class Facts:
    """One patient as the engines see it.

    ``observed`` and ``excluded`` are term indices, ascending, each once, never both; ``genes`` are symbols (or gene ids
    where there is no symbol) in the order of the record, rejected ones left out; ``age_days`` is the age at the last
    encounter and ``onset_days`` that at the first sign of illness, both None where they are said by a term only;
    ``onset`` and ``inheritance`` are term indices; ``publications`` are ``PMID:…``, those referenced first;
    ``diseases`` are the diagnoses held to be true.
    """

    id: str
    observed: tuple[int, ...]
    excluded: tuple[int, ...]
    genes: tuple[str, ...]
    sex: SexOfPatient | None
    age_days: float | None
    onset_days: float | None
    onset: int | None
    inheritance: tuple[int, ...]
    publications: tuple[str, ...]
    diseases: tuple[str, ...]
    warnings: tuple[Problem, ...]


class FactReader:
    """Turns phenopackets into facts against one ontology; keeps what each id means, so that many are quick.

    ``gene_name``: how a gene is called where it is compared, for one written by an old symbol or an id.
    """

    def __init__(self, terms: Terms, *, gene_name: Callable[[str], str] | None = None) -> None:
        self.terms = terms
        self._gene_name = gene_name
        self._known: dict[str, Resolved] = {}
        self._inheritance = frozenset(map(int, terms.inheritance_terms))

    def facts(self, packet: Phenopacket) -> Facts:
        """The facts of one patient. Never fails; what could not be used is in ``warnings``."""
        warnings: list[Problem] = []
        observed, excluded, inheritance = self._findings(packet, warnings)
        if not observed and not excluded:
            warnings.append(checking_problem("no-findings", "$.phenotypicFeatures"))
        subject = packet.subject or Individual()
        born = moment(subject.date_of_birth)
        first = first_sign(
            [onset_words(disease.onset, born) for disease in packet.diseases if not disease.excluded],
            [onset_words(feature.onset, born) for feature in packet.phenotypic_features if not feature.excluded],
        )
        return Facts(
            id=packet.id,
            observed=tuple(sorted(observed)),
            excluded=tuple(sorted(excluded)),
            genes=self._genes(packet),
            sex=_SEXES.get(subject.sex),
            age_days=age_days_of(age_words(subject.time_at_last_encounter, born)),
            onset_days=first.days if first else None,
            onset=self.terms.index(first.term) if first else None,
            inheritance=tuple(sorted(inheritance)),
            publications=publications(packet),
            diseases=tuple(disease.id for disease in diagnosed(packet)),
            warnings=tuple(warnings),
        )

    def _genes(self, packet: Phenopacket) -> tuple[str, ...]:
        written = _genes(packet)
        return tuple(dict.fromkeys(map(self._gene_name, written))) if self._gene_name else written

    def _resolved(self, term_id: str) -> Resolved:
        found = self._known.get(term_id)
        if found is None:
            if len(self._known) >= IDS_KEPT:
                self._known.clear()
            found = self._known[term_id] = self.terms.resolve(term_id)
        return found

    def _findings(self, packet: Phenopacket, warnings: list[Problem]) -> tuple[set[int], set[int], set[int]]:
        observed: dict[int, str] = {}
        excluded: dict[int, str] = {}
        inheritance: set[int] = set()
        for at, feature in enumerate(packet.phenotypic_features):
            path = f"$.phenotypicFeatures[{at}].type"
            index = self._usable(feature, path, warnings)
            if index is None:
                continue
            if self.terms.is_phenotype(index):
                (excluded if feature.excluded else observed).setdefault(index, path)
                continue
            if index in self._inheritance and not feature.excluded:
                inheritance.add(index)
                continue
            warnings.append(
                checking_problem("not-a-finding", f"{path}.id", id=self.terms.id(index), label=self.terms.label(index))
            )
        if excluded:
            self._settle(observed, excluded, warnings)
        return set(observed), set(excluded), inheritance

    def _usable(self, feature: PhenotypicFeature, path: str, warnings: list[Problem]) -> int | None:
        if feature.type is None or not feature.type.id.strip():
            label = feature.type.label if feature.type else ""
            warnings.append(checking_problem("missing-term-id", path, label=label or "–"))
            return None
        found = self._resolved(feature.type.id)
        if found.status != "current":
            warnings.append(term_problem(found, feature.type.id, feature.type.label, f"{path}.id"))
        return found.index

    def _settle(self, observed: dict[int, str], excluded: dict[int, str], warnings: list[Problem]) -> None:
        """An observed finding means that all above it is observed too: such exclusions are set aside."""
        for index in observed:
            for above in map(int, self.terms.ancestors(index)):
                if (path := excluded.pop(above, None)) is not None:
                    warnings.append(contradiction(self.terms, index, above, f"{path}.id"))


def term_problem(found: Resolved, asked: str, label: str, path: str) -> Problem:
    """What to say of an id that is not current."""
    named = label or found.asked_label or "–"
    if found.status == "unknown":
        code = "unknown-term" if asked.upper().startswith("HP:") else "not-hpo"
        return checking_problem(code, path, id=asked, label=named)
    if found.index is None:
        consider = ", ".join(found.consider) or "–"
        return checking_problem("obsolete-term", path, id=asked, label=named, consider=consider)
    code = "replaced-term" if found.status == "obsolete" else "alternative-id"
    return checking_problem(code, path, id=asked, label=named, new_id=found.id, new_label=found.label)


def contradiction(terms: Terms, observed: int, excluded: int, path: str) -> Problem:
    """What to say of an exclusion that an observed finding contradicts."""
    if observed == excluded:
        return checking_problem("observed-and-excluded", path, id=terms.id(observed), label=terms.label(observed))
    return checking_problem(
        "excluded-ancestor",
        path,
        id=terms.id(excluded),
        label=terms.label(excluded),
        below_id=terms.id(observed),
        below_label=terms.label(observed),
    )


def publications(packet: Phenopacket) -> tuple[str, ...]:
    """Every publication the record names, as ``PMID:…``: those it references, then those in its id; each once."""
    found: dict[str, None] = {}
    references = packet.meta_data.external_references if packet.meta_data else []
    for text in (*(reference.id for reference in references), packet.id):
        found |= dict.fromkeys(publications_in(text))
    return tuple(found)


def publications_in(text: str) -> tuple[str, ...]:
    """The publications that a text such as an id names, as ``PMID:…``."""
    return tuple(f"PMID:{number}" for number in _PUBLICATION.findall(text))


def diagnosed(packet: Phenopacket) -> tuple[OntologyClass, ...]:
    """Diseases held to be true: those of solved interpretations, then those listed and not excluded; each once."""
    solved = [
        reading.diagnosis.disease
        for reading in packet.interpretations
        if reading.diagnosis is not None and reading.diagnosis.disease is not None and reading.progress_status in HELD
    ]
    listed = [disease.term for disease in packet.diseases if disease.term is not None and not disease.excluded]
    found: dict[str, OntologyClass] = {}
    for disease in (*solved, *listed):
        if disease.id:
            found.setdefault(disease.id, disease)
    return tuple(found.values())


def genomic_interpretations(packet: Phenopacket) -> Iterator[tuple[str, GenomicInterpretation]]:
    """Every genomic interpretation of the record with its path."""
    for at, reading in enumerate(packet.interpretations):
        for place, genomic in enumerate(reading.diagnosis.genomic_interpretations if reading.diagnosis else ()):
            yield f"$.interpretations[{at}].diagnosis.genomicInterpretations[{place}]", genomic


def _genes(packet: Phenopacket) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for _, genomic in genomic_interpretations(packet):
        gene = gene_of(genomic)
        if gene is not None and genomic.interpretation_status != "REJECTED":
            name = gene.symbol.strip() or gene.value_id.strip()
            if name:
                found[name] = None
    return tuple(found)


def gene_of(genomic: GenomicInterpretation) -> GeneDescriptor | None:
    """The gene that an interpretation speaks of, itself or through its variant."""
    if genomic.gene is not None:
        return genomic.gene
    variant = genomic.variant_interpretation.variation_descriptor if genomic.variant_interpretation else None
    return variant.gene_context if variant else None
