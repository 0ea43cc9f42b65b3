"""What a peer may know of the node as a whole: counts over the cases that any foreign node may learn of."""

from typing import Any

from django.core.cache import cache
from django.db.models import Sum
from django.utils import timezone

from kakehashi.kernel.jobs.hourly import every_hour
from kakehashi.systems.cases.public import counts_abroad
from kakehashi.systems.exchange.models import Received

FEWEST = 5
"""Counts of cases below this are told as 0: a number of one or two says something of someone."""
KEPT_S = 2 * 60 * 60
"""Counting a million cases takes seconds, so a peer hears what the worker counted within the last hour or so."""
_KEPT_AS = "exchange.metrics"


def counts() -> dict[str, int | str]:
    """metrics-api.md, over registered cases within reach of nodes abroad, as of ``dateGenerated``.

    Synthetic cases are not counted.
    """
    kept: dict[str, Any] | None = cache.get(_KEPT_AS)
    return kept if kept is not None else count()


@every_hour
def count() -> dict[str, int | str]:
    """Count anew, and keep it for those who ask."""
    found = counts_abroad()
    if found["numberOfCases"] < FEWEST:
        found = dict.fromkeys(found, 0)
    received = Received.objects.filter(status=200)
    sent = received.aggregate(sent=Sum("results"))["sent"] or 0
    counted: dict[str, int | str] = {
        **found,
        "numberOfRequestsReceived": received.count(),
        "numberOfPotentialMatchesSent": sent,
        "dateGenerated": timezone.now().isoformat(timespec="seconds"),
    }
    cache.set(_KEPT_AS, counted, timeout=KEPT_S)
    return counted
