"""The searchable form of many wordings: a sorted vocabulary and, per word, the wordings that hold it.

Because the vocabulary is sorted, the wordings of all words with one prefix are one slice of `posting_entries`, so a
prefix costs as much as a word. Built once at compile time, opened memory-mapped.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.cachefolder import CompiledFolder
from kakehashi.engines.phenotype.misspelling import build_slips, near_words
from kakehashi.engines.phenotype.wording import pairs, runs

LABEL, EXACT_SYNONYM, OTHER_SYNONYM = range(3)
_PREFIX_WORTH, _MISSPELT_WORTH = 0.95, 0.8
MOST_TOKENS = 24  # of a query; what comes after is not looked at


@dataclass(frozen=True, slots=True)
class Entry:
    """One wording of one thing: `owner` is the thing's index, `kind` LABEL, EXACT_SYNONYM or OTHER_SYNONYM."""

    owner: int
    kind: int
    text: str
    japanese: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it is read: `joined` for comparing whole wordings, `tokens` as (text, whole) for the vocabulary."""

    joined: str
    tokens: tuple[tuple[str, bool], ...]


def read_query(text: str) -> Query:
    """The tokens of a query; `whole` tokens (Japanese pairs) must match whole, others match as prefixes too."""
    found = runs(text)
    tokens: dict[tuple[str, bool], None] = {}
    for run, japanese in found:
        for token in pairs(run) if japanese else [run]:
            tokens[token, japanese and len(token) > 1] = None
    return Query(" ".join(run for run, _ in found), tuple(tokens)[:MOST_TOKENS])


def build(
    name: str, entries: Sequence[Entry], arrays: dict[str, npt.NDArray[Any]], tables: dict[str, Sequence[str]]
) -> None:
    """Add the index `name` over `entries` to `arrays` and `tables`."""
    postings: dict[str, list[int]] = {}
    joined: list[str] = []
    for number, entry in enumerate(entries):
        found = runs(entry.text)
        joined.append(" ".join(run for run, _ in found))
        tokens: set[str] = set()
        for run, japanese in found:
            if japanese:
                tokens.update(pairs(run))
                tokens.add(run[-1])
            else:
                tokens.add(run)
        for token in tokens:
            postings.setdefault(token, []).append(number)
    vocabulary = sorted(postings)
    tables[f"{name}.vocabulary"] = vocabulary
    tables[f"{name}.joined"] = joined
    tables[f"{name}.texts"] = [entry.text for entry in entries]
    arrays[f"{name}.indptr"] = np.cumsum([0, *(len(postings[word]) for word in vocabulary)]).astype(np.int32)
    arrays[f"{name}.entries"] = np.array([n for word in vocabulary for n in postings[word]], dtype=np.int32)
    arrays[f"{name}.slip_hashes"], arrays[f"{name}.slip_words"] = build_slips(vocabulary)
    arrays[f"{name}.owner"] = np.array([entry.owner for entry in entries], dtype=np.int32)
    arrays[f"{name}.kind"] = np.array([entry.kind for entry in entries], dtype=np.uint8)
    arrays[f"{name}.japanese"] = np.array([entry.japanese for entry in entries], dtype=np.bool_)
    arrays[f"{name}.length"] = np.array([len(text) for text in joined], dtype=np.int32)


class SearchIndex:
    """An opened index. `owner`, `kind`, `japanese`, `length` have one value an entry."""

    def __init__(self, folder: CompiledFolder, name: str) -> None:
        self._vocabulary = list(folder.strings(f"{name}.vocabulary"))
        self._indptr: npt.NDArray[np.int32] = folder.array(f"{name}.indptr")
        self._entries: npt.NDArray[np.int32] = folder.array(f"{name}.entries")
        self._slip_hashes: npt.NDArray[np.uint32] = folder.array(f"{name}.slip_hashes")
        self._slip_words: npt.NDArray[np.int32] = folder.array(f"{name}.slip_words")
        self.owner: npt.NDArray[np.int32] = folder.array(f"{name}.owner")
        self.kind: npt.NDArray[np.uint8] = folder.array(f"{name}.kind")
        self.japanese: npt.NDArray[np.bool_] = folder.array(f"{name}.japanese")
        self.length: npt.NDArray[np.int32] = folder.array(f"{name}.length")
        self.joined = folder.strings(f"{name}.joined")
        self.texts = folder.strings(f"{name}.texts")

    def coverage(self, query: Query) -> npt.NDArray[np.float32]:
        """float32[entries]: how much of the query each entry holds, 0–1.

        Tokens are weighted by rarity; a prefix counts slightly less than a word, a misspelt word less again.
        """
        count = len(self.owner)
        total = 0.0
        covered = np.zeros(count, dtype=np.float32)
        for token, whole in query.tokens:
            start = bisect_left(self._vocabulary, token)
            exact = start < len(self._vocabulary) and self._vocabulary[start] == token
            end = start + int(exact) if whole else bisect_left(self._vocabulary, token + "\U0010ffff", start)
            hits = self._entries[self._indptr[start] : self._indptr[end]]
            worth = 1.0 if whole else _PREFIX_WORTH
            if not len(hits) and not whole:
                hits, worth = self._misspelt(token), _MISSPELT_WORTH
            weight = float(np.log1p(count / (len(hits) + 1)))
            total += weight
            if not len(hits):
                continue
            held = np.zeros(count, dtype=np.float32)
            held[hits] = worth * weight
            if exact:
                held[self._entries[self._indptr[start] : self._indptr[start + 1]]] = weight
            covered += held
        return covered / np.float32(total) if total else covered

    def _misspelt(self, token: str) -> npt.NDArray[np.int32]:
        """The entries that hold a word one slip away from `token`."""
        words = near_words(token, self._vocabulary, self._slip_hashes, self._slip_words)
        slices = [self._entries[self._indptr[word] : self._indptr[word + 1]] for word in words]
        return np.concatenate(slices) if slices else np.zeros(0, dtype=np.int32)
