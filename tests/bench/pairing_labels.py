"""The bridge of pairing on real bilingual text: which English finding is a Japanese label the label of?

    python -m tests.bench.pairing_labels hp-ja.babelon.tsv.gz

Nothing here was written by us: the official Japanese labels of HPO's findings. Each fifth finding is hidden: its two
labels stand apart, and the Japanese one is to find the English one among all the hidden. The others are learned from,
as awards that have both languages are; the term table is as it comes, or left out.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path

import numpy as np

from kakehashi.engines.pairing.awards import Award
from kakehashi.engines.pairing.index import PairingIndex
from kakehashi.engines.pairing.lexicon import Lexicon, terms_of
from kakehashi.engines.pairing.terms import read_terms
from kakehashi.engines.phenotype.knowledge import install_labels, load
from tests.bench.pairing import Figures
from tests.bench.pairing_peers import TfIdf, characters
from tests.conftest import shared_data_folder

SEED, ASKED = 5, 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path, nargs="?", help="default: the table in the folder of real data")
    said = parser.parse_args()
    data = shared_data_folder()
    labels = said.labels or (data and data / "hpo" / "hp-ja.babelon.tsv.gz")
    if labels is None:
        raise SystemExit("no labels: name a table, or KAKEHASHI_TEST_DATA")
    with tempfile.TemporaryDirectory() as folder:
        install_labels(labels, Path(folder))
        findings = [(term.ja[0], term.en[0]) for term in terms_of(load(Path(folder)))]
    random.Random(SEED).shuffle(findings)
    hidden, taught = findings[: len(findings) // 5], findings[len(findings) // 5 :]
    print(
        f"{len(taught):,} findings learned from, {len(hidden):,} hidden, {min(ASKED, len(hidden)):,} of them asked for"
    )
    for here, there in ((0, 1), (1, 0)):
        arrow = "ja→en" if here == 0 else "en→ja"
        for name, terms in (("with the term table", read_terms()), ("without it", [])):
            candidates = [_award(f"hidden-{at}", pair, there) for at, pair in enumerate(hidden)]
            both = [Award(f"taught-{at}", text_ja=ja, text_en=en) for at, (ja, en) in enumerate(taught)]
            index = PairingIndex([*candidates, *both], Lexicon(terms))
            weights = index.weights.of(["text"])
            ranks = []
            for at, pair in enumerate(hidden[:ASKED]):
                bits = (index.columns(_award("asked", pair, here)) @ weights)[: len(hidden)]
                ranks.append(_rank(bits, at))
            print(f"{arrow}  pairing, text, {name:22} {Figures(ranks)}")
        peer = TfIdf(characters, [pair[there] for pair in hidden])
        ranks = [_rank(peer.scores(pair[here]), at) for at, pair in enumerate(hidden[:ASKED])]
        print(f"{arrow}  {'TF-IDF, characters':38} {Figures(ranks)}")


def _award(key: str, pair: tuple[str, str], language: int) -> Award:
    return Award(key, text_ja=pair[0] if language == 0 else "", text_en=pair[1] if language == 1 else "")


def _rank(scores: np.ndarray, at: int) -> float:
    true = scores[at]
    return float((scores > true).sum() + ((scores == true).sum() - 1) / 2 + 1)


if __name__ == "__main__":
    main()
