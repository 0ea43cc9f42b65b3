"""Keeping, reading and removing uploaded files."""

from collections.abc import Iterable
from functools import partial
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Invalid, NotFound
from kakehashi.kernel.files import store
from kakehashi.kernel.files.models import StoredFile
from kakehashi.kernel.files.rules import may_delete, may_read
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.rules import member_of_holder

UPLOAD_SECONDS = 600.0
"""A content is not removed while it may belong to an upload whose row is not committed yet."""


def save_file(
    *,
    by: Any,
    organisation: Organisation,
    name: str,
    chunks: Iterable[bytes],
    media_type: str = "application/octet-stream",
    most_bytes: int | None = None,
) -> StoredFile:
    """Keep an upload for an organisation. ``chunks``: Django's ``upload.chunks()`` or any bytes.

    Raises Invalid (too large, no name), NotAllowed unless ``by`` belongs to the organisation (``by`` None: the node).
    """
    if by is not None:
        audit.insist(member_of_holder(by, organisation), by=by, action="file.save", subject=organisation)
    limit = most_bytes if most_bytes is not None else int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    plain = PurePosixPath(name.replace("\\", "/")).name.replace("\x00", "")[:255]
    if not plain:
        raise Invalid({"name": [_("The file has no name.")]})
    try:
        sha256, size = store.keep(chunks, limit)
    except store.TooLarge as error:
        text = _("%(name)s is larger than %(limit)d MB, the most this node takes. Send it in parts.")
        raise Invalid({"file": [text % {"name": plain, "limit": limit // 1024**2}]}) from error
    with transaction.atomic():
        file = StoredFile.objects.create(
            sha256=sha256,
            organisation=organisation,
            name=plain,
            size=size,
            media_type=media_type[:100],
            uploaded_by=by,
        )
        audit.record(by, "file.save", file, organisation=organisation, detail={"sha256": sha256, "bytes": size})
    return file


def open_file(file: StoredFile, *, by: Any) -> BinaryIO:
    """The content for reading; the download is recorded. Raises NotAllowed, NotFound when the content is gone."""
    audit.insist(may_read(by, file), by=by, action="file.read", subject=file)
    try:
        content = store.opened(file.sha256)
    except FileNotFoundError as error:
        raise NotFound(file.name) from error
    audit.read_of(by, "storedfile", [file.pk], action="file.read")
    return content


def delete_file(file: StoredFile, *, by: Any) -> None:
    """Remove a file; its content goes when nothing else has the same. Raises NotAllowed."""
    audit.insist(may_delete(by, file), by=by, action="file.delete", subject=file)
    with transaction.atomic():
        subject = ("storedfile", file.pk)
        file.delete()
        audit.record(by, "file.delete", subject, detail={"sha256": file.sha256})
        transaction.on_commit(partial(_drop_unused, file.sha256))


def _drop_unused(sha256: str) -> None:
    if not StoredFile.objects.filter(sha256=sha256).exists():
        store.drop(sha256, unless_written_within_seconds=UPLOAD_SECONDS)


def sweep() -> None:
    """Remove contents that no file names any more; the worker does this now and then."""
    kept = set(StoredFile.objects.values_list("sha256", flat=True))
    for sha256 in store.contents():
        if sha256 not in kept:
            _drop_unused(sha256)
