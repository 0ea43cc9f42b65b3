"""HPO terms that a clinical text mentions, in Japanese and English, each with what the text says of it.

    Reader(knowledge).read("頭痛は認めない。発作あり。")   → two mentions, the first negated

Wordings are looked up, longest first: labels and synonyms of both languages in the reading of ``wording`` (width, kana,
case, spelling, plural, 症), English words in any order. What is said of a mention follows from cues in its clause: in
English mostly before it, to the end of the clause (after NegEx: Chapman et al., J Biomed Inform 34, 2001), in Japanese
after it, back to the cue before. Everything is a suggestion for a person to accept; known weaknesses: a wording that is
not in the tables, findings told by what a patient cannot do, negation across sentences, two people in one clause.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.searchindex import OTHER_SYNONYM, SearchIndex
from kakehashi.engines.phenotype.wording import STOP_WORDS, plain, stem

LONGEST_TEXT = 50_000
MOST_WORDS, MOST_CHARACTERS = 10, 40
FEWEST_LETTERS = 3

_WORD = re.compile(r"[^\W_぀-ヿ㐀-鿿豈-﫿々〆ー]+(?:['’]s)?")
JAPANESE = re.compile(r"[぀-ヿ㐀-鿿豈-﫿々〆ー]")
SENTENCE = re.compile(r"[。．!?！？\n;；]|\.(?=\s|$)")
_CLAUSE_EN = re.compile(r"\b(?:but|however|although|though|except|whereas|yet|which|who)\b", re.IGNORECASE)
_CLAUSE_JA = re.compile(r"(?:[がだ]が|であるが|るが|たが|いが|ものの|一方|しかし|ただし|けれども|けれど)、?")
_NOT_BEFORE = re.compile(
    r"\b(?:no(?:\s+(?:evidence|signs?|history|findings?|indication|complaints?)\s+(?:of|for))?|not|never|without|den(?:y|ies|ied)"
    r"|absence\s+of|negative\s+for|free\s+of|lack(?:s|ed|ing)?(?:\s+of)?|rul(?:ed|es|e)\s+out|neither|nor|excluded?)\b",
    re.IGNORECASE,
)
_NOT_AFTER = re.compile(
    r"^[\s,]*(?:(?:is|are|was|were|has|have|had|been|be)\s+)*(?:not\s+(?:been\s+)?(?:present|seen|observed|found|noted|detected|"
    r"reported|evident)|absent|ruled\s+out|excluded|negative|denied|unlikely)\b",
    re.IGNORECASE,
)
_LISTED = re.compile(r"[\s,/]*(?:(?:and|or|nor)\s+)?(?:(?:the|an?|any)\s+)?", re.IGNORECASE)
_PERHAPS_EN = re.compile(
    r"\b(?:possibl[ey]|probabl[ey]|suspected|suspicious|questionable|may\s+have|might|likely|suggest\w*)\b", re.I
)
_FAMILY_EN = re.compile(
    r"\b(?:mother|father|brothers?|sisters?|siblings?|parents?|uncles?|aunts?|cousins?|grand\w+|family\s+history|maternal"
    r"|paternal|relatives?)\b",
    re.IGNORECASE,
)
_LOOKED_FOR = (
    r"(?:(?:聴取|触知|出現|指摘|確認|検出|観察|同定|自覚|存在|合併|併発|発症|発現|描出|報告|経験|記載|明示)(?:は|も|を)?"
    r"(?:せず|し(?:ない|なかった|ていない|ておらず|ていなかった)|され(?:ず|ない|なかった|ていない|ておらず)"
    r"|でき(?:ず|ない|なかった|ていない))"
    r"|(?:触れ|聞かれ|聴かれ|生じ|疑われ|認められ|[み見]られ|認め)(?:ず|ない|なかった|て(?:いない|おらず|いなかった))"
    r"|(?:伴わ|有さ|示さ|呈さ|起こさ|来さ|きたさ)(?:ず|ない|なかった)|(?:伴って|呈して|示して)(?:いない|おらず))"
)
"""Verbs by which a finding is not there when they are denied; "did not improve" says that it is."""
_STAYS = (
    r"(?:改善|消失|軽快|治癒|寛解|回復|減少|軽減|消退|停止|制御|抑制|コントロール)(?:は|が|も)?"
    r"(?:せず|し(?:ない|なかった|ていない|ておらず)|され(?:ず|ない|ていない)|でき(?:ず|ない|なかった|ていない)|不良)"
    r"|(?:止ま|治ま|おさま|収ま|治|直)ら(?:ず|ない|なかった)"
)
CUE_JA = re.compile(
    r"(?P<no>(?:は|も|が|を|の(?:所見|既往|訴え|徴候|エピソード)(?:は|も)?|、|\s|等|など)*(?:明らかで)?(?:"
    + _LOOKED_FOR
    + r"|無し|なし|ない|なく|無く|無い|なかった"
    r"|否定(?:的|され)|陰性|[((]\s*[--−ー–]\s*[))]))"
    r"|(?P<yes>" + _STAYS + r"|認め(?:る|た|られ)|[み見]られ(?:る|た)|あり|有り|ある|あった|を?伴[いうっ]|呈(?:し|する)"
    r"|陽性|[((]\s*[++]\s*[))]|を?有[しす])"
)
_PERHAPS_JA = re.compile(r"疑|可能性|かもしれ|[??]|(?:精査|鑑別|除外|検索)(?:を?目的|のため|依頼)|スクリーニング")
_FAMILY_JA = re.compile(
    r"家族歴|(?:父|母|兄|弟|姉|妹|祖父|祖母|いとこ|従兄弟|同胞|叔父|叔母|伯父|伯母|息子|娘)(?:親|方)?(?=[にのがはも、:はへ])"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention: the term's index, where it stands in ``Reading.text`` (half-open), and what the text says of it.

    ``negated``: the finding was looked for and not there; ``uncertain``: only suspected; ``family``: of a relative;
    ``exact``: by a label or an exact synonym in its own order of words, not by a related or reordered wording.
    """

    term: int
    start: int
    end: int
    negated: bool
    uncertain: bool
    family: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it was read (NFKC) and its mentions, in order; none overlap."""

    text: str
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    term: int
    start: int
    end: int
    exact: bool


class Reader:
    """Reads texts with one release's wordings; keeps its tables, some 20 MB."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        index = SearchIndex(knowledge.folder, "term_search")
        usable = knowledge.ontology.phenotype_mask
        self._words: dict[str, tuple[int, bool]] = {}
        self._any_order: dict[str, int] = {}
        self._characters: dict[str, tuple[int, bool]] = {}
        ambiguous: set[str] = set()
        for entry in sorted(range(len(index.owner)), key=lambda one: int(index.kind[one])):
            owner, exact = int(index.owner[entry]), int(index.kind[entry]) != OTHER_SYNONYM
            if not usable[owner]:
                continue
            joined = index.joined[entry]
            if index.japanese[entry]:
                written = joined.replace(" ", "").replace("の", "")
                if len(written) > 1:
                    self._characters.setdefault(written, (owner, exact))
                continue
            if len(joined.replace(" ", "")) < FEWEST_LETTERS:
                continue
            self._words.setdefault(joined, (owner, exact))
            words = joined.split(" ")
            if len(words) > 1:
                key = " ".join(sorted(words))
                if self._any_order.setdefault(key, owner) != owner:
                    ambiguous.add(key)
        for key in ambiguous:
            del self._any_order[key]

    def read(self, text: str) -> Reading:
        """The mentions of a text; what lies beyond 50,000 characters is not read."""
        shown = unicodedata.normalize("NFKC", text[:LONGEST_TEXT])
        found = sorted([*self._english(shown), *self._japanese(shown)], key=lambda one: (one.start, -one.end))
        kept: list[_Found] = []
        for one in found:
            if not kept or one.start >= kept[-1].end:
                kept.append(one)
        return Reading(shown, tuple(_judged(shown, kept)))

    def _english(self, text: str) -> Iterator[_Found]:
        words = [(stem(plain(word.group())), word.start(), word.end()) for word in _WORD.finditer(text)]
        place = 0
        while place < len(words):
            found = None if words[place][0] in STOP_WORDS else self._longest(words, place)
            if found is None:
                place += 1
                continue
            after, term, exact = found
            yield _Found(term, words[place][1], words[after - 1][2], exact)
            place = after

    def _longest(self, words: list[tuple[str, int, int]], place: int) -> tuple[int, int, bool] | None:
        """(place after the wording, term, exact) of the longest wording that begins here."""
        telling: list[str] = []
        best = None
        for after in range(place, min(place + MOST_WORDS, len(words))):
            if words[after][0] in STOP_WORDS:
                continue
            telling.append(words[after][0])
            known = self._words.get(" ".join(telling))
            if known is not None:
                best = (after + 1, known[0], known[1])
            elif (term := self._any_order.get(" ".join(sorted(telling)))) is not None:
                best = (after + 1, term, False)
        return best

    def _japanese(self, text: str) -> Iterator[_Found]:
        folded, sources = _folded(text)
        place = 0
        while place < len(folded):
            if not JAPANESE.match(folded[place]):
                place += 1
                continue
            for length in range(min(MOST_CHARACTERS, len(folded) - place), 1, -1):
                known = self._characters.get(folded[place : place + length])
                if known is not None:
                    end = sources[place + length - 1] + 1
                    if text[end : end + 1] == "症":
                        end += 1
                    yield _Found(known[0], sources[place], end, known[1])
                    place += length
                    break
            else:
                place += 1


