"""Big files of entries in the background: one job looks at the file, another books it when somebody confirms.

A file is kept while it may still be booked, KEPT at the longest, and goes with its booking. Booking is one transaction:
whatever ends the job before, nothing is written; whatever ends it after, what was booked stands in its row.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from kakehashi.kernel import audit, jobs
from kakehashi.kernel.errors import Conflict, Invalid, NotFound, texts_of
from kakehashi.kernel.files import expire_file, open_file, save_file
from kakehashi.kernel.files.models import StoredFile
from kakehashi.kernel.jobs.kinds import Outcome
from kakehashi.kernel.jobs.models import Job, JobState
from kakehashi.kernel.jobs.rules import visible_to
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.ledger.files import LARGEST_MB, Row, book_rows, look_at
from kakehashi.systems.portfolio.ledger.kinds import EntryKind
from kakehashi.systems.portfolio.uploads import read_text

LOOK, BOOK = "portfolio.look_at_entries", "portfolio.book_entries"
BIG_BYTES = 200_000
"""Larger files, some 2,000 rows and more, are looked at in the background."""
KEPT = timedelta(days=7)
FAULTS_KEPT = 200


def start_looking(*, by: Person, upload: UploadedFile[Any]) -> Job:
    """Keep an uploaded file of entries and start the job that looks at it. Raises NotAllowed, Invalid."""
    audit.insist(rules.may_write_entries(by), by=by, action="ledger.post")
    holder = rules.held_at_agencies(by, *rules.WRITES_ENTRIES)[0].organisation
    name, most, until = upload.name or "entries.csv", LARGEST_MB * 1024 * 1024, timezone.now() + KEPT
    with transaction.atomic():
        kept = save_file(
            by=by, organisation=holder, name=name, chunks=upload.chunks(), most_bytes=most, kept_until=until
        )
        return jobs.start(LOOK, look, owner=by, file_id=kept.pk, language=get_language() or "")


def start_booking(*, by: Person, looked: Job) -> Job:
    """Start the job that books what another looked at. Raises NotAllowed; Conflict where something is wrong with the
    file, or it is being booked already."""
    audit.insist(rules.may_write_entries(by), by=by, action="ledger.post")
    if looked.state != JobState.DONE or looked.result is None or looked.result["faulty"]:
        raise Conflict(_("Only a file with nothing wrong in it is booked."))
    with transaction.atomic():
        StoredFile.objects.select_for_update().filter(pk=looked.arguments["file_id"]).first()
        if booking_of(looked) is not None:
            raise Conflict(_("This file is being booked already."))
        file_id = looked.arguments["file_id"]
        return jobs.start(BOOK, book_file, owner=by, file_id=file_id, language=get_language() or "")


def look(job: jobs.Running, *, file_id: int, language: str = "") -> dict[str, Any]:
    """The job that looks: what is wrong with which row, and what the rows come to. Writes nothing. ``language``: of the
    page that started it, in which it tells; "": its owner's."""
    with translation.override(language or get_language()):
        content = _content(job, file_id)
        return _told(_rows(job, content)) | {"shift_jis": bool(read_text(content, largest_mb=LARGEST_MB).note)}


def book_file(job: jobs.Running, *, file_id: int, language: str = "") -> dict[str, Any]:
    """The job that books: all rows or, where something is wrong by now, none.

    What an earlier turn of it booked, whose worker ended, is told, and nothing is booked again.
    """
    if job.kept is not None:
        return dict(job.kept)
    with translation.override(language or get_language()):
        rows = _rows(job, _content(job, file_id))
    if any(row.faults for row in rows):
        return _told(rows)
    with transaction.atomic():
        written = book_rows(rows, by=job.owner)
        kept = StoredFile.objects.filter(pk=file_id).first()
        if kept is not None:
            expire_file(kept)
        told = _told(rows) | {"first": written[0].number, "last": written[-1].number}
        job.keep(told)
    return told


def looked_or_booked(person: Person, number: int) -> Job:
    """A job of either kind that somebody started. Raises NotFound."""
    job = visible_to(person).filter(pk=number, kind__in=(LOOK, BOOK)).first()
    if job is None:
        raise NotFound(_("This import"))
    return job


def booking_of(looked: Job) -> Job | None:
    """The job that books or has booked the file that another looked at; one that failed or was refused counts not."""
    found = Job.objects.filter(kind=BOOK, arguments__file_id=looked.arguments["file_id"]).order_by("-pk").first()
    if found is None or found.state in (JobState.FAILED, JobState.CANCELLED):
        return None
    return None if found.result is not None and found.result["faulty"] else found


def outcome_of(result: Any) -> Outcome:
    """What either came to."""
    if result["faulty"]:
        text = ngettext(
            "%(number)s row is at fault; nothing is booked.",
            "%(number)s rows are at fault; nothing is booked.",
            result["faulty"],
        )
        return Outcome(text % {"number": f"{result['faulty']:,}"}, refused=True)
    if "first" in result:
        told = {name: f"{result[name]:,}" for name in ("rows", "first", "last")}
        return Outcome(_("%(rows)s entries are booked: %(first)s to %(last)s.") % told)
    return Outcome(
        _("%(rows)s rows, nothing wrong with them. Nothing is booked yet.") % {"rows": f"{result['rows']:,}"}
    )


def _content(job: jobs.Running, file_id: int) -> bytes:
    kept = StoredFile.objects.filter(pk=file_id).first()
    if kept is None:
        raise Conflict(_("The uploaded file is no longer kept. Upload it again."))
    audit.insist(rules.may_write_entries(job.owner), by=job.owner, action="ledger.post")
    with open_file(kept, by=job.owner) as stream:
        content: bytes = stream.read()
    return content


def _rows(job: jobs.Running, content: bytes) -> list[Row]:
    def tell(step: str, done: int, total: int) -> None:
        job.progress(done if step == "read" else total + done, 2 * total)

    try:
        return look_at(content, tell)
    except Invalid as error:
        raise Conflict(" ".join(texts_of(error))) from error


def _told(rows: list[Row]) -> dict[str, Any]:
    """What the page of the job shows, as JSON."""
    faulty = (row for row in rows if row.faults)
    sums: dict[str, list[int]] = {}
    for row in rows:
        if row.told is not None and row.told.kind in EntryKind.values:
            sums.setdefault(row.told.kind, []).append(row.told.amount_yen)
    return {
        "rows": len(rows),
        "faulty": sum(bool(row.faults) for row in rows),
        "faults": [[row.line, " ".join(row.faults)] for row in islice(faulty, FAULTS_KEPT)],
        "sums": [[kind, len(amounts), sum(amounts)] for kind, amounts in sums.items()],
    }
