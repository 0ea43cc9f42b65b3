"""One import from beginning to end: in one transaction, with its report and the rows at fault kept."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict
from kakehashi.kernel.locks import alone
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.importing.collecting import Told, collect
from kakehashi.systems.portfolio.importing.mapping import Map
from kakehashi.systems.portfolio.importing.own import take_in
from kakehashi.systems.portfolio.importing.report import Faults, FileReport, Report
from kakehashi.systems.portfolio.models import (
    CollectedAward,
    CollectedLink,
    Collection,
    ImportFault,
    ImportRun,
    ImportTarget,
)

Existing = Literal["skip", "update", "refuse"]


@dataclass(frozen=True)
class Done:
    """What came of an import: its report, and the keys of the rows that keep it (None: a preview, or nothing to do)."""

    report: Report
    run: int | None = None
    collection: int | None = None


def import_awards(
    path: Path,
    chosen: Map,
    *,
    by: Person | None,
    existing: Existing = "refuse",
    name: str = "",
    dry_run: bool = False,
    told: Told | None = None,
) -> Done:
    """Read a file by a map, all or nothing (``by=None``: the node's operator).

    ``existing``: what becomes of awards, or of a collection of the same name, that are here already: left, replaced,
    or the import refused. ``name``: of the collection, in place of the map's. ``dry_run``: everything is done, reported
    and taken back. ``told`` is called as it goes. Raises Invalid (the file is not what the map says), Conflict (here
    already), NotAllowed.
    """
    if by is not None:
        audit.insist(rules.may_import(by), by=by, action="award.import")
    began = time.monotonic()
    with transaction.atomic():
        alone("portfolio.import")
        collection = None
        if ImportTarget(chosen.target) is ImportTarget.COLLECTION:
            collection, here = _collection(chosen, name)
            if here and existing == "refuse":
                values = {"name": collection.name}
                raise Conflict(
                    _(
                        "There is a collection %(name)s already. "
                        "Replace it with --existing update, or give another --name."
                    )
                    % values
                )
            if here and existing == "skip":
                return Done(Report(files=[FileReport(path.name, "awards")]), collection=collection.pk)
            _empty(collection)
        run = ImportRun.objects.create(
            target=chosen.target,
            collection=collection,
            file=path.name,
            map=chosen.name,
            imported_at=timezone.now(),
            imported_by=by,
        )
        faults = Faults(run)
        progress = told or _silent
        if collection is not None:
            report = collect(path, chosen, collection, faults, progress)
            collection.save()
        else:
            report = take_in(path, chosen, existing, faults, progress, by)
        faults.flush()
        report.faults = list(faults.told())
        report.seconds = round(time.monotonic() - began, 2)
        run.report = report.plain()
        run.save(update_fields=["report"])
        _record(run, report, by)
        if dry_run:
            transaction.set_rollback(True)
            return Done(report)
    return Done(report, run.pk, collection.pk if collection else None)


def _silent(_file: str, _rows: int, _read: int, _size: int) -> None:
    """Nobody watches."""


def _collection(chosen: Map, name: str) -> tuple[Collection, bool]:
    """The collection that a map fills, locked, with what the map says of it, and whether it was here already."""
    assert chosen.collection is not None
    whose = chosen.collection.model_dump(exclude={"name"})
    found, made = Collection.objects.select_for_update().get_or_create(
        name=name.strip() or chosen.collection.name, defaults=whose | {"imported_at": timezone.now()}
    )
    for field, value in whose.items():
        setattr(found, field, value)
    found.imported_at = timezone.now()
    return found, not made


def _empty(collection: Collection) -> None:
    """Take out what an earlier import brought. Its reports stay, without the rows they point at."""
    ImportFault.objects.filter(run__collection=collection).delete()
    CollectedLink.objects.filter(collection=collection).delete()
    CollectedAward.objects.filter(collection=collection).delete()


def _record(run: ImportRun, report: Report, by: Person | None) -> None:
    awards = report.files[0]
    detail = {
        "file": run.file,
        "target": run.target,
        "read": awards.read,
        "written": awards.written,
        "updated": awards.updated,
        "faults": report.faulty,
    }
    audit.record(by, "award.import", run, detail=detail)
