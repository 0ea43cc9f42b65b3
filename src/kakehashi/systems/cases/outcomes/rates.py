"""A share of a count with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

from kakehashi.engines.proportions import wilson_interval


@dataclass(frozen=True)
class Share:
    """``count`` of ``of``, with Wilson's 95 % interval."""

    count: int
    of: int

    @property
    def rate(self) -> float | None:
        """Between 0 and 1; None of nothing."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its lower and upper end, between 0 and 1; None of nothing."""
        return wilson_interval(self.count, self.of) if self.of else None
