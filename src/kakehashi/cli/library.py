"""The cases that ``kakehashi match`` searches: patients of files in memory, or the cases registered on this node."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from kakehashi.engines.phenotype.caseindex import CaseModel, Profile, Snapshot
from kakehashi.protocols.phenopacket.facts import Facts

if TYPE_CHECKING:
    from kakehashi.systems.cases.models import Case

AT_ONCE = 1000
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

    def cases(self, case_ids: Sequence[str]) -> Mapping[str, LibraryCase]:
        """What is told of the cases of one answer, by their ids (perhaps among others); they are recorded as shown."""
        ...

    def hidden_from(self, facts: Facts, *, leave_publication_out: bool) -> set[str]:
        """The patient's own record (same id, same findings) and, if so asked, all cases of the same publications."""
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

    def cases(self, case_ids: Sequence[str]) -> Mapping[str, LibraryCase]:
        """See ``Library``; files keep no audit trail."""
        return self._cases

    def hidden_from(self, facts: Facts, *, leave_publication_out: bool) -> set[str]:
        """See ``Library``."""
        own = {case for case in self._of_record.get(facts.id, ()) if self._findings[case] == facts.observed}
        if leave_publication_out:
            own.update(*(self._of_publication.get(publication, ()) for publication in facts.publications))
        return own


class RegisteredLibrary:
    """The node's registered cases through its own index; what is shown goes into the audit trail. Needs Django."""

    def __init__(self) -> None:
        from kakehashi.systems.cases.matching import similar
        from kakehashi.systems.cases.models import Case
        from kakehashi.systems.cases.states import FINDABLE

        similar.bring_up_to_date()
        self.snapshot = similar.case_index().snapshot()
        self._registered = Case.objects.filter(state__in=FINDABLE)
        self._of_publication: dict[str, set[str]] | None = None

    def cases(self, case_ids: Sequence[str]) -> Mapping[str, LibraryCase]:
        """See ``Library``. A case that was withdrawn since the search is not told."""
        from kakehashi.kernel import audit
        from kakehashi.systems.cases import genenames

        found: dict[str, LibraryCase] = {}
        shown: list[Case] = []
        for start in range(0, len(case_ids), AT_ONCE):
            some = self._registered.filter(public_id__in=case_ids[start : start + AT_ONCE])
            for case in some.only("organisation", "public_id", "description"):
                described = case.described
                diseases = tuple(diagnosis.disease for diagnosis in described.diagnoses)
                genes = frozenset(map(str.upper, genenames.current_genes(described)))
                found[case.public_id] = LibraryCase(genes, diseases, described.sources)
                shown.append(case)
        audit.read_of("command-line", "case", shown, action="case.match")
        return found

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

    def _published(self) -> dict[str, set[str]]:
        if self._of_publication is None:
            self._of_publication = defaultdict(set)
            for case_id, described in self._registered.values_list("public_id", "description").iterator():
                for source in described.get("sources", ()):
                    self._of_publication[source].add(case_id)
        return self._of_publication
