"""The most similar of the cases that someone may see, without reading first which cases these are.

Who may see what is the database's to say, how similar cases are the index's; a nation's node holds a million. Reading
the ids of all that may be seen, to search among them alone, costs the more the more may be seen. So the order is turned
round: the index names its most similar cases, the database says which of these count, and the first ``k`` that do are
the answer, for every case above them was asked for. Where hardly any count, there are few of them, and they are read
and searched alone. Either way the answer is what a search among exactly the cases that count would give.
"""

from __future__ import annotations

from django.db.models import QuerySet

from kakehashi.engines.phenotype.caseindex import Profile
from kakehashi.engines.phenotype.caseindex.snapshot import Match, Snapshot
from kakehashi.systems.cases.models import Case

LOOKED_AT = (128, 512, 4096)
"""So many of the most similar cases of all are looked at, one number after the other."""
FEW = 4000
"""So many cases that count are few: their ids are read, and they are searched alone."""
SOME = 4
"""Where this part of the ``k`` is among the first looked at, those that count are not few: more are looked at first."""


def most_similar(
    snapshot: Snapshot, profile: Profile, k: int, counting: QuerySet[Case], *, use_genes: bool = True
) -> list[Match]:
    """The ``k`` most similar of the cases that count: ranked, scored and ordered as a search among them alone would."""
    ids = counting.order_by().values_list("public_id", flat=True)
    few_read = False
    for number, looked_at in enumerate(LOOKED_AT):
        wanted = max(k, looked_at)
        every = snapshot.search(profile, wanted, use_genes=use_genes)
        known = set(ids.filter(public_id__in=[match.id for match in every])) if every else set()
        best = [match for match in every if match.id in known][:k]
        if len(best) == k or len(every) < wanted:
            return [Match(rank, match.id, match.score) for rank, match in enumerate(best, 1)]
        if few_read or (number == 0 and len(best) * SOME >= k):  # eight times as many will do
            continue
        few_read = True
        if len(few := list(ids[: FEW + 1])) <= FEW:
            return _alone(snapshot, profile, k, few, use_genes)
    return _alone(snapshot, profile, k, list(ids), use_genes)


def _alone(snapshot: Snapshot, profile: Profile, k: int, ids: list[str], use_genes: bool) -> list[Match]:
    return snapshot.search(profile, k, snapshot.only(ids), use_genes=use_genes) if ids else []
