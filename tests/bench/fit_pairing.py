"""Fits the weights of pairing on made-up lineages; writes `engines/pairing/weights.json`.

    python -m tests.bench.fit_pairing

Fitted on 6,000 awards of their own seed (the benchmark and the tests use others), languages mixed: a conditional
logit over all awards of the store. First the columns of text alone, so that a ranking by text alone is right, then
all the others beside the text so weighed. The term table is made not to know half of the words (others than the
benchmark's): real texts name more than it knows, and weights fitted where it knows all would trust in it alone. The
weight of `history` is set by hand: made-up lineages have none.
"""

import json
import random

import numpy as np

from kakehashi.engines.pairing.evidence import COLUMNS, TEXT_COLUMNS
from kakehashi.engines.pairing.index import PairingIndex
from kakehashi.engines.pairing.lexicon import Lexicon
from kakehashi.engines.pairing.terms import read_terms
from kakehashi.engines.pairing.weights import FILE, Weights, fit
from kakehashi.systems.portfolio.demo.texts import store
from tests.bench.pairing_store import as_awards, held_out_keys, mixed, pairs, terms_without

SEED, AWARDS, CHOICES = 101, 6_000, 500
HISTORY_BITS = 0.5


def main() -> None:
    made = store(AWARDS, SEED)
    awards = as_awards(made, mixed(AWARDS, SEED))
    unknown = held_out_keys(50, salt="fit", kinds=("disease", "target", "modality", "approach"))
    lexicon = Lexicon(terms_without(read_terms(), unknown))
    index = PairingIndex(awards, lexicon, weights=Weights((0.0,) * len(COLUMNS)))
    known = pairs(made)
    random.Random(SEED).shuffle(known)
    text = np.array([name in TEXT_COLUMNS for name in COLUMNS])
    choices = []
    for award, successor, line in known[:CHOICES]:
        columns = index.columns(awards[award])
        kept = np.ones(len(awards), dtype=bool)
        kept[[award, *line]] = False
        choices.append((columns[kept], int(kept[:successor].sum())))
    by_text = np.array(fit([(columns * text, true) for columns, true in choices]).bits)
    by_all = np.array(fit(choices).bits)
    others = [(np.where(text, 0, columns), true) for columns, true in choices]
    rest = fit(others, offsets=[columns @ by_text for columns, _ in choices])
    bits = np.where(text, by_text, np.array(rest.bits))
    bits[COLUMNS.index("history")] = HISTORY_BITS
    for name, one, other in zip(COLUMNS, bits, by_all, strict=True):
        print(f"{name:20} {one:8.2f} (all at once {other:8.2f})")
    table = {
        "about": "bits by column; fitted by tests/bench/fit_pairing.py on made-up lineages",
        "bits": {name: round(float(value), 2) for name, value in zip(COLUMNS, bits, strict=True)},
    }
    FILE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
