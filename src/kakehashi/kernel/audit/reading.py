"""Recording reads of personal data."""

from collections.abc import Sequence
from typing import Any

from kakehashi.kernel.audit.writing import entry, record_many


def read_of(
    actor: Any,
    subject_type: str,
    subject_ids: Sequence[object],
    *,
    action: str = "",
    detail: dict[str, Any] | None = None,
    organisation: Any = None,
) -> None:
    """Record that ``actor`` was shown these things; one entry however many. Nothing shown, nothing recorded.

    ``action`` defaults to ``<type>.read``; say more where it matters (``case.export``, ``file.download``).
    """
    ids = [str(one) for one in subject_ids]
    if not ids:
        return
    subject = (subject_type, ids[0] if len(ids) == 1 else "")
    several = ids if len(ids) > 1 else ()
    made = entry(
        actor,
        action or f"{subject_type}.read",
        subject,
        detail=detail,
        organisation=organisation,
        subject_ids=several,
    )
    record_many([made])
