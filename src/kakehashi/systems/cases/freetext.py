"""Clinical free text read for findings: suggestions that a person accepts one by one. The text itself is never kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from kakehashi.engines.phenotype.mentions import LONGEST_TEXT, Reader, Reading
from kakehashi.engines.phenotype.unread import unread
from kakehashi.systems.cases import vocabulary

FIELD = "clinical_text"
"""The name under which forms send the text: whoever logs or reports requests leaves it out."""
WORDS_AROUND = 24
"""So many characters on either side of the words are shown with a suggestion."""
MOST_CHARACTERS = LONGEST_TEXT
MOST_UNREAD = 100
"""So many phrases that were passed over are listed; a text of more is no clinical summary."""


@dataclass(frozen=True)
class Suggestion:
    """A finding that the text mentions. ``before``, ``words``, ``after``: where, the words themselves in the middle.

    ``excluded``: looked for and absent; ``uncertain``: only suspected; ``relative``: said of a relative; ``exact``: by
    its label or an exact synonym; ``known``: the case has the finding already; ``contradicted``: the text also says
    the opposite elsewhere.
    """

    term: str
    label: str
    original: str
    before: str
    words: str
    after: str
    excluded: bool
    uncertain: bool
    relative: bool
    exact: bool
    known: bool
    contradicted: bool

    @property
    def sure(self) -> bool:
        """Whether it is among those that are taken over together."""
        return not (self.uncertain or self.relative or self.known or self.contradicted)

    @property
    def value(self) -> str:
        """How a form names it: ``HP:0001250:yes``."""
        return f"{self.term}:{'no' if self.excluded else 'yes'}"


@dataclass(frozen=True)
class ReadText:
    """A text as it was read. ``unread``: the sentences and phrases that were passed over, in their order, each once."""

    suggested: list[Suggestion]
    unread: list[str]


def read(text: str, *, known: Collection[str] = ()) -> ReadText:
    """What a text mentions, and what of it nothing was suggested from: findings may stand there too."""
    found = _reader(vocabulary.knowledge().fingerprint).read(text)
    passed_over = dict.fromkeys(_line(found.text[start:end]) for start, end in unread(found))
    return ReadText(_suggestions(found, known), list(passed_over)[:MOST_UNREAD])


def suggestions(text: str, *, known: Collection[str] = ()) -> list[Suggestion]:
    """What a text mentions, in its order, each term once; what is said of the patient stands before a relative's."""
    return _suggestions(_reader(vocabulary.knowledge().fingerprint).read(text), known)


def _suggestions(read: Reading, known: Collection[str]) -> list[Suggestion]:
    ontology = vocabulary.knowledge().ontology
    told: dict[int, set[bool]] = {}
    for one in read.mentions:
        if not one.family:
            told.setdefault(one.term, set()).add(one.negated)
    found: dict[int, Suggestion] = {}
    for one in sorted(read.mentions, key=lambda mention: (mention.family, mention.uncertain, mention.start)):
        term = ontology.id(one.term)
        if one.term in found:
            continue
        found[one.term] = Suggestion(
            term=term,
            label=vocabulary.term_label(term),
            original=vocabulary.english_term(term),
            before=_line(read.text[max(0, one.start - WORDS_AROUND) : one.start]),
            words=_line(read.text[one.start : one.end]),
            after=_line(read.text[one.end : one.end + WORDS_AROUND]),
            excluded=one.negated,
            uncertain=one.uncertain,
            relative=one.family,
            exact=one.exact,
            known=term in known,
            contradicted=len(told.get(one.term, ())) > 1,
        )
    order = {one.term: place for place, one in reversed(list(enumerate(read.mentions)))}
    return sorted(found.values(), key=lambda one: order[ontology.index(one.term) or 0])


def accepted(values: Collection[str]) -> dict[str, bool]:
    """Term → present, of what a form sends back as accepted; anything that is no finding is passed over."""
    chosen: dict[str, bool] = {}
    for value in list(values)[:1000]:
        term, _colon, answer = value.rpartition(":")
        if answer in ("yes", "no") and vocabulary.is_finding(term):
            chosen.setdefault(term, answer == "yes")
    return chosen


def _line(text: str) -> str:
    return " ".join(text.split()) if "\n" in text or "\t" in text else text


@lru_cache(maxsize=2)
def _reader(fingerprint: str) -> Reader:
    """The reader of the release in force, which ``fingerprint`` names; its tables take some 20 MB."""
    return Reader(vocabulary.knowledge())
