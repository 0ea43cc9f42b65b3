"""Which form of the loops runs: by hand for the first patients of a process, compiled from then on.

Numba takes half a second to start, a patient ranked by hand some thirty milliseconds. Both forms give the same numbers
to the bit (`test_loops.py`).
"""

from __future__ import annotations

import sys
import threading
from types import ModuleType

ROWS_BY_HAND = 64  # rows of log ratios after which numba is worth its start

_rows = 0
_counting = threading.Lock()


def loops_in_force() -> ModuleType:
    """`kernels` where numba is loaded or the process has much to do, else `by_hand`."""
    if "numba" in sys.modules or _rows >= ROWS_BY_HAND:
        from kakehashi.engines.phenotype.ranking import kernels

        return kernels
    from kakehashi.engines.phenotype.ranking import by_hand

    return by_hand


def count_row() -> None:
    """One more row of log ratios was worked out."""
    global _rows
    with _counting:
        _rows += 1
