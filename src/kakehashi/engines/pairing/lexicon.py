"""Concepts that a text of either language names: the bridge that needs no learning.

    lexicon = Lexicon([*read_terms(), *terms_of(knowledge)]) lexicon.find_japanese("膵がんの早期診断")   → {concept:
    times named}

Wordings are looked up longest first, English ones by stems. A wording inside a longer one (がん in 膵がん) counts only
as the longer, and at a third for the shorter: what two texts say of a disease may be more or less exact.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

from kakehashi.engines.pairing.reading import english_stems, normal
from kakehashi.engines.pairing.terms import Term
from kakehashi.engines.phenotype.knowledge import Knowledge

INNER = 1 / 3
_LATIN_ONLY = re.compile(r"[ -~]+\Z")
_LATIN = re.compile(r"[A-Za-z0-9]")
_LONGEST = 20


def terms_of(knowledge: Knowledge) -> list[Term]:
    """The findings of the ontology that have a Japanese label, with their English labels and exact synonyms."""
    ontology = knowledge.ontology
    rows: list[Term] = []
    for index in ontology.descendants(ontology.phenotype_root).tolist():
        if not ontology.has_japanese(index):
            continue
        synonyms = [one.text for one in ontology.synonyms(index) if one.scope == "EXACT"]
        texts = [ontology.label(index), ontology.label(index, "ja"), *synonyms]
        japanese = tuple(text for text in texts if not text.isascii() and not _LATIN_ONLY.match(text))
        english = tuple(text for text in texts if text.isascii())
        if japanese and english:
            rows.append(Term("finding", japanese, english))
    return rows


class Lexicon:
    """Terms to look up. Two rows with one wording in common are both found by it."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = tuple(terms)
        self._japanese: dict[str, list[int]] = {}
        self._english: dict[tuple[str, ...], list[int]] = {}
        lengths: dict[str, set[int]] = {}
        spans: dict[str, set[int]] = {}
        for concept, term in enumerate(self.terms):
            for wording in term.ja:
                text = normal(wording).casefold()
                if _LATIN_ONLY.match(text):
                    self._add_english(concept, wording, spans)
                elif len(wording) > 1 or term.kind == "organ":
                    _append(self._japanese, text, concept)
                    lengths.setdefault(text[0], set()).add(len(text))
            for wording in term.en:
                self._add_english(concept, wording, spans)
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}
        self._spans = {first: sorted(found, reverse=True) for first, found in spans.items()}

    def _add_english(self, concept: int, wording: str, spans: dict[str, set[int]]) -> None:
        tokens = _tokens(normal(wording))
        if tokens and len(tokens) <= _LONGEST:
            _append(self._english, tokens, concept)
            spans.setdefault(tokens[0], set()).add(len(tokens))

    def find_japanese(self, text: str) -> dict[int, float]:
        """The concepts a Japanese text names, and how often; Latin words in it are looked up too."""
        text = normal(text)
        found = self._in_characters(text.casefold())
        return self._in_words(_tokens(text), found) if _LATIN.search(text) else found

    def find_english(self, text: str) -> dict[int, float]:
        """The concepts an English text names, and how often."""
        return self._in_words(_tokens(normal(text)), {})

    def _in_characters(self, text: str) -> dict[int, float]:
        found: dict[int, float] = {}
        end = 0  # of the longest wording so far
        for at, first in enumerate(text):
            for length in self._lengths.get(first, ()):
                concepts = self._japanese.get(text[at : at + length])
                if concepts is None or at + length > len(text):
                    continue
                worth = 1.0 if at + length > end else INNER
                for concept in concepts:
                    found[concept] = found.get(concept, 0.0) + worth
                end = max(end, at + length)
        return found

    def _in_words(self, words: tuple[str, ...], found: dict[int, float]) -> dict[int, float]:
        end = 0
        for at, first in enumerate(words):
            for length in self._spans.get(first, ()):
                concepts = self._english.get(words[at : at + length])
                if concepts is None:
                    continue
                worth = 1.0 if at + length > end else INNER
                for concept in concepts:
                    found[concept] = found.get(concept, 0.0) + worth
                end = max(end, at + length)
        return found


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(chain.from_iterable(filter(None, pair) for pair in english_stems(text)))


def _append(table: dict[str, list[int]] | dict[tuple[str, ...], list[int]], key: object, concept: int) -> None:
    concepts = table.setdefault(key, [])  # type: ignore[arg-type]
    if concept not in concepts:
        concepts.append(concept)
