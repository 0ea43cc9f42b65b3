"""What waits for someone: drafts to register, referrals to answer, cases to analyse, decide on or take further."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel.shell import Waiting
from kakehashi.systems.cases import queries, rules
from kakehashi.systems.cases.course.analyses import analyses_awaiting
from kakehashi.systems.cases.course.committee import reviews_awaiting
from kakehashi.systems.cases.course.referrals import referrals_awaiting
from kakehashi.systems.cases.linkage.queries import answers_waiting
from kakehashi.systems.cases.models import Analysis, Case, Review
from kakehashi.systems.cases.states import CaseState

MOST = 50
SINGLY_AT_MOST = 10
"""So many of the cases that someone registered are said one by one once they are analysed."""
COUNTED = 1000


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
    yield from _analysed(person)
    yield from _to_be_sent_again(person)


def _analysed(person: Any) -> Iterator[Waiting]:
    """Analysed cases of one's hospitals that no committee has: those one registered singly, the others in one line."""
    found = analysed_waiting(person)
    own = list(found.filter(registered_by=person.pk)[:SINGLY_AT_MOST])
    for case in own:
        text = _("Case %(id)s is analysed") % {"id": case.public_id}
        yield Waiting(case.changed_at, text, reverse("cases:course", args=[case.public_id]), _("Decide how it goes on"))
    others = found.exclude(pk__in=[case.pk for case in own])
    first = others.first()
    if first is not None:
        number = others[: COUNTED + 1].count()
        facts = {"number": f"{number:,}" if number <= COUNTED else f"{COUNTED:,}+"}
        link = f"{reverse('cases:list')}?state={CaseState.ANALYSED}"
        text = _("Analysed cases of your hospital that no committee has: %(number)s") % facts
        yield Waiting(first.changed_at, text, link, _("Look through them"))


def analysed_waiting(person: Any) -> QuerySet[Case]:
    """The analysed cases that people of one's hospitals put before a committee, diagnose or close; oldest first."""
    reviewed = Review.objects.filter(case=OuterRef("pk"), decision="")
    analysed = Case.objects.filter(state=CaseState.ANALYSED, organisation__in=rules.organisations_written_by(person))
    return analysed.filter(~Exists(reviewed)).defer("description").order_by("changed_at", "pk")


def _to_be_sent_again(person: Any) -> Iterator[Waiting]:
    """Cases of one's hospitals that a committee wants analysed again, until someone has sent them."""
    held = rules.organisations_written_by(person)
    wanted = Analysis.objects.filter(done_on=None, called_back_on=None, sent_by=None, case__organisation__in=held)
    found = wanted.filter(review__isnull=False, case__state=CaseState.IN_ANALYSIS)
    rows = found.annotate(since=F("review__decided_at")).order_by("since")
    for since, public_id in rows.values_list("since", "case__public_id")[:MOST]:
        text = _("The committee wants case %(id)s analysed again") % {"id": public_id}
        yield Waiting(since, text, reverse("cases:course", args=[public_id]), _("Send it, or record what came of it"))
