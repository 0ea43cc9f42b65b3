"""Importing files in the background."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kakehashi.kernel import audit, jobs
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.files import delete_file, open_file, save_file
from kakehashi.kernel.files.models import StoredFile
from kakehashi.kernel.jobs.models import Job
from kakehashi.kernel.jobs.rules import visible_to
from kakehashi.kernel.notices import notify
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.protocols.phenopacket import patients
from kakehashi.systems.cases import rules
from kakehashi.systems.cases.importing import ImportSummary, import_packets

KIND = "cases.import"
PROBLEMS_SHOWN = 100


def start_import(*, by: Person, organisation: Organisation, upload: UploadedFile[Any]) -> Job:
    """Keep an uploaded file of phenopackets and start the job that imports it. Raises NotAllowed, Invalid."""
    audit.insist(rules.may_import(by, organisation), by=by, action="case.import", organisation=organisation)
    name = Path(upload.name or "").name[:100] or "upload"
    with transaction.atomic():
        kept = save_file(by=by, organisation=organisation, name=name, chunks=upload.chunks())
        return jobs.start(KIND, import_upload, owner=by, file_id=kept.pk)


def import_upload(job: jobs.Running, *, file_id: int) -> dict[str, Any]:
    """The job. Started again after its worker died, it skips what stands already; the file goes when all is done."""
    kept = StoredFile.objects.select_related("organisation").filter(pk=file_id).first()
    if kept is None:
        raise NotFound(_("The uploaded file"))
    with open_file(kept, by=job.owner) as stream:
        total = _lines(stream, kept.name)

        def tell(summary: ImportSummary) -> None:
            job.progress(summary.done, max(total, summary.done) if total else None, kept.name)

        summary = import_packets(
            patients(stream, kept.name), by=job.owner, organisation=kept.organisation, progress=tell
        )
    if job.owner is not None:
        done = _lazy("%(name)s: %(new)d new, %(updated)d updated, %(unchanged)d unchanged, %(refused)d refused")
        numbers = {"name": kept.name, "new": summary.new, "updated": summary.updated}
        numbers |= {"unchanged": summary.unchanged, "refused": summary.refused}
        notify(job.owner, "case.import_done", done % numbers, reverse("cases:import_progress", args=[job.id]))
    delete_file(kept, by=job.owner)
    return result_of(summary)


def _lines(stream: BinaryIO, name: str) -> int | None:
    """How many packets there will be: the lines of a plain file of lines; None where that is not known beforehand."""
    if not name.lower().endswith((".jsonl", ".ndjson")):
        return None
    count = sum(1 for _line in stream)
    stream.seek(0)
    return count


def result_of(summary: ImportSummary) -> dict[str, Any]:
    """What an import did, as JSON."""
    problems = [{"place": one.place, "en": one.en, "ja": one.ja} for one in summary.problems[:PROBLEMS_SHOWN]]
    return {
        "new": summary.new,
        "updated": summary.updated,
        "unchanged": summary.unchanged,
        "refused": summary.refused,
        "overwritten": summary.overwritten,
        "problems": problems,
    }


def import_job(person: Person, job_id: int) -> Job:
    """An import that someone started. Raises NotFound."""
    job = visible_to(person).filter(pk=job_id, kind=KIND).first()
    if job is None:
        raise NotFound(_("The import"))
    return job
