"""Approvals drawn by chance: slow, and independent of the formulas; the check of the closed form."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from kakehashi.engines.attrition.forecast import rows
from kakehashi.engines.attrition.phases import Cell
from kakehashi.engines.attrition.rates import Rates


def simulate(counts: Mapping[Cell, int], rates: Rates, *, draws: int, seed: int) -> npt.NDArray[np.int64]:
    """The number of approvals in each of so many draws.

    Every draw takes a rate for each phase of each group from its Beta and sends every asset up phase by phase.
    """
    chance = np.random.default_rng(seed)
    approved = np.zeros(draws, dtype=np.int64)
    for group, row in rows(counts).items():
        climbing = np.zeros(draws, dtype=np.int64)
        for joining, beta in zip(row, rates.ladder(group), strict=True):
            climbing = chance.binomial(climbing + joining, chance.beta(beta.a, beta.b, size=draws))
        approved += climbing
    return approved
