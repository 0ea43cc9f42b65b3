"""The loops without numba, for a single patient: vectorised where plain Python would take long."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.ranking.loops import expect, look_up, meet, reach, show

__all__ = ["expect", "log_ratios", "look_up", "meet", "raise_to", "reach", "show"]

Float32 = npt.NDArray[np.float32]

_logf = ctypes.CDLL(None).logf  # the C library's own, as compiled code calls it: numpy's differs in the last bit
_logf.argtypes, _logf.restype = [ctypes.c_float], ctypes.c_float


def raise_to(ancestors: Any, indptr: Any, column: Any, frequency: Any, background: Any, best: Any) -> None:
    """See `loops.raise_to`."""
    for ancestor in ancestors.tolist():
        listed = slice(indptr[ancestor], indptr[ancestor + 1])
        columns = column[listed]
        best[columns] = np.maximum(best[columns], frequency[listed] * np.float32(1.0 / background[ancestor]))


def log_ratios(
    exact: Float32, common: Float32, kin: Float32, kin_share: Float32, exact_share: float, noise: float, out: Float32
) -> None:
    """See `loops.log_ratios`."""
    own = np.float32(exact_share) * exact + np.float32(1.0 - exact_share) * common
    ratios = (np.float32(1.0) - kin_share) * own + kin_share * kin + np.float32(noise)
    out[:] = np.fromiter(map(_logf, ratios.tolist()), dtype=np.float32, count=len(out))
