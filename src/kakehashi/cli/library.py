"""The cases that ``kakehashi match`` searches: patients of files in memory, or the cases registered on this node."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from kakehashi.engines.phenotype.caseindex import CaseModel, Profile, Snapshot
from kakehashi.protocols.phenopacket.facts import Facts

OwnAnnotations = Literal["keep", "drop"]


@dataclass(frozen=True, slots=True)
class LibraryCase:
    """What is told of a case that was found."""

    genes: frozenset[str]
    """Symbols in capitals."""
    diseases: tuple[str, ...]
    publications: tuple[str, ...]


class Library(Protocol):
    """Cases with an index over them."""

    @property
    def snapshot(self) -> Snapshot: ...

    def case(self, case_id: str) -> LibraryCase: ...

    def hidden_from(self, facts: Facts, *, leave_publication_out: bool) -> set[str]:
        """The patient's own record (same id, same findings) and, if so asked, all cases of the same publications."""
        ...

    def record_shown(self, case_ids: Sequence[str]) -> None:
        """Somebody was shown these cases."""
        ...


class FileLibrary:
    """Patients of files, indexed in memory. A record id that comes again gets ``#2``, ``#3`` … behind it.

    ``own_annotations``: with ``drop`` each patient is compared as if her own publications had annotated no disease.
    """

    def __init__(self, model: CaseModel, cases: Iterable[Facts], *, own_annotations: OwnAnnotations = "keep") -> None:
        self._own_annotations = own_annotations
        self._cases: dict[str, LibraryCase] = {}
        self._findings: dict[str, tuple[int, ...]] = {}
        self._of_publication: dict[str, set[str]] = defaultdict(set)
        self._of_record: dict[str, list[str]] = defaultdict(list)
        self.snapshot = Snapshot.of(model, self._taken(cases))

    def _taken(self, cases: Iterable[Facts]) -> Iterator[tuple[str, Profile]]:
        for facts in cases:
            records = self._of_record[facts.id]
            number = len(records) + 1
            case_id = facts.id if number == 1 else f"{facts.id}#{number}"
            while case_id in self._cases:
                number += 1
                case_id = f"{facts.id}#{number}"
            records.append(case_id)
            self._cases[case_id] = LibraryCase(
                frozenset(map(str.upper, facts.genes)), facts.diseases, facts.publications
            )
            self._findings[case_id] = facts.observed
            for publication in facts.publications:
                self._of_publication[publication].add(case_id)
            own = facts.publications if self._own_annotations == "drop" else ()
            yield case_id, Profile(facts.observed, facts.genes, own)

    def case(self, case_id: str) -> LibraryCase:
        """What is told of a case that was found."""
        return self._cases[case_id]

    def hidden_from(self, facts: Facts, *, leave_publication_out: bool) -> set[str]:
        """See ``Library``."""
        own = {case for case in self._of_record.get(facts.id, ()) if self._findings[case] == facts.observed}
        if leave_publication_out:
            own.update(*(self._of_publication.get(publication, ()) for publication in facts.publications))
        return own

    def record_shown(self, case_ids: Sequence[str]) -> None:
        """Files keep no audit trail."""


class RegisteredLibrary:
    """The node's registered cases through its own index; what is shown goes into the audit trail. Needs Django."""

    def __init__(self) -> None:
        from kakehashi.systems.cases import similar
        from kakehashi.systems.cases.models import Case
        from kakehashi.systems.cases.states import CaseState

        similar.bring_up_to_date()
        self.snapshot = similar.case_index().snapshot()
        self._registered = Case.objects.filter(state=CaseState.REGISTERED)
        self._of_publication: dict[str, set[str]] | None = None

    def case(self, case_id: str) -> LibraryCase:
        """What is told of a case that was found."""
        described = self._registered.get(public_id=case_id).described
        diseases = tuple(diagnosis.disease for diagnosis in described.diagnoses)
        return LibraryCase(frozenset(map(str.upper, described.all_genes)), diseases, described.sources)

    def hidden_from(self, facts: Facts, *, leave_publication_out: bool) -> set[str]:
        """See ``Library``."""
        own = set()
        for case_id in self._registered.filter(local_id=facts.id).values_list("public_id", flat=True):
            profile = self.snapshot.profile(case_id)
            if profile is not None and profile.observed == facts.observed:
                own.add(case_id)
        if leave_publication_out:
            own.update(*(self._published().get(publication, ()) for publication in facts.publications))
        return own

    def record_shown(self, case_ids: Sequence[str]) -> None:
        """One entry in the audit trail for the cases of one answer."""
        from kakehashi.kernel import audit

        shown = self._registered.filter(public_id__in=case_ids).values_list("pk", flat=True)
        audit.read_of("command-line", "case", list(shown), action="case.match")

    def _published(self) -> dict[str, set[str]]:
        if self._of_publication is None:
            self._of_publication = defaultdict(set)
            for case_id, described in self._registered.values_list("public_id", "description").iterator():
                for source in described.get("sources", ()):
                    self._of_publication[source].add(case_id)
        return self._of_publication
