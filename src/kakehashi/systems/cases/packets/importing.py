"""Importing phenopackets: in batches, each one transaction, so that a stop at any moment loses and doubles nothing.

What makes a packet the same one again is its organisation, its id (kept as the case's pseudonym, or the public id that
a case of the organisation was exported under) and the hash of its content: a new id is a new case, another content of a
known id a new revision, the same content nothing to do. A batch stands whole or not at all; starting the same import
again goes on where the last one stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from kakehashi.kernel import audit, events
from kakehashi.kernel.audit import writing as audit_writing
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.sharing.actions import Terms, put_terms
from kakehashi.kernel.sharing.states import Reach
from kakehashi.protocols.phenopacket import Entry, Phenopacket
from kakehashi.systems.cases import rules
from kakehashi.systems.cases.actions import add_revision
from kakehashi.systems.cases.awards import award_id, set_award
from kakehashi.systems.cases.course.diagnoses import with_recorded
from kakehashi.systems.cases.course.eligibility import judge, standing_of
from kakehashi.systems.cases.events import CasesImported
from kakehashi.systems.cases.families.importing import keep_family
from kakehashi.systems.cases.families.packets import read_family
from kakehashi.systems.cases.models import Case, Packet, Revision
from kakehashi.systems.cases.packets.meta import is_marked
from kakehashi.systems.cases.packets.reading import ReadPacket, UnusablePacket, read_packet
from kakehashi.systems.cases.packets.recognising import as_exported, known_cases
from kakehashi.systems.cases.rows import replace_rows, write_rows
from kakehashi.systems.cases.states import BESIDE, CaseState, RevisionKind
from kakehashi.systems.cases.terms import attested

BATCH = 250
PROBLEMS_KEPT = 1000
ROWS = 400
"""Rows a statement: SQLite takes 32,766 values at once, and few enough to keep memory flat."""


@dataclass(frozen=True)
class ImportProblem:
    """One packet that was refused: where (file, line, JSON path), what is wrong and what to do, in both languages."""

    source: str
    line: int | None
    path: str
    en: str
    ja: str

    @property
    def place(self) -> str:
        """ "patients.jsonl:12 $.subject.sex"."""
        return f"{self.source}{f':{self.line}' if self.line else ''} {self.path}"


@dataclass
class ImportSummary:
    """What an import did, packet by packet. ``overwritten``: updated cases that people had edited since."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    overwritten: int = 0
    problems: list[ImportProblem] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Packets dealt with."""
        return self.new + self.updated + self.unchanged + self.refused

    def refuse(self, problem: ImportProblem) -> None:
        """Count a refused packet and keep why (the first thousand)."""
        self.refused += 1
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(problem)


@dataclass(frozen=True)
class NewCase:
    """What an import says of every case that is new; a packet may say by itself that its patient is synthetic.

    ``award``: the number of the one that paid for them; a known case that names none yet is given it too.
    """

    synthetic: bool = False
    reach: Reach = Reach.INSTITUTION
    award: str = ""


Progress = Callable[[ImportSummary], None]


def import_packets(
    entries: Iterable[Entry[Phenopacket]],
    *,
    by: Person | None,
    organisation: Organisation,
    keep_going: bool = True,
    synthetic: bool = False,
    reach: Reach = Reach.INSTITUTION,
    award: str = "",
    progress: Progress | None = None,
) -> ImportSummary:
    """Import packets as registered cases of an organisation; ``progress`` is told after each batch.

    The right of ``by`` is asked before every batch: who loses it meanwhile imports no more, and what stands stays.

    ``reach``: how far new cases may be seen; whoever imports attests that the patients consented to that. A known case
    keeps the terms it is under. ``award``: the number of the award that paid for the cases, named for new ones and for
    known ones that name none. Raises Invalid where there is no such award.

    ``by=None`` is the node's operator on the command line. A packet that cannot be used is counted and reported, the
    others go on; with ``keep_going=False`` the first one raises Invalid, and the batches before it stand.
    """
    _insist_on_right(by, organisation)
    award_id(award)
    summary = ImportSummary()
    batch: dict[str, tuple[ReadPacket, Entry[Phenopacket]]] = {}

    def flush() -> None:
        if batch:
            _insist_on_right(by, organisation)
            terms = NewCase(synthetic, reach, award)
            _import_batch(list(batch.values()), by=by, organisation=organisation, new=terms, summary=summary)
            batch.clear()
        if progress is not None:
            progress(summary)

    for packet, entry in _readable(entries, summary, keep_going=keep_going, before_stop=flush):
        if packet.packet_id in batch:
            flush()
        batch[packet.packet_id] = (packet, entry)
        if len(batch) >= BATCH:
            flush()
    flush()
    return summary


def _insist_on_right(by: Person | None, organisation: Organisation) -> None:
    """Raise NotAllowed, recorded, unless the person may import as they stand in the database now."""
    if by is not None:
        by.refresh_from_db(fields=["is_active"])
        audit.insist(rules.may_import(by, organisation), by=by, action="case.import", organisation=organisation)


def _readable(
    entries: Iterable[Entry[Phenopacket]], summary: ImportSummary, *, keep_going: bool, before_stop: Callable[[], None]
) -> Iterator[tuple[ReadPacket, Entry[Phenopacket]]]:
    """The packets that can become cases; the others are counted with all that is wrong with them."""
    for entry in entries:
        problems = [
            ImportProblem(
                entry.source,
                found.line or entry.line,
                found.path,
                f"{found.en}; {found.hint_en}" if found.hint_en else found.en,
                f"{found.ja}。{found.hint_ja}" if found.hint_ja else found.ja,
            )
            for found in entry.problems
        ]
        packet = None
        if entry.document is not None and not problems:
            try:
                packet = read_packet(entry.document)
                if not packet.description.says_something:
                    raise UnusablePacket(
                        "$.phenotypicFeatures",
                        "neither a finding nor a gene nor a variant is given; add one",
                        "所見・遺伝子・バリアントのいずれもありません。一つ以上を記載してください",
                    )
                if entry.family is not None:
                    read_family(entry.family)
            except UnusablePacket as error:
                path = error.path.replace("$", entry.path, 1)
                problems.append(ImportProblem(entry.source, entry.line, path, error.en, error.ja))
        if packet is not None and not problems:
            yield packet, entry
            continue
        problem = problems[0]
        summary.refuse(problem)
        if not keep_going:
            before_stop()
            raise Invalid(f"{problem.place}: {problem.en}")


def _import_batch(
    batch: list[tuple[ReadPacket, Entry[Phenopacket]]],
    *,
    by: Person | None,
    organisation: Organisation,
    new: NewCase,
    summary: ImportSummary,
) -> None:
    """One transaction. Another import of the same packets at the same time makes one of the two look again."""
    for attempt in (1, 2):
        done = ImportSummary()
        try:
            with transaction.atomic():
                _write_batch(batch, by=by, organisation=organisation, new=new, done=done)
            break
        except IntegrityError:
            if attempt == 2:
                raise
    summary.new += done.new
    summary.updated += done.updated
    summary.unchanged += done.unchanged
    summary.overwritten += done.overwritten
    for problem in done.problems:
        summary.refuse(problem)


def _write_batch(
    batch: list[tuple[ReadPacket, Entry[Phenopacket]]],
    *,
    by: Person | None,
    organisation: Organisation,
    new: NewCase,
    done: ImportSummary,
) -> None:
    packets = [packet for packet, _entry in batch]
    known = known_cases(packets, by=by, organisation=organisation)
    unchanged = as_exported(packets, known)
    fresh: list[tuple[Case, ReadPacket]] = []
    entries: list[audit.Entry] = []
    touched: list[int] = []
    paid_by = award_id(new.award)
    for packet, entry in batch:
        case = known.get(packet.packet_id)
        if case is None:
            case = Case(
                organisation=organisation,
                award_id=paid_by,
                local_id=packet.packet_id,
                state=CaseState.REGISTERED,
                registered_on=timezone.localdate(),
                synthetic=new.synthetic or (entry.document is not None and is_marked(entry.document)),
                registered_by=by,
                packet_sha256=packet.sha256,
            )
            put_terms(case, Terms(new.reach), attested(new.reach))
            case.describe(packet.description)
            case.eligibility = standing_of(judge(packet.description))
            fresh.append((case, packet))
            done.new += 1
        elif case.packet_sha256 == packet.sha256 or packet.packet_id in unchanged:
            done.unchanged += 1
        elif case.state == CaseState.WITHDRAWN:
            done.problems.append(
                ImportProblem(
                    entry.source,
                    entry.line,
                    f"{entry.path}.id",
                    "this case was withdrawn; an import does not bring it back. Bring it back first, or leave it out",
                    "取り下げられた症例です。取り込みでは復帰しません。先に復帰させるか、取り込みから外してください",
                )
            )
        else:
            done.overwritten += update_from(packet, case, by=by)
            done.updated += 1
            touched.append(case.pk)
            entries.append(import_entry(by, "case.update", case, organisation))
    _create(fresh, by=by)
    entries += [import_entry(by, "case.register", case, organisation) for case, _packet in fresh]
    touched += [case.pk for case, _packet in fresh]
    if paid_by is not None:
        with audit.batch():
            for case in known.values():
                if case.award_id is None and case.state != CaseState.WITHDRAWN:
                    set_award(by=by, case=case, number=new.award)
    if any(entry.family is not None for _packet, entry in batch):
        with audit.batch():
            _keep_families(batch, known | {case.local_id: case for case, _packet in fresh}, by=by, done=done)
    if touched:
        events.publish(CasesImported(tuple(touched)))
        audit.record_many(entries)


def _keep_families(
    batch: list[tuple[ReadPacket, Entry[Phenopacket]]],
    cases: dict[str, Case],
    *,
    by: Person | None,
    done: ImportSummary,
) -> None:
    """The pedigrees that came with these packets, once their ``cases``, by the packets' ids, stand."""
    told = {cases[packet.packet_id].pk: entry for packet, entry in batch if entry.family is not None}
    for case in Case.objects.filter(pk__in=told).exclude(state=CaseState.WITHDRAWN).order_by("pk"):
        entry = told[case.pk]
        read = read_family(entry.family) if entry.family is not None else None
        try:
            if read is not None:
                keep_family(read, case=case, by=by)
        except (Conflict, Invalid) as error:
            place = f"{entry.path}.pedigree"
            done.problems.append(ImportProblem(entry.source, entry.line, place, *_both_languages(error)))


