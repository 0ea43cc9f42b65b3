"""What speaks for two records being of one person, and how much (Fellegi and Sunter 1969)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from kakehashi.engines.linkage import weights
from kakehashi.engines.linkage.keys import Kind

LEAST_FINDINGS = 3  # below that a pair's findings say nothing


@dataclass(frozen=True)
class Record:
    """What is compared of a case. `keys`: by kind, empty where no identity was given; `birth`: "2015" or "2015-04"."""

    keys: Mapping[Kind, str]
    sex: str
    birth: str
    findings: frozenset[str]
    variants: frozenset[str]


@dataclass(frozen=True)
class Piece:
    """One piece of evidence: `reason` is a code, `bits` positive where it speaks for one person."""

    reason: str
    bits: float


def weigh(one: Record, other: Record, others_with: Mapping[str, int]) -> tuple[Piece, ...]:
    """The evidence between two records; its bits add up. `others_with`: variant → further cases of the network with
    it.
    """
    pieces = [*_identity(one, other), *_sex_and_birth(one, other)]
    shared = [weights.VARIANT_BITS - math.log2(1 + others_with.get(it, 0)) for it in one.variants & other.variants]
    if shared:
        pieces.append(Piece("variant", min(weights.MOST_VARIANT_BITS, sum(max(0.0, bits) for bits in shared))))
    union = one.findings | other.findings
    if min(len(one.findings), len(other.findings)) >= LEAST_FINDINGS:
        share = len(one.findings & other.findings) / len(union)
        bits = next(bits for least, bits in weights.FINDINGS_BITS if share >= least)
        pieces.append(Piece("findings" if bits > 0 else "other_findings", bits))
    return tuple(piece for piece in pieces if piece.bits)


def _identity(one: Record, other: Record) -> list[Piece]:
    if not (one.keys and other.keys):
        return []
    agreeing = [kind for kind in Kind if kind in one.keys and one.keys[kind] == other.keys.get(kind)]
    if not agreeing:
        return [Piece("other_identity", weights.NO_KEY_BITS)]
    strictest = max(agreeing, key=lambda kind: weights.KEY_BITS[kind])
    return [Piece(str(strictest), weights.KEY_BITS[strictest])]


def _sex_and_birth(one: Record, other: Record) -> list[Piece]:
    """Said in the case itself; where identities agree they hold both already, and only disagreement counts."""
    known = bool(one.keys and other.keys)
    pieces = []
    if {one.sex, other.sex} <= {"female", "male"}:
        same = one.sex == other.sex
        pieces.append(Piece("sex" if same else "other_sex", weights.SEX_BITS if same else weights.OTHER_SEX_BITS))
    if one.birth and other.birth:
        if one.birth[:4] != other.birth[:4] or (len(one.birth) == len(other.birth) == 7 and one.birth != other.birth):
            pieces.append(Piece("other_birth", weights.OTHER_BIRTH_BITS))
        elif len(one.birth) == len(other.birth) == 7:
            pieces.append(Piece("birth_month", weights.MONTH_BITS))
        else:
            pieces.append(Piece("birth_year", weights.YEAR_BITS))
    return [piece for piece in pieces if not known or piece.bits < 0]


def bits_needed(cases: int) -> float:
    """The evidence from which a pair of a network with so many cases is suspected, in bits.

    Among n cases are n(n−1)/2 pairs, of which DUPLICATE_SHARE × n are of one person: the larger the network, the more
    must speak for a pair before it is PRECISION likely.
    """
    pairs, same = max(1.0, cases * (cases - 1) / 2), max(1.0, weights.DUPLICATE_SHARE * cases)
    odds = math.log2(max(1.0, pairs / same)) + math.log2(weights.PRECISION / (1 - weights.PRECISION))
    return max(weights.LEAST_BITS, odds)


def is_suspected(pieces: tuple[Piece, ...], cases: int) -> bool:
    """Whether the evidence suffices in a network of so many cases."""
    return sum(piece.bits for piece in pieces) >= bits_needed(cases)
