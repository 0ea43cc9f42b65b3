"""Made-up patient and public involvement of the demo agency: of some awards in some years, each marked synthetic."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

from kakehashi.kernel import audit
from kakehashi.systems.portfolio.models import Award, Involvement, InvolvementKind

FIRST_YEAR = 2020
"""Applications say how patients and the public take part since 2020."""
SHARE = 0.12
"""So many awards that begin since then tell of it: ours, the documents tell of programmes alone."""
WHAT = "患者・市民の意見を伺った（架空）。 Patients and members of the public were asked (made up)."


def post_involvement(awards: Sequence[Award], seed: int) -> int:
    """Write it; answers how many rows."""
    dice = random.Random(seed + 7)  # noqa: S311  made-up rows
    made = [
        Involvement(
            award=one,
            kind=dice.choice(list(InvolvementKind)),
            on=one.begins + timedelta(days=dice.randint(0, min(700, (one.ends - one.begins).days))),
            what=WHAT,
            synthetic=True,
        )
        for one in awards
        if one.begins.year >= FIRST_YEAR and dice.random() < SHARE
    ]
    Involvement.objects.bulk_create(made, batch_size=1_000)
    audit.record(None, "involvement.record", detail={"involvements": len(made)})
    return len(made)
