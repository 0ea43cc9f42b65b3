"""What ``kakehashi rank`` answers: a patient's ranked diseases, for scripts and for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from kakehashi.cli.outputs import bar, grid, heading, listed, note, of_findings, percent, safe
from kakehashi.engines.genes import installed
from kakehashi.engines.genes.naming import GeneNaming
from kakehashi.engines.phenotype import knowledge as phenotype
from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking import (
    Evidence,
    Patient,
    PooledRows,
    RankedDisease,
    Ranker,
    Ranking,
    SolvedCase,
    SolvedCases,
)
from kakehashi.engines.pictures import SILENT, times_words
from kakehashi.protocols.phenopacket.checking_problems import checking_problem
from kakehashi.protocols.phenopacket.documents import Phenopacket
from kakehashi.protocols.phenopacket.facts import FactReader, Facts
from kakehashi.protocols.phenopacket.problems import Language, Problem
from kakehashi.protocols.phenopacket.reading import Entry

if TYPE_CHECKING:
    from rich.console import Console

WORDS: Final[dict[str, tuple[str, str]]] = {
    "excluded": ("{} excluded", "なしの所見 {} 件"),
    "genes": ("genes {}", "遺伝子 {}"),
    "unknown": ("none of the known diseases", "既知の疾患のいずれでもない"),
    "others": ("all other known diseases", "その他の既知の疾患"),
    "only_genes": ("only the gene speaks for it", "候補遺伝子のみが根拠です"),
    "ask": ("Ask next: {}", "次に確認するとよい所見：{}"),
}
STRONGEST: Final = 3


def patient_of(facts: Facts, *, genes: bool) -> Patient:
    """The ranker's patient. Without a publication her record stands for one, so that solved cases can leave it out."""
    return Patient(
        observed=facts.observed,
        excluded=facts.excluded,
        genes=facts.genes if genes else (),
        sex=facts.sex,
        age_days=facts.age_days,
        onset=facts.onset,
        onset_days=facts.onset_days,
        inheritance=facts.inheritance[0] if facts.inheritance else None,
        publications=facts.publications or (f"record:{facts.id}",),
    )


def fact_reader(knowledge: Knowledge, *, of_diseases: bool = False) -> FactReader:
    """A reader that calls genes by their current symbols, or by those of the disease models."""
    naming = GeneNaming(knowledge.diseases, installed.load())
    return FactReader(knowledge.ontology, gene_name=naming.of_diseases if of_diseases else naming.current)


def warnings_of(packet: Phenopacket, facts: Facts, *, needs_publication: bool) -> tuple[Problem, ...]:
    """What to tell beside an answer."""
    more = []
    if not packet.id:
        more.append(checking_problem("missing-field", "$.id", name="id"))
    if needs_publication and not facts.publications:
        more.append(checking_problem("no-publication", "$.metaData.externalReferences"))
    return (*more, *facts.warnings)


def told_briefly(problem: Problem, language: Language) -> str:
    """``$.phenotypicFeatures[3].type.id: HP:… is not in this release …``."""
    return f"{problem.path}: {problem.text(language)}"


def draw_warnings(console: Console, warnings: Iterable[Problem], language: Language) -> None:
    """Below an answer, one line each."""
    for problem in warnings:
        note(console, f"! {told_briefly(problem, language)}", "yellow")


@dataclass(frozen=True)
class RankRun:
    """One run of the command: the ranker with its knowledge, ready for any number of patients."""

    knowledge: Knowledge
    reader: FactReader
    ranker: Ranker
    language: Language
    solved: Mapping[str, tuple[int, ...]]
    """Findings of the solved cases by record id."""

    @classmethod
    def open(cls, sources: Sequence[str], solved: Iterable[Entry[Phenopacket]], language: Language) -> Self:
        """Load the knowledge and the solved cases. Errors: KnowledgeError."""
        knowledge = phenotype.load()
        reader = fact_reader(knowledge, of_diseases=True)
        cases = list(_solved(solved, reader))
        library = SolvedCases(knowledge, cases) if cases else None
        records = {case.id: case.patient.observed for case in cases}
        return cls(knowledge, reader, Ranker(knowledge, sources=set(sources), solved=library), language, records)

    def answer(
        self,
        packet: Phenopacket,
        top: int,
        *,
        genes: bool,
        leave_publication_out: bool,
        pooled_rows: PooledRows = "keep",
    ) -> RankAnswer:
        """Rank one patient."""
        facts = self.reader.facts(packet)
        patient = patient_of(facts, genes=genes)
        ranking = self.ranker.rank(
            patient, leave_publication_out=leave_publication_out, pooled_rows=pooled_rows, top=top
        )
        warnings = warnings_of(packet, facts, needs_publication=leave_publication_out)
        if leave_publication_out and pooled_rows == "keep" and (kept := self._pooled_rows(patient)):
            place = "$.metaData.externalReferences"
            problem = checking_problem(
                "pooled-rows-kept", place, count=kept, publication=" ".join(patient.publications)
            )
            warnings = (*warnings, problem)
        if not leave_publication_out and self.solved.get(facts.id) == facts.observed:
            warnings = (*warnings, checking_problem("own-record", "$.id", id=facts.id))
        if ranking.nothing_said:
            warnings = (*warnings, checking_problem("nothing-ranked", "$"))
        return RankAnswer(self.knowledge, self.language, facts, ranking, warnings, facts.genes if genes else ())

    def _pooled_rows(self, patient: Patient) -> int:
        """How many rows cite the patient's publications together with others."""
        diseases, own = self.knowledge.diseases, patient.publications
        return int(diseases.pooled(diseases.rows_citing(*own), own).sum())


