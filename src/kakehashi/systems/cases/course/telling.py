"""Telling a case's own people that the next step is theirs: its analysis is done, the committee has decided."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.urls import reverse

from kakehashi.kernel.notices.actions import notify
from kakehashi.kernel.people.queries import people_holding
from kakehashi.kernel.shell import Text
from kakehashi.systems.cases import rules
from kakehashi.systems.cases.models import Case

KIND = "case.course"


def tell_own_people(case: Case, text: Text, *, by: Any, asked_by: Collection[int | None] = ()) -> None:
    """Give a notice, on the site and by mail, to who registered the case and who asked (ids of people).

    Where none of them works on the hospital's cases any more, to all who do; never to whoever took the step (``by``).
    ``text`` is lazy, as ``notify`` takes it; it says nothing of the patient.
    """
    working = list(people_holding(rules.WRITERS, [case.organisation_id]))
    meant = {case.registered_by_id, *asked_by}
    for person in [one for one in working if one.pk in meant] or working:
        if by is None or person.pk != by.pk:
            link = reverse("cases:course", args=[case.public_id])
            notify(person, KIND, text, link)
