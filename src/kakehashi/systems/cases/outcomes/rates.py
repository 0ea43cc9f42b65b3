"""A share of a count with its uncertainty."""

from __future__ import annotations

import math
from dataclasses import dataclass

Z95 = 1.959963984540054


@dataclass(frozen=True)
class Share:
    """``count`` of ``of``, with Wilson's 95 % interval (Wilson 1927, J Am Stat Assoc 22:209)."""

    count: int
    of: int

    @property
    def rate(self) -> float | None:
        """Between 0 and 1; None of nothing."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its lower and upper end, between 0 and 1; None of nothing."""
        if not self.of:
            return None
        share, total, square = self.count / self.of, self.of, Z95 * Z95
        middle = (share + square / (2 * total)) / (1 + square / total)
        half = Z95 * math.sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
        low = 0.0 if self.count == 0 else middle - half
        return low, 1.0 if self.count == total else middle + half
