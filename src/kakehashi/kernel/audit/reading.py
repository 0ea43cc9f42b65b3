"""Recording reads of personal data."""

from collections.abc import Iterable
from typing import Any

from kakehashi.kernel.audit.holders import by_holder
from kakehashi.kernel.audit.writing import entry, record_many


def read_of(
    actor: Any,
    subject_type: str,
    subjects: Iterable[object],
    *,
    action: str = "",
    detail: dict[str, Any] | None = None,
    organisation: Any = None,
) -> None:
    """Record that ``actor`` was shown these things. Nothing shown, nothing recorded.

    ``subjects``: model instances, or ids. One entry however many, for each organisation that holds some of them
    (``organisation`` names one for all); what nobody holds goes to the one acted for. ``action`` defaults to
    ``<type>.read``; say more where it matters (``case.export``, ``file.download``).
    """
    made = [
        entry(
            actor,
            action or f"{subject_type}.read",
            (subject_type, ids[0] if len(ids) == 1 else ""),
            detail=detail,
            organisation=organisation if organisation is not None else holder or None,
            subject_ids=ids if len(ids) > 1 else (),
        )
        for holder, ids in by_holder(subject_type, subjects).items()
    ]
    record_many(made)
