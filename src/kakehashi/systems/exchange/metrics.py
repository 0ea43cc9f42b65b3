"""What a peer may know of the node as a whole: counts over the cases that any foreign node may learn of."""

from django.db.models import Sum
from django.utils import timezone

from kakehashi.systems.cases.public import counts_abroad
from kakehashi.systems.exchange.models import Received

FEWEST = 5
"""Counts of cases below this are told as 0: a number of one or two says something of someone."""


def counts() -> dict[str, int | str]:
    """metrics-api.md, over registered cases within reach of nodes abroad. Synthetic cases are not counted."""
    found = counts_abroad()
    if found["numberOfCases"] < FEWEST:
        found = dict.fromkeys(found, 0)
    received = Received.objects.filter(status=200)
    sent = received.aggregate(sent=Sum("results"))["sent"] or 0
    return {
        **found,
        "numberOfRequestsReceived": received.count(),
        "numberOfPotentialMatchesSent": sent,
        "dateGenerated": timezone.localdate().isoformat(),
    }
