"""What waits for someone: drafts to register, referrals to answer, cases before their committee."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kakehashi.kernel.shell import Waiting
from kakehashi.systems.cases import queries
from kakehashi.systems.cases.course.committee import reviews_awaiting
from kakehashi.systems.cases.course.referrals import referrals_awaiting

MOST = 50


def waiting_for(person: Any) -> Iterator[Waiting]:
    """All of it, each with its one action."""
    yield from queries.drafts_waiting(person)
    for one in referrals_awaiting(person)[:MOST]:
        facts = {"id": one.public_id, "place": one.organisation.label()}
        text = _("Referral %(id)s from %(place)s") % facts
        yield Waiting(one.sent_at, text, reverse("cases:referral", args=[one.public_id]), _("Read and answer"))
    for review in reviews_awaiting(person)[:MOST]:
        text = _("Case %(id)s before the diagnosis committee") % {"id": review.case.public_id}
        link = reverse("cases:course", args=[review.case.public_id])
        yield Waiting(review.opened_at, text, link, _("Give an opinion"))
