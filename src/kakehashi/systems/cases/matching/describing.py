"""Asking by describing one's own case anew: the queue of matches answers an edit as a search answers a question."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kakehashi.kernel.sharing.asked import ask, flag
from kakehashi.kernel.sharing.asking import INSTITUTION, PERSON
from kakehashi.systems.cases.matching.similar import profile_key
from kakehashi.systems.cases.models import Revision

ANY_NUMBER = 1_000_000
"""New patients a day are not bounded here: to register and edit many cases is ordinary work."""


def asked_by_describing(case_id: int, revision: int) -> datetime | None:
    """Count a revision's description as one that who wrote it, and their institution, asked by; until when its matching
    must wait (see ``kernel.sharing.asking``), flagged as any asking beyond the bounds. None: it may be matched now.

    The edit itself stands in any case. What nobody in person wrote (imports by the node's operator) is not counted.
    """
    made = Revision.objects.filter(case=case_id, number=revision).select_related("by", "case__organisation").first()
    if made is None or made.by is None:
        return None
    case, profile = made.case, profile_key(made.described)
    for asker, bounds in ((f"person:{made.by_id}", PERSON), (f"organisation:{case.organisation_id}", INSTITUTION)):
        faces = replace(bounds, patients_a_day=ANY_NUMBER)
        if (pause := ask(asker, about=f"case:{case.pk}", profile=profile, bounds=faces)) is not None:
            flag(pause, by=made.by, action="case.match", subject=case, institution=case.organisation)
            return pause.until
    return None
