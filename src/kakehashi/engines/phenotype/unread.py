"""What a reading of a clinical text passed over: sentences without anything recognised, and phrases beside what was.

    unread(Reader(knowledge).read("発作あり。一人で立てない。"))   → the place of 一人で立てない

A reader that says only what it found leaves the rest to be taken for read. A sentence without a mention is named whole,
unless it says no more than age and sex; in a sentence with mentions, those phrases that hold none and look clinical: by
a word that findings end in, or by a cue of presence or absence. It is a reminder to look, not a finding: ordinary
words that look so are named too, and what looks like nothing clinical is not.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from kakehashi.engines.phenotype.mentions import CUE_JA, JAPANESE, SENTENCE, Mention, Reading, stretches

Place = tuple[int, int]
"""Where a phrase stands in ``Reading.text``, half-open."""

_BETWEEN_JA = re.compile(r"[、,・/()]")
_BETWEEN_EN = re.compile(r"[,/()]|\b(?:and|or|nor|but|with|however|although|while)\b", re.IGNORECASE)
_RUN_JA = re.compile(r"[㐀-鿿々〆ァ-ヺー]{2,}(?:の[㐀-鿿々〆ァ-ヺー]{2,})*")
_ENDS_JA = re.compile(
    r"(?:(?<!発)症|炎|痛|障害|異常|欠損|低下|亢進|遅延|遅滞|遅れ|麻痺|萎縮|肥大|拡大|拡張|腫|瘤|奇形|形成|不全|減少|増加|過多|過剰|欠如|変形|拘縮"
    r"|発作|狭窄|閉鎖|閉塞|硬化|出血|貧血|黄疸|痙攣|振戦|失調|突出|陥凹|偏位|脱臼|側弯|短縮|延長|脆弱|石灰化|逆流|疹|斑|裂|徴候|顔貌|困難|消失"
    r"|退行|肥厚|菲薄|色素沈着|不随意運動|筋力|無力|不良|過敏)$"
)
_LOOKS_EN = re.compile(
    r"\b(?:\w+(?:itis|osis|a?emia|uria|pathy|plasia|trophy|megaly|algia|plegia|paresis|penia|oma|sthenia|a?esthesia|phagia"
    r"|pno?ea|tonia|kinesia|rrho?ea|o?edema|ectasia|malacia|stenosis|atresia|cephaly|dactyly)|dysmorph\w+|abnormal\w*"
    r"|anomal\w+|malform\w+|defects?|delay(?:ed)?|impair\w+|absent|absence|deficien\w+|disorders?|weakness|spasms?|loss|pain"
    r"|swelling|stiffness|hypo\w{4,}|hyper\w{4,}|dys\w{4,}|unable|cannot|can't|difficult\w+|regress\w+|enlarged|reduced"
    r"|decreased|increased|elevated|failure)\b",
    re.IGNORECASE,
)
_AGE_AND_SEX = re.compile(
    r"(?:症例|患者|患児|patient)?[はは:\s]*(?:\d+\s*(?:歳|才|[かヶカケ]月|日齢?|years?|months?|days?|yo)[\s\-・、,のold]*)*"
    r"(?:男児|女児|男性|女性|男|女|boy|girl|man|woman|male|female)?(?:例|です|である)?",
    re.IGNORECASE,
)
_TRIMMED = " \t\n\r　、,。.;:・!?！？「」『』()-"


def unread(reading: Reading) -> tuple[Place, ...]:
    """Where what was passed over stands, in the order of the text; no two overlap, and none a mention."""
    return tuple(_unread(reading))


def _unread(reading: Reading) -> Iterator[Place]:
    text, mentions = reading.text, reading.mentions
    starts, ends = [one.start for one in mentions], [one.end for one in mentions]
    for start, end in stretches(text, SENTENCE):
        inside = mentions[bisect_right(ends, start) : bisect_left(starts, end)]
        whole = _trimmed(text, start, end)
        if whole is None:
            continue
        if not inside:
            if not _AGE_AND_SEX.fullmatch(text[whole[0] : whole[1]]):
                yield whole
            continue
        japanese = JAPANESE.search(text[start:end]) is not None
        for left, right in _phrases(text[start:end], _BETWEEN_JA if japanese else _BETWEEN_EN):
            yield from (_japanese if japanese else _english)(text, start + left, start + right, inside)


def _phrases(sentence: str, between: re.Pattern[str]) -> Iterator[Place]:
    start = 0
    for mark in between.finditer(sentence):
        yield start, mark.start()
        start = mark.end()
    yield start, len(sentence)


def _japanese(text: str, start: int, end: int, inside: Sequence[Mention]) -> Iterator[Place]:
    """A phrase without a mention that looks clinical; of one with mentions, the words beside them that do."""
    if not _held(start, end, inside):
        phrase = _trimmed(text, start, end)
        if phrase is None:
            return
        said = text[phrase[0] : phrase[1]]
        cue = CUE_JA.search(said)
        if (cue is not None and cue.start() > 0) or any(_ENDS_JA.search(run.group()) for run in _RUN_JA.finditer(said)):
            yield phrase
        return
    for run in _RUN_JA.finditer(text, start, end):
        if _ENDS_JA.search(run.group()) and not _held(run.start(), run.end(), inside):
            yield run.span()


def _english(text: str, start: int, end: int, inside: Sequence[Mention]) -> Iterator[Place]:
    phrase = _trimmed(text, start, end)
    if phrase is not None and not _held(start, end, inside) and _LOOKS_EN.search(text, *phrase):
        yield phrase


def _held(start: int, end: int, mentions: Sequence[Mention]) -> bool:
    return any(one.start < end and one.end > start for one in mentions)


def _trimmed(text: str, start: int, end: int) -> Place | None:
    """The stretch without what stands around its words; None where it holds no word of two letters."""
    said = text[start:end]
    left = len(said) - len(said.lstrip(_TRIMMED))
    right = len(said.rstrip(_TRIMMED))
    return (start + left, start + right) if re.search(r"[^\W\d_]{2}", said[left:right]) else None
