"""Keeping, reading and removing uploaded files."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone
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
    kept_until: datetime | None = None,
) -> StoredFile:
    """Keep an upload for an organisation, until a moment or (None) until someone removes it.

    ``chunks``: Django's ``upload.chunks()`` or any bytes.

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
            kept_until=kept_until,
        )
        audit.record(by, "file.save", file, organisation=organisation, detail={"sha256": sha256, "bytes": size})
    return file


def open_file(file: StoredFile, *, by: Any) -> BinaryIO:
    """The content for reading; the download is recorded. Raises NotAllowed, NotFound when the content is gone."""
    audit.insist(may_read(by, file), by=by, action="file.read", subject=file)
    try:
        content = store.opened(file.sha256)
    except FileNotFoundError as error:
        raise NotFound(_("The content of the file")) from error
    audit.read_of(by, "storedfile", [file], action="file.read")
    return content


def delete_file(file: StoredFile, *, by: Any) -> None:
    """Remove a file; its content goes when nothing else has the same. Raises NotAllowed."""
    audit.insist(may_delete(by, file), by=by, action="file.delete", subject=file)
    _remove(file, by=by, action="file.delete")


def keep_file(file: StoredFile, *, until: datetime) -> None:
    """Move the moment after which the node removes a file."""
    StoredFile.objects.filter(pk=file.pk).update(kept_until=until)


def expire_file(file: StoredFile) -> None:
    """The node removes a file that nobody needs any more, under a written rule; nobody's right is asked."""
    _remove(file, by=None, action="file.expire")


def _remove(file: StoredFile, *, by: Any, action: str) -> None:
    with transaction.atomic():
        subject = ("storedfile", file.pk)
        file.delete()
        audit.record(by, action, subject, detail={"sha256": file.sha256}, organisation=file.organisation_id)
        transaction.on_commit(partial(_drop_unused, file.sha256))


def _drop_unused(sha256: str) -> None:
    if not StoredFile.objects.filter(sha256=sha256).exists():
        store.drop(sha256, unless_written_within_seconds=UPLOAD_SECONDS)


def sweep() -> None:
    """Remove files whose time is over, contents that no file names any more and what uploads left unfinished.

    The worker does this now and then.
    """
    for file in StoredFile.objects.filter(kept_until__lt=timezone.now()):
        expire_file(file)
    kept = set(StoredFile.objects.values_list("sha256", flat=True))
    for sha256 in store.contents():
        if sha256 not in kept:
            _drop_unused(sha256)
    store.drop_unfinished(unless_written_within_seconds=UPLOAD_SECONDS)
