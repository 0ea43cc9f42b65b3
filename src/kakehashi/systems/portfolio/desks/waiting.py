"""What waits in "my work": gates for those who decide, and for investigators what is due in their awards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kakehashi.kernel.shell import Waiting
from kakehashi.systems.portfolio.investigators.queries import own_awards
from kakehashi.systems.portfolio.milestones import actions
from kakehashi.systems.portfolio.milestones.states import OPEN
from kakehashi.systems.portfolio.models import Milestone

AHEAD = timedelta(days=30)
MOST = 20


def waiting_for(person: Any) -> Iterable[Waiting]:
    """Overdue gates of whoever decides; milestones due within a month, or late, in the awards of an investigator."""
    yield from actions.waiting_for(person)
    mine = own_awards(person).order_by().values("pk")
    due = Milestone.objects.filter(award__in=mine, state__in=OPEN, due__lte=timezone.localdate() + AHEAD)
    for one in due.select_related("award").order_by("due", "pk")[:MOST]:
        text = _("Due on %(day)s in %(award)s: %(name)s")
        yield Waiting(
            timezone.make_aware(datetime.combine(one.due, time.min)),
            text % {"day": one.due.isoformat(), "award": one.award.number, "name": one.name},
            reverse("portfolio:my_research_award", args=[one.award.number]),
            gettext_lazy("See what is due"),
        )