def _both_languages(error: Conflict | Invalid) -> tuple[str, str]:
    """What was refused, in English and Japanese."""
    texts = []
    for language in ("en", "ja"):
        with override(language):
            texts.append(error.detail)
    return texts[0], texts[1]


def import_entry(by: Person | None, action: str, case: Case, organisation: Organisation) -> audit.Entry:
    """What the trail says of a case that a packet made or changed."""
    detail: dict[str, Any] = {"from": "phenopacket", "revision": case.revision}
    return audit_writing.entry(by, action, case, detail=detail, organisation=organisation)


def _create(fresh: list[tuple[Case, ReadPacket]], *, by: Person | None) -> None:
    """New cases with all that belongs to them, a few statements for all of them."""
    Case.objects.bulk_create([case for case, _packet in fresh], batch_size=ROWS)
    Revision.objects.bulk_create(
        [
            Revision(
                case=case,
                number=1,
                kind=RevisionKind.IMPORTED,
                by=by,
                state=case.state,
                description=case.description,
            )
            for case, _packet in fresh
        ],
        batch_size=ROWS,
    )
    Packet.objects.bulk_create([_packet_row(case, packet) for case, packet in fresh], batch_size=ROWS)
    write_rows((case, packet.description) for case, packet in fresh)


def update_from(packet: ReadPacket, case: Case, *, by: Person | None) -> bool:
    """Take over a changed packet as a new revision; whether people had edited the case since the last import."""
    imported = (RevisionKind.IMPORTED, RevisionKind.UPDATED)
    last = case.revisions.exclude(kind__in=BESIDE).order_by("-number").first()
    description = with_recorded(case, packet.description)
    case.describe(description)
    case.packet_sha256 = packet.sha256
    case.revision += 1
    case.save()
    replace_rows(case, description)
    add_revision(case, RevisionKind.UPDATED, by=by)
    Packet.objects.bulk_create([_packet_row(case, packet)], ignore_conflicts=True)
    return last is not None and last.kind not in imported


def _packet_row(case: Case, packet: ReadPacket) -> Packet:
    return Packet(case=case, packet_id=packet.packet_id, sha256=packet.sha256, content=packet.content)
