"""What ``kakehashi match`` answers: the cases most like a patient, for scripts and for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from kakehashi.cli import counted
from kakehashi.cli.library import FileLibrary, Library, LibraryCase, OwnAnnotations, RegisteredLibrary
from kakehashi.cli.outputs import bar, grid, heading, listed, note, of_findings, safe
from kakehashi.cli.rankanswers import draw_warnings, fact_reader, told_briefly, warnings_of
from kakehashi.engines.phenotype import knowledge as phenotype
from kakehashi.engines.phenotype.caseindex import CaseModel, Match, Profile, explain
from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.protocols.phenopacket.checking_problems import checking_problem
from kakehashi.protocols.phenopacket.documents import Phenopacket
from kakehashi.protocols.phenopacket.facts import FactReader, Facts
from kakehashi.protocols.phenopacket.problems import Language, Problem
from kakehashi.protocols.phenopacket.reading import Entry

if TYPE_CHECKING:
    from rich.console import Console

WORDS: Final[dict[str, tuple[str, str]]] = {
    "genes": ("genes {}", "遺伝子 {}"),
    "library": ("{} searched", "検索対象 {} 症例"),
    "nothing": ("no case has anything in common with this patient", "この患者と共通点のある症例はありません"),
}
STRONGEST: Final = 5


@dataclass(frozen=True)
class MatchRun:
    """One run of the command: the library, ready for any number of patients."""

    knowledge: Knowledge
    reader: FactReader
    library: Library
    language: Language

    @classmethod
    def of(
        cls, entries: Iterable[Entry[Phenopacket]], language: Language, *, own_annotations: OwnAnnotations = "keep"
    ) -> Self:
        """Index the patients of files. Errors: KnowledgeError; whatever reading the entries raises."""
        knowledge = phenotype.load()
        reader = fact_reader(knowledge)
        facts = (reader.facts(entry.document) for entry in entries if entry.document is not None)
        library = FileLibrary(CaseModel.of(knowledge), facts, own_annotations=own_annotations)
        return cls(knowledge, reader, library, language)

    @classmethod
    def registered(cls, language: Language) -> Self:
        """Search the node's registered cases. Errors: KnowledgeError."""
        from kakehashi.cli import start_django

        start_django()
        knowledge = phenotype.load()
        return cls(knowledge, fact_reader(knowledge), RegisteredLibrary(), language)

    def answer(
        self,
        packet: Phenopacket,
        top: int,
        *,
        genes: bool,
        leave_publication_out: bool,
        own_annotations: OwnAnnotations = "keep",
    ) -> MatchAnswer:
        """The cases most like one patient."""
        facts = self.reader.facts(packet)
        own = facts.publications if leave_publication_out and own_annotations == "drop" else ()
        profile = Profile(facts.observed, facts.genes if genes else (), own)
        snapshot = self.library.snapshot
        hidden = self.library.hidden_from(facts, leave_publication_out=leave_publication_out)
        mask = snapshot.all_but(hidden) if hidden else None
        matches = snapshot.search(profile, top, mask, use_genes=genes)
        cases = self.library.cases([match.id for match in matches])
        matches = [match for match in matches if match.id in cases]
        warnings = warnings_of(packet, facts, needs_publication=leave_publication_out)
        rows_citing = self.knowledge.diseases.rows_citing
        if leave_publication_out and not own and (kept := len(rows_citing(*facts.publications))):
            place, papers = "$.metaData.externalReferences", " ".join(facts.publications)
            problem = checking_problem("own-annotations-kept", place, count=kept, publication=papers)
            warnings = (*warnings, problem)
        return MatchAnswer(self, facts, profile, tuple(matches), cases, warnings)


@dataclass(frozen=True)
class MatchAnswer:
    """One patient's most similar cases."""

    run: MatchRun
    facts: Facts
    profile: Profile
    matches: tuple[Match, ...]
    cases: Mapping[str, LibraryCase]
    warnings: tuple[Problem, ...]

    def plain(self) -> dict[str, Any]:
        """For scripts; keys and order are kept."""
        return {
            "id": self.facts.id,
            "matches": [self._plain(match) for match in self.matches],
            "warnings": [told_briefly(problem, self.run.language) for problem in self.warnings],
        }

    def _plain(self, match: Match) -> dict[str, Any]:
        case = self.cases[match.id]
        return {
            "rank": match.rank,
            "id": match.id,
            "score": match.score,
            "diseases": list(case.diseases),
            "shared_genes": [gene for gene in self.profile.genes if gene.upper() in case.genes],
            "publications": list(case.publications),
        }

    def draw(self, console: Console) -> None:
        """For people: a table with what matched and what did not."""
        genes = self.profile.genes
        counts = [of_findings(len(self.facts.observed), self.run.language)]
        counts += [self._say("genes").format(listed(map(safe, genes), 4, self.run.language))] if genes else []
        size = len(self.run.library.snapshot)
        counts.append(self._say("library").format(f"{size:,}" if self.run.language == "ja" else counted(size, "case")))
        heading(console, self.facts.id, counts)
        if not self.matches:
            note(console, self._say("nothing"))
        table = grid("right", "right", "left", "left")
        for match in self.matches:
            share = f"[cyan]{bar(match.score)}[/cyan]"
            table.add_row(str(match.rank), f"{match.score:.3f}", share, self._row(match))
        console.print(table)
        draw_warnings(console, self.warnings, self.run.language)

    def _row(self, match: Match) -> str:
        """Case, diagnosis and shared genes; below them the findings that match (≈: alike) and those that do not."""
        why = explain(self.run.library.snapshot, self.profile, match.id, use_genes=bool(self.profile.genes))
        diseases = listed(map(self._disease, self.cases[match.id].diseases), 2, self.run.language)
        genes = listed(why.shared_genes, 5, self.run.language)
        lines = [f"[bold]{safe(match.id)}[/bold]  {safe(diseases)}  [green]{safe(genes)}[/green]".rstrip()]
        met = [
            self._term(one.finding)
            if one.finding == one.counterpart
            else f"{self._term(one.finding)} ≈ {self._term(one.counterpart)}"
            for one in why.query_matches
            if one.finding not in why.unexplained_query
        ]
        for mark, findings in (("+", met), ("−", [self._term(term) for term in why.unexplained_query])):
            if findings:
                more = f" +{len(findings) - STRONGEST}" if len(findings) > STRONGEST else ""
                lines.append(f"[dim]{mark} {safe(' · '.join(findings[:STRONGEST]))}{more}[/dim]")
        return "\n".join(lines)

    def _say(self, word: str) -> str:
        return WORDS[word][self.run.language == "ja"]

    def _term(self, term: int) -> str:
        return self.run.knowledge.ontology.label(term, self.run.language)

    def _disease(self, disease: str) -> str:
        index = self.run.knowledge.diseases.index(disease)
        return disease if index is None else self.run.knowledge.diseases.label(index, self.run.language)
