"""A pair of like cases of two institutions, matched in both directions."""

import pytest

from kakehashi.systems.exchange import matching
from kakehashi.systems.exchange.models import Match


@pytest.fixture
def pair(make_case, far_case):
    """The two matches of one pair: (ours, theirs)."""
    ours, theirs = make_case(), far_case()
    matching.match_cases([ours.pk])
    return Match.objects.get(case=ours), Match.objects.get(case=theirs)
