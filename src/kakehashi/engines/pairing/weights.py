"""How much each column of evidence weighs: fitted on known lineages as a choice among all awards of a store."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import logsumexp

from kakehashi.engines.pairing.evidence import COLUMNS, KIND_OF, KINDS

FILE = Path(__file__).with_name("weights.json")
RIDGE = 1e-3

Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight of each of COLUMNS, in bits."""

    bits: tuple[float, ...]

    def of(self, kinds: Collection[str] = KINDS) -> Float32:
        """float32[len(COLUMNS)]: the weights of some kinds of evidence, 0 for the others. Errors: ValueError."""
        if unknown := set(kinds) - set(KINDS):
            raise ValueError(f"no evidence {', '.join(sorted(unknown))}; there are: {', '.join(KINDS)}")
        return np.array(
            [weight if KIND_OF[name] in kinds else 0.0 for name, weight in zip(COLUMNS, self.bits, strict=True)],
            dtype=np.float32,
        )


def fitted() -> Weights:
    """The weights that come with the engine. They were fitted on made-up lineages: an agency with its own refits
    them."""
    table = json.loads(FILE.read_text(encoding="utf-8"))
    return Weights(tuple(float(table["bits"][name]) for name in COLUMNS))


def fit(
    choices: Sequence[tuple[Float32, int]], *, offsets: Sequence[Float32] | None = None, ridge: float = RIDGE
) -> Weights:
    """Weights under which the true successors are likeliest (conditional logit).

    Each choice: float32[candidates, len(COLUMNS)] and the place of the true one; `offsets` float32[candidates] each
    are bits that stand already. Errors: ValueError when there is no choice.
    """
    if not choices:
        raise ValueError("there is no lineage to fit on")

    standing = [bits * np.log(2) for bits in offsets] if offsets else [np.float32(0.0)] * len(choices)

    def loss(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        value = 0.5 * ridge * len(choices) * float(weights @ weights)
        slope = ridge * len(choices) * weights
        for (columns, true), offset in zip(choices, standing, strict=True):
            scores = columns @ weights + offset
            total = float(logsumexp(scores))
            value += total - float(scores[true])
            slope = slope + np.exp(scores - total) @ columns - columns[true]
        return value, slope

    found = minimize(loss, np.zeros(len(COLUMNS)), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return Weights(tuple(float(weight) for weight in found.x / np.log(2)))
