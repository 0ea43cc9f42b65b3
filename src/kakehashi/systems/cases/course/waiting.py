"""What waits for someone: drafts to register, referrals to answer, cases to analyse or decide on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel.shell import Waiting
from kakehashi.systems.cases import queries
from kakehashi.systems.cases.course.analyses import analyses_awaiting
from kakehashi.systems.cases.course.committee import reviews_awaiting
from kakehashi.systems.cases.course.referrals import referrals_awaiting
from kakehashi.systems.cases.linkage.queries import answers_waiting

MOST = 50


def waiting_for(person: Any) -> Iterator[Waiting]:
    """All of it, each with its one action."""
    yield from queries.drafts_waiting(person)
    yield from answers_waiting(person)
    for one in referrals_awaiting(person)[:MOST]:
        facts = {"id": one.public_id, "place": one.organisation.label()}
        text = _("Referral %(id)s from %(place)s") % facts
        yield Waiting(one.sent_at, text, reverse("cases:referral", args=[one.public_id]), _("Read and answer"))
    for sent in analyses_awaiting(person)[:MOST]:
        text = _("Case %(id)s sent for analysis") % {"id": sent.case.public_id}
        since = datetime.combine(sent.sent_on, time(), tzinfo=timezone.get_current_timezone())
        yield Waiting(since, text, reverse("cases:course", args=[sent.case.public_id]), _("Record what came of it"))
    for review in reviews_awaiting(person)[:MOST]:
        text = _("Case %(id)s before the diagnosis committee") % {"id": review.case.public_id}
        link = reverse("cases:course", args=[review.case.public_id])
        yield Waiting(review.opened_at, text, link, _("Give an opinion"))