def _solved(entries: Iterable[Entry[Phenopacket]], reader: FactReader) -> Iterable[SolvedCase]:
    """A case for each diagnosis of each solved patient."""
    for number, entry in enumerate(entries):
        if entry.document is not None:
            facts = reader.facts(entry.document)
            for disease in facts.diseases:
                yield SolvedCase(facts.id or f"{entry.source}#{number}", disease, patient_of(facts, genes=True))


@dataclass(frozen=True)
class RankAnswer:
    """One patient's ranked diseases."""

    knowledge: Knowledge
    language: Language
    facts: Facts
    ranking: Ranking
    warnings: tuple[Problem, ...]
    genes: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """For scripts; keys and order are kept."""
        return {
            "id": self.facts.id,
            "diseases": [
                {
                    "rank": disease.rank,
                    "id": disease.id,
                    "label": self._label(disease),
                    "score": disease.score,
                    "probability": disease.probability,
                    "genes": list(disease.genes),
                }
                for disease in self.ranking.diseases
            ],
            "unknown_disease_probability": self.ranking.unknown_probability,
            "warnings": [told_briefly(problem, self.language) for problem in self.warnings],
        }

    def draw(self, console: Console) -> None:
        """For people: a table with bars and the findings that speak for and against."""
        counts = [of_findings(len(self.facts.observed), self.language)]
        counts += [self._say("excluded").format(len(self.facts.excluded))] if self.facts.excluded else []
        counts += [self._say("genes").format(listed(map(safe, self.genes), 4, self.language))] if self.genes else []
        heading(console, self.facts.id, counts)
        sufficiency = self.ranking.sufficiency
        note(console, sufficiency.ja if self.language == "ja" else sufficiency.en)
        table = grid("right", "right", "left", "left")
        for disease in self.ranking.diseases:
            share = disease.probability
            table.add_row(str(disease.rank), percent(share), f"[cyan]{bar(share)}[/cyan]", self._row(disease))
        rest = 1 - self.ranking.unknown_probability - sum(disease.probability for disease in self.ranking.diseases)
        unknown = self.ranking.unknown_probability
        table.add_row("", percent(rest), f"[dim]{bar(rest)}[/dim]", f"[dim]{self._say('others')}[/dim]")
        table.add_row("", percent(unknown), f"[yellow]{bar(unknown)}[/yellow]", f"[bold]{self._say('unknown')}[/bold]")
        if not self.ranking.nothing_said:
            console.print(table)
        if questions := self.ranking.questions:
            asked = "; ".join(self._term(question.term) for question in questions)
            note(console, self._say("ask").format(asked))
        draw_warnings(console, self.warnings, self.language)

    def _row(self, disease: RankedDisease) -> str:
        """Name, id and genes; below them what speaks for the disease and what against."""
        genes = safe(listed(disease.genes, 5, self.language))
        lines = [f"[bold]{safe(self._label(disease))}[/bold]  {disease.id}  [green]{genes}[/green]".rstrip()]
        if disease.evidence.only_genes:
            lines.append(f"[yellow]{self._say('only_genes')}[/yellow]")
        for sign, mark in ((1.0, "+"), (-1.0, "−")):
            if strongest := self._strongest(disease.evidence, sign):
                lines.append(f"[dim]{mark} {strongest}[/dim]")
        return "\n".join(lines)

    def _say(self, word: str) -> str:
        return WORDS[word][self.language == "ja"]

    def _label(self, disease: RankedDisease) -> str:
        return disease.label_ja if self.language == "ja" and disease.label_ja else disease.label

    def _term(self, term: int) -> str:
        return self.knowledge.ontology.label(term, self.language)

    def _strongest(self, evidence: Evidence, sign: float) -> str:
        """The findings (and other things) that speak most for (``sign`` 1) or against (−1) a disease.

        A finding without counterpart in the disease does not speak for it.
        """
        parts = [
            (finding.contribution, ("¬" if finding.excluded else "") + self._term(finding.term))
            for finding in evidence.findings
            if finding.matched is not None or finding.contribution < 0
        ]
        parts += [(other.contribution, other.ja if self.language == "ja" else other.en) for other in evidence.others]
        chosen = sorted((part for part in parts if part[0] * sign >= SILENT), key=lambda part: -part[0] * sign)
        return " · ".join(f"{safe(name)} {times_words(worth, self.language)}" for worth, name in chosen[:STRONGEST])
