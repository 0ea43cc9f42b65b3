"""Importing files in the background."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from kakehashi.kernel import audit, jobs
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.jobs.models import Job
from kakehashi.kernel.jobs.rules import visible_to
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.protocols.phenopacket import patients
from kakehashi.systems.cases import rules
from kakehashi.systems.cases.importing import ImportSummary, import_packets

KIND = "cases.import"
PROBLEMS_SHOWN = 100
SUFFIX = re.compile(r"\.(?:json|jsonl|ndjson|yaml|yml)(?:\.gz)?$", re.IGNORECASE)


def _kept(token: str) -> Path:
    """Where an uploaded file waits for its job; the token is ours, not a stranger's."""
    return Path(settings.HOME) / "imports" / token


def start_import(*, by: Person, organisation: Organisation, upload: UploadedFile[Any]) -> Job:
    """Keep an uploaded file of phenopackets and start the job that imports it. Raises NotAllowed."""
    audit.insist(rules.may_import(by, organisation), by=by, action="case.import", organisation=organisation)
    found = SUFFIX.search(upload.name or "")
    token = secrets.token_hex(16) + (found.group(0).lower() if found else "")
    path = _kept(token)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    return jobs.start(
        KIND,
        import_upload,
        owner=by,
        token=token,
        organisation_id=organisation.pk,
        name=Path(upload.name or "").name[:100],
    )


def import_upload(job: jobs.Running, *, token: str, organisation_id: int, name: str) -> dict[str, Any]:
    """The job. Started again after its worker died, it skips what stands already."""
    path = _kept(token)
    if not path.exists():
        raise NotFound(_("The uploaded file"))
    total = _lines(path)

    def tell(summary: ImportSummary) -> None:
        job.progress(summary.done, max(total, summary.done) if total else None, name)

    with path.open("rb") as stream:
        summary = import_packets(
            patients(stream, name),
            by=job.owner,
            organisation=Organisation.objects.get(pk=organisation_id),
            progress=tell,
        )
    path.unlink(missing_ok=True)
    return result_of(summary)


def _lines(path: Path) -> int | None:
    """How many packets there will be: the lines of a plain file of lines; None where that is not known beforehand."""
    if not path.name.endswith(("jsonl", "ndjson")):
        return None
    with path.open("rb") as stream:
        return sum(1 for _line in stream)


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
