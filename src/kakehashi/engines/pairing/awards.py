"""What pairing compares: awards and openings as plain values. Codes of modality, area and programme are the caller's
own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum


class Phase(IntEnum):
    """How far research is, in the order in which an award's successor follows it."""

    BASIC = 1
    APPLIED = 2
    NONCLINICAL = 3
    CLINICAL = 4
    PRACTICAL = 5


@dataclass(frozen=True, slots=True)
class Award:
    """An award as pairing sees it. Whatever is not known stays empty and speaks neither for nor against.

    ``text_ja`` and ``text_en``: title and abstract. ``ends`` is its last day. ``people`` and ``institutions`` hold the
    caller's keys of investigators and institutions; ``programme`` the programme's.
    """

    key: str
    text_ja: str = ""
    text_en: str = ""
    phase: Phase | None = None
    modality: str = ""
    areas: frozenset[str] = frozenset()
    begins: date | None = None
    ends: date | None = None
    people: frozenset[str] = frozenset()
    institutions: frozenset[str] = frozenset()
    programme: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """A programme or call that could carry an award on: what it takes, from when, until when one may apply.

    Empty ``phases``, ``modalities`` and ``areas`` mean that it takes any. ``starts`` is when its awards begin,
    ``closes`` the last day to apply; both None for a programme that is not calling now.
    """

    key: str
    text_ja: str = ""
    text_en: str = ""
    phases: frozenset[Phase] = frozenset()
    modalities: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    starts: date | None = None
    closes: date | None = None
    programme: str = ""


@dataclass(frozen=True, slots=True)
class Shared:
    """Words that two texts have in common: as the asking text has them, and as the found one does (a Japanese 膵がん
    and an English "pancreatic cancer"); ``share`` of the texts' similarity, 0 to 1.
    """

    asked: str
    found: str
    share: float


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was ranked where it was. ``code`` names the kind of evidence; ``bits`` is what it added (log2
    odds).

    Codes and their evidence: ``text`` (``shared``), ``phase`` (``number``: steps forward, ``values``: from and to),
    ``modality`` and ``area`` (``values``: in common, else both sides'), ``timing`` (``number``: days from the end of
    one to the beginning of the other, negative where they overlap), ``closes`` (``number``: days left to apply),
    ``people``, ``institutions`` (``values``: in common), ``history`` (successors that earlier awards of the programme
    had there), ``input`` (``shared``: what one needs and the other makes; ``number``: days from the end of the
    other).
    """

    code: str
    bits: float
    number: int | None = None
    values: tuple[str, ...] = ()
    shared: tuple[Shared, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """Something found for an award, best first in a list. ``bits``: the sum of its reasons' evidence (log2 odds against
    an award drawn at random, but for a constant); ``similarity`` of the texts alone, 0 to 1.
    """

    key: str
    bits: float
    similarity: float
    reasons: tuple[Reason, ...] = field(default=())