def _folded(text: str) -> tuple[str, list[int]]:
    """A text as the Japanese wordings are read, and for each of its characters where it came from."""
    characters: list[str] = []
    sources: list[int] = []
    for place, character in enumerate(text):
        if character == "の" or character.isspace():
            continue
        read = plain(character)
        characters += read
        sources += [place] * len(read)
    return "".join(characters), sources


def _judged(text: str, found: list[_Found]) -> Iterator[Mention]:
    for start, end in stretches(text, SENTENCE):
        inside = [one for one in found if start <= one.start < end]
        if not inside:
            continue
        japanese = bool(JAPANESE.search(text[start:end]))
        for left, right in stretches(text[start:end], _CLAUSE_JA if japanese else _CLAUSE_EN):
            clause = [one for one in inside if left <= one.start - start < right]
            if clause:
                yield from (_japanese_clause if japanese else _english_clause)(
                    text, start + left, start + right, clause
                )


def stretches(text: str, between: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for mark in between.finditer(text):
        yield start, mark.end()
        start = mark.end()
    if start < len(text):
        yield start, len(text)


def _outside(marks: Iterable[re.Match[str]], start: int, clause: list[_Found]) -> Iterator[tuple[int, re.Match[str]]]:
    """The cues that are no part of a wording (as in "absent speech"), each with its place in the text."""
    for mark in marks:
        at = start + mark.start()
        if not any(one.start <= at < one.end for one in clause):
            yield at, mark


def _english_clause(text: str, start: int, end: int, clause: list[_Found]) -> Iterator[Mention]:
    said = text[start:end]
    denied = min((at for at, _ in _outside(_NOT_BEFORE.finditer(said), start, clause)), default=end)
    perhaps = any(True for _ in _outside(_PERHAPS_EN.finditer(said), start, clause))
    family = bool(_FAMILY_EN.search(said))
    after = _listed_last(text, clause) if _NOT_AFTER.match(text[clause[-1].end : end]) else []
    for one in clause:
        negated = one.start > denied or one in after
        yield Mention(one.term, one.start, one.end, negated, perhaps, family, one.exact)


def _listed_last(text: str, clause: list[_Found]) -> list[_Found]:
    """The last mention and those listed with it: "A, B and C were not seen" speaks of all three."""
    listed = [clause[-1]]
    for one in reversed(clause[:-1]):
        if not _LISTED.fullmatch(text[one.end : listed[0].start]):
            break
        listed.insert(0, one)
    return listed


def _japanese_clause(text: str, start: int, end: int, clause: list[_Found]) -> Iterator[Mention]:
    """A cue speaks of the mentions since the cue before it; mentions after the last cue stand as they are."""
    said = text[start:end]
    family = bool(_FAMILY_JA.search(said))
    cues = [(at, mark.lastgroup == "no") for at, mark in _outside(CUE_JA.finditer(said), start, clause)]
    for one in clause:
        cue = next(((at, no) for at, no in cues if at >= one.end), None)
        upto = cue[0] if cue else end
        perhaps = bool(_PERHAPS_JA.search(text[one.end : min(upto + 6, end)]))
        yield Mention(one.term, one.start, one.end, bool(cue and cue[1]), perhaps, family, one.exact)
