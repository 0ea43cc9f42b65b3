"""Does pairing find the award that carries another on? True successors hidden among 28,000 synthetic awards.

    python -m tests.bench pairing
    python -m tests.bench.pairing --awards 28000 --queries 500 --labels hp-ja.babelon.tsv.gz

By text alone, in each pair of languages: the asking award has one language only, all 28,000 candidates have one only;
6,000 further awards that have both stand beside them to learn from and are no candidates. Beside it in the same run,
on the same texts: TF-IDF (words, characters), BM25, cross-language LSI taught by the same 6,000, and an oracle that
is told which disease, target, modality and approach each text names. Ties count as the middle of their ranks.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kakehashi.engines.pairing.awards import Award
from kakehashi.engines.pairing.evidence import KINDS
from kakehashi.engines.pairing.index import PairingIndex
from kakehashi.engines.pairing.lexicon import Lexicon, terms_of
from kakehashi.engines.pairing.terms import Term, read_terms
from kakehashi.engines.phenotype.knowledge import install_labels, load
from kakehashi.systems.portfolio.demo.texts import SyntheticAward, store, vocabulary
from tests.bench.pairing_peers import Bm25, LatentSemantics, TfIdf, characters, words
from tests.bench.pairing_store import as_awards, held_out_keys, mixed, pairs, terms_without, wordings_of
from tests.engines.pairing.histories import HISTORIES

SEED, TAUGHT_SEED, TAUGHT = 20261122, 77, 6_000
RESULTS = Path(__file__).with_name("results")

Scores = npt.NDArray[np.float32]
Ask = Callable[[int], Scores]


class Figures:
    """Recall at 1 and 10 and mean reciprocal rank of true successors."""

    def __init__(self, ranks: Sequence[float]) -> None:
        self.n = len(ranks)
        found = np.array(ranks) if len(ranks) else np.array([np.inf])
        self.at_1, self.at_10 = float((found < 1.5).mean()), float((found < 10.5).mean())
        self.mrr = float((1 / found).mean())

    def __str__(self) -> str:
        return f"{self.at_1:6.1%} {self.at_10:6.1%}  {self.mrr:.3f}"


class Trial:
    """The candidates, the pairs asked for, and what each text names."""

    def __init__(self, made: Sequence[SyntheticAward], queries: int) -> None:
        self.made = made
        known = pairs(made)
        random.Random(SEED).shuffle(known)
        self.asked = known[:queries]

    def figures(self, ask: Ask, chosen: Callable[[SyntheticAward], bool] = lambda one: True) -> Figures:
        ranks = []
        for award, successor, line in self.asked:
            if not chosen(self.made[award]):
                continue
            scores = ask(award)[: len(self.made)].astype(np.float64)
            scores[[award, *line]] = -np.inf
            true = scores[successor]
            ranks.append(float((scores > true).sum() + ((scores == true).sum() - 1) / 2 + 1))
        return Figures(ranks)

    def oracle(self, here: str, there: str) -> Ask:
        """What somebody knows who reads every wording right: the rarity of the words both texts name."""
        keys = {word.key: place for place, word in enumerate(word for ws in vocabulary().values() for word in ws)}
        named = np.zeros((len(self.made), len(keys)), dtype=np.float32)
        for row, one in enumerate(self.made):
            named[row, [keys[key] for key in getattr(one, there).named]] = 1
        rarity = np.log(len(self.made) / (1 + named.sum(axis=0))).astype(np.float32)

        def ask(award: int) -> Scores:
            own = np.zeros(len(keys), dtype=np.float32)
            own[[keys[key] for key in getattr(self.made[award], here).named]] = 1
            return (named @ (own * rarity)) - 0.01 * named.sum(axis=1)

        return ask


def asking(index: PairingIndex, awards: Sequence[Award], kinds: Sequence[str]) -> Ask:
    weights = index.weights.of(kinds)
    return lambda award: index.columns(awards[award]) @ weights


def peer_asking(peer: TfIdf | Bm25 | LatentSemantics, awards: Sequence[Award]) -> Ask:
    return lambda award: peer.scores(text_of(awards[award]))


def text_of(award: Award) -> str:
    return f"{award.text_ja} {award.text_en}".strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--awards", type=int, default=28_000)
    parser.add_argument("--queries", type=int, default=500, help="pairs asked for in each direction")
    parser.add_argument("--labels", type=Path, help="the official Japanese labels of HPO, to measure with them too")
    parser.add_argument("--without-lsi", action="store_true")
    said = parser.parse_args()
    trial = Trial(store(said.awards, SEED), said.queries)
    made, taught_made = trial.made, store(TAUGHT, TAUGHT_SEED)
    by = {language: as_awards(made, lambda _, language=language: language) for language in ("ja", "en")}
    taught = as_awards(taught_made, lambda _: "ja en", "taught-")
    terms = read_terms()
    held_out = held_out_keys()
    lines = len({one.line for one in made})
    print(f"{len(made):,} awards of {lines:,} lines, {len(trial.asked)} pairs asked")
    known = {text.casefold() for term in terms for text in (*term.ja, *term.en)}
    every = wordings_of(frozenset(word.key for ws in vocabulary().values() for word in ws))
    share = sum(wording.casefold() in known for wording in every) / len(every)
    print(f"of the {len(every):,} wordings of the synthetic texts {share:.0%} are wordings of the term table")
    report: dict[str, object] = {}

    def show(name: str, direction: str, figures: Figures) -> None:
        print(f"{direction}  {name:52} {figures}  n={figures.n}", flush=True)
        report[f"{direction} {name}"] = [figures.at_1, figures.at_10, figures.mrr, figures.n]

    print(f"{'':60}    @1    @10    MRR")
    for there in ("ja", "en"):
        texts = [text_of(one) for one in by[there]]
        start = time.perf_counter()
        real = [award for history in HISTORIES for award in history.in_language(there)]
        index = PairingIndex([*by[there], *real, *taught], Lexicon(terms))
        built = time.perf_counter() - start
        histories(index, len(made) + len(real), there)
        peers: dict[str, TfIdf | Bm25 | LatentSemantics] = {
            "TF-IDF, words": TfIdf(words, texts),
            "TF-IDF, characters": TfIdf(characters, texts),
            "BM25": Bm25(texts),
        }
        if not said.without_lsi:
            peers["cross-language LSI (taught by the 6,000)"] = LatentSemantics([text_of(one) for one in taught], texts)
        for here in ("ja", "en"):
            direction = f"{here}→{there}"
            show("pairing, text", direction, trial.figures(asking(index, by[here], ["text"])))
            show("pairing, text and all else", direction, trial.figures(asking(index, by[here], KINDS)))
            show(
                "all else without text",
                direction,
                trial.figures(asking(index, by[here], [k for k in KINDS if k != "text"])),
            )
            for name, peer in peers.items():
                show(name, direction, trial.figures(peer_asking(peer, by[here])))
            show("oracle", direction, trial.figures(trial.oracle(here, there)))
        print(f"built {there} with {len(index.awards):,} awards: {built:.1f} s")
        across = ("ja", "en") if there == "en" else ("en", "ja")
        unknown(trial, by, taught, taught_made, terms, held_out, across, show)
        if said.labels:
            with_labels(trial, by, taught, terms, said.labels, across, show)
    in_a_mixed_store(trial, terms, show)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "pairing.json").write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")


def unknown(
    trial: Trial,
    by: dict[str, list[Award]],
    taught: Sequence[Award],
    taught_made: Sequence[SyntheticAward],
    terms: Sequence[Term],
    held_out: frozenset[str],
    direction: tuple[str, str],
    show: Callable[[str, str, Figures], None],
) -> None:
    """Words the term table does not know; then words that no award with both languages names either."""
    here, there = direction
    arrow = f"{here}→{there}"
    left = terms_without(terms, held_out)

    def one_unknown(award: SyntheticAward) -> bool:
        return bool({award.asset.disease.key, award.asset.target.key} & held_out)

    def both_unknown(award: SyntheticAward) -> bool:
        return {award.asset.disease.key, award.asset.target.key} <= held_out

    silent = [award for award, one in zip(taught, taught_made, strict=True) if not one_unknown(one)]
    for name, lexicon, lessons in (
        ("30 % not in the table", left, list(taught)),
        ("30 % not in the table nor in awards learned from", left, silent),
        ("no table at all, learned from awards only", [], list(taught)),
        ("table only, no awards to learn from", list(terms), []),
    ):
        index = PairingIndex([*by[there], *lessons], Lexicon(lexicon))
        ask = asking(index, by[here], ["text"])
        show(name, arrow, trial.figures(ask))
        if lexicon is left:
            show("  … pairs with disease or target held out", arrow, trial.figures(ask, one_unknown))
            show("  … pairs with disease and target held out", arrow, trial.figures(ask, both_unknown))


def with_labels(
    trial: Trial,
    by: dict[str, list[Award]],
    taught: Sequence[Award],
    terms: Sequence[Term],
    labels: Path,
    direction: tuple[str, str],
    show: Callable[[str, str, Figures], None],
) -> None:
    """With the official Japanese labels of findings in the lexicon too."""

    here, there = direction
    with tempfile.TemporaryDirectory() as folder:
        install_labels(labels, Path(folder))
        findings = terms_of(load(Path(folder)))
    start = time.perf_counter()
    index = PairingIndex([*by[there], *taught], Lexicon([*terms, *findings]))
    built = time.perf_counter() - start
    show(
        f"with {len(findings):,} labelled findings too ({built:.0f} s)",
        f"{here}→{there}",
        trial.figures(asking(index, by[here], ["text"])),
    )


def in_a_mixed_store(trial: Trial, terms: Sequence[Term], show: Callable[[str, str, Figures], None]) -> None:
    """Four awards in ten in both languages, three in either; time of the 28,000."""
    languages = mixed(len(trial.made), SEED)
    awards = as_awards(trial.made, languages)
    start = time.perf_counter()
    index = PairingIndex(awards, Lexicon(terms))
    built = time.perf_counter() - start
    ask = asking(index, awards, ["text"])
    bm25 = peer_asking(Bm25([text_of(one) for one in awards]), awards)
    known = pairs(trial.made)
    for here, there in (("ja", "en"), ("en", "ja"), ("ja", "ja"), ("en", "en")):
        chosen = [p for p in known if languages(p[0]) == here and languages(p[1]) == there]
        part = Trial(trial.made, 0)
        part.asked = chosen[: len(trial.asked)]
        show("mixed store, text", f"{here}→{there}", part.figures(ask))
        show("mixed store, text and all else", f"{here}→{there}", part.figures(asking(index, awards, KINDS)))
        show("mixed store, BM25", f"{here}→{there}", part.figures(bm25))
    times = []
    for award, _, _ in trial.asked[:200]:
        start = time.perf_counter()
        index.successors(awards[award])
        times.append(time.perf_counter() - start)
    print(
        f"mixed store of {len(awards):,}: built in {built:.1f} s; a query with its reasons p50 "
        f"{np.median(times) * 1000:.1f} ms, p95 {np.quantile(times, 0.95) * 1000:.1f} ms"
    )


def histories(index: PairingIndex, candidates: int, there: str) -> None:
    """Where the true successors of the two real histories of the source documents stand among the synthetic awards."""
    for here in ("ja", "en"):
        for history in HISTORIES:
            asked = history.in_language(here)
            for award, after in pairwise(asked):
                others = history.keys_but(award, after)
                among = np.array([one.key not in others | {award.key} for one in index.awards[:candidates]])
                columns = index.columns(award)[:candidates]
                ranks = []
                for kinds in (["text"], KINDS):
                    bits = columns @ index.weights.of(kinds)
                    ranks.append(1 + int((bits[among] > bits[index.places[after.key]]).sum()))
                print(f"{here}→{there}  {award.key} → {after.key}: rank {ranks[0]} by text, {ranks[1]} by all evidence")


if __name__ == "__main__":
    main()
