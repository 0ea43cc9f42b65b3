"""Importing files in the background.

What was uploaded may hold names, and so may its file name. It is kept while its job may still need it, and no longer:
it goes when the import is done; after one that failed or was cancelled it stays KEPT_TO_RETRY, so that the owner can
try again; and it goes LONGEST_WAIT after the upload or the last start, whatever became of the job. The node enforces
it (``close_import`` after the job, ``kernel.files.actions.sweep`` in the worker).
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kakehashi.kernel import audit, jobs
from kakehashi.kernel.errors import Conflict, NotFound
from kakehashi.kernel.files import expire_file, keep_file, open_file, save_file
from kakehashi.kernel.files.models import StoredFile
from kakehashi.kernel.jobs.kinds import Outcome
from kakehashi.kernel.jobs.models import Job, JobState
from kakehashi.kernel.jobs.rules import visible_to
from kakehashi.kernel.notices import notify
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.punctuation import labelled
from kakehashi.protocols.phenopacket import patients
from kakehashi.protocols.phenopacket.sources import SUFFIXES
from kakehashi.systems.cases import rules, vocabulary
from kakehashi.systems.cases.packets.importing import ImportSummary, import_packets

KIND = "cases.import"
PROBLEMS_SHOWN = 100
REASONS_SAID = 2
"""So many different reasons of refusals stand in a list of jobs; the import's own page has them all."""
KEPT_TO_RETRY = timedelta(days=7)
LONGEST_WAIT = timedelta(days=30)
LINES = (".jsonl", ".ndjson")
SAID = "upload"
"""How messages call the file: its own name may be a patient's."""
UPLOAD_PLACE = re.compile(rf"^{SAID}(?:\.[a-z]+)*")
"""The file's part of a problem's place."""


def start_import(*, by: Person, organisation: Organisation, upload: UploadedFile[Any]) -> Job:
    """Keep an uploaded file of phenopackets and start the job that imports it. Raises NotAllowed, Invalid."""
    audit.insist(rules.may_import(by, organisation), by=by, action="case.import", organisation=organisation)
    name = Path(upload.name or "").name[:100] or SAID
    until = timezone.now() + LONGEST_WAIT
    with transaction.atomic():
        kept = save_file(by=by, organisation=organisation, name=name, chunks=upload.chunks(), kept_until=until)
        return jobs.start(KIND, import_upload, owner=by, file_id=kept.pk)


def import_upload(job: jobs.Running, *, file_id: int) -> dict[str, Any]:
    """The job, under its owner's right as it is now. Started again after its worker died, it skips what stands."""
    kept = StoredFile.objects.select_related("organisation").filter(pk=file_id).first()
    if kept is None:
        raise Conflict(_("The uploaded file is no longer kept. Upload it again."))
    holder = kept.organisation
    audit.insist(rules.may_import(job.owner, holder), by=job.owner, action="case.import", organisation=holder)
    keep_file(kept, until=timezone.now() + LONGEST_WAIT)
    with open_file(kept, by=job.owner) as stream:
        total = _lines(stream, kept.name)

        def tell(summary: ImportSummary) -> None:
            job.progress(summary.done, max(total, summary.done) if total else None)

        packets = patients(stream, SAID + _suffix(kept.name))
        return result_of(import_packets(packets, by=job.owner, organisation=holder, progress=tell))


def close_import(job_id: int) -> None:
    """After a job's end, in the transaction of the event's handler: once for every import that is done."""
    job = Job.objects.select_related("owner").filter(pk=job_id, kind=KIND).first()
    kept = StoredFile.objects.filter(pk=job.arguments["file_id"]).first() if job else None
    if job is None or kept is None:
        return
    if job.state != JobState.DONE:
        if job.is_finished:
            keep_file(kept, until=timezone.now() + KEPT_TO_RETRY)
        return
    expire_file(kept)
    if job.owner is not None and job.result is not None:
        done = _lazy("Import: {new} new, {updated} updated, {unchanged} unchanged, {refused} refused")
        link = reverse("cases:import_progress", args=[job.pk])
        notify(job.owner, "case.import_done", format_lazy(done, **job.result), link)


def upload_name(job: Job) -> str:
    """What the owner called the file, while it is kept: for the owner's own page and nowhere else."""
    return StoredFile.objects.filter(pk=job.arguments["file_id"]).values_list("name", flat=True).first() or ""


def _suffix(name: str) -> str:
    """The end of a file's name that tells its form, as ".jsonl.gz"; "" where there is none."""
    return next((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), "")


def _lines(stream: BinaryIO, name: str) -> int | None:
    """How many packets there will be: the lines of a plain file of lines; None where that is not known beforehand."""
    if not name.lower().endswith(LINES):
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


def outcome_of(result: dict[str, Any]) -> Outcome:
    """What an import came to, in the language in force: how many of each, and why packets were refused."""
    refused = not (result["new"] or result["updated"] or result["unchanged"])
    if refused and not result["refused"]:
        return Outcome(_("Nothing was taken in: there was no packet in the file."), refused=True)
    counts = {name: f"{result[name]:,}" for name in ("new", "updated", "unchanged", "refused")}
    said = (
        _("Nothing was taken in: every packet was refused.")
        if refused
        else _("{new} new, {updated} updated, {unchanged} unchanged, {refused} refused.").format(**counts)
    )
    reasons = list(dict.fromkeys(one[vocabulary.language()] for one in result["problems"]))
    further = " …" if len(reasons) > REASONS_SAID else ""
    why = [reason.rstrip(". 。") for reason in reasons[:REASONS_SAID]]
    return Outcome(labelled(said.rstrip(".。"), (_("; ").join(why) + further)) if why else said, refused)


def import_job(person: Person, job_id: int) -> Job:
    """An import that someone started. Raises NotFound."""
    job = visible_to(person).filter(pk=job_id, kind=KIND).first()
    if job is None:
        raise NotFound(_("The import"))
    return job
