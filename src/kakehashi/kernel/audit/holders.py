"""Whose things an entry is about: the organisation that holds them, whoever acted and for whom.

A hospital's auditors must see every access to their own patients, also by people who acted for another hospital, by
other nodes and by the node's operator. So an entry goes to the holder's trail.
"""

from collections.abc import Iterable, Sequence

from django.db import models

from kakehashi.kernel.audit.naming import model_of
from kakehashi.kernel.organisations.models import Organisation

AT_ONCE = 1000
HOLDER = "organisation_id"


def holder_of(subject: models.Model | tuple[str, object] | None) -> str:
    """The id of the organisation that holds a thing, given itself or as (type, id); "" where none does."""
    if subject is None:
        return ""
    if isinstance(subject, models.Model):
        return _held_by(subject)
    return next(iter(by_holder(subject[0], [subject[1]])))


def by_holder(subject_type: str, things: Iterable[object]) -> dict[str, list[str]]:
    """Holder's id → ids of its things, in their order; things that nobody holds stand under "".

    ``things``: model instances, or ids; for these a type with holders is asked once.
    """
    things = list(things)
    known = {str(one.pk): _held_by(one) for one in things if isinstance(one, models.Model)}
    known |= _looked_up(subject_type, [str(one) for one in things if not isinstance(one, models.Model)])
    found: dict[str, list[str]] = {}
    for one in things:
        identifier = str(one.pk if isinstance(one, models.Model) else one)
        found.setdefault(known.get(identifier, ""), []).append(identifier)
    return found


def _held_by(thing: models.Model) -> str:
    return str(thing.pk if isinstance(thing, Organisation) else getattr(thing, HOLDER, None) or "")


def _looked_up(subject_type: str, identifiers: Sequence[str]) -> dict[str, str]:
    model = model_of(subject_type) if identifiers else None
    if model is Organisation:
        return {identifier: identifier for identifier in identifiers}
    if model is None or not hasattr(model, HOLDER):
        return {}
    numbers = [int(one) for one in identifiers if one.isascii() and one.isdigit()]
    found: dict[str, str] = {}
    for start in range(0, len(numbers), AT_ONCE):
        rows = model._base_manager.filter(pk__in=numbers[start : start + AT_ONCE]).values_list("pk", HOLDER)
        found.update({str(pk): str(holder or "") for pk, holder in rows})
    return found
