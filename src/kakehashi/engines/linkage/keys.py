"""From identifying items to keyed hashes; the items go no further than here.

Each key is HMAC-SHA-256 under the network's linkage key over a value stretched by PBKDF2, cut to 128 bits. The kind
of key is part of what is hashed, so that keys of different kinds never meet, and nothing of one kind is told by
another.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from kakehashi.engines.linkage.names import loose, strict

STRETCHED = 2000
"""Rounds of PBKDF2 a key: for a clerk some milliseconds, for who tries every name and birthday so many times the
work.
"""
EARLIEST = date(1900, 1, 1)


Sex = Literal["female", "male", "other", "unknown"]


class Kind(StrEnum):
    """What must agree for two keys to be equal, strictest first."""

    EXACT = "exact"
    """Family and given name as written, birth date, sex."""
    NAMES = "names"
    """Both names, loosely and in either order, birth date."""
    INSURANCE = "insurance"
    """Insurance symbol and number, birth date."""
    DIGITS = "digits"
    """Both names, loosely; the digits of the birth date in any order (transposed, day and month exchanged)."""
    MONTH = "month"
    """Both names, loosely, year and month of birth, sex (another day)."""
    GIVEN = "given"
    """Given name, loosely, birth date, sex (another family name: marriage, adoption, divorce)."""
    FAMILY = "family"
    """Family name, loosely, birth date, sex (another given name: a slip; or a twin)."""


@dataclass(frozen=True)
class Identity:
    """Identifying items of one person, between typing and hashing; its text form says nothing of them."""

    family: str = field(repr=False)
    given: str = field(repr=False)
    birth: date = field(repr=False)
    sex: Sex = field(default="unknown", repr=False)
    insurance: str = field(default="", repr=False)


class UnusableIdentity(ValueError):
    """An item is missing or cannot be a name or a birth date: `item` says which, never what was typed."""

    def __init__(self, item: Literal["family", "given", "birth", "insurance"]) -> None:
        super().__init__(item)
        self.item = item


def read_birth(typed: str) -> date:
    """A birth date written 2015-04-01, 2015/4/1, 20150401 or 2015年4月1日. Errors: UnusableIdentity."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    found = re.fullmatch(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?", plain)
    found = found or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", plain)
    try:
        return date(*(int(part) for part in found.groups())) if found else _unusable()
    except ValueError:
        raise UnusableIdentity("birth") from None


def _unusable() -> date:
    raise UnusableIdentity("birth")


def keys_of(identity: Identity, secret: bytes, *, rounds: int = STRETCHED) -> dict[Kind, str]:
    """The keys of an identity, 32 hexadecimal digits each. Errors: UnusableIdentity (an item is empty or impossible).

    Names are taken in kana or Latin letters; kanji are refused, since one name is written in many.
    """
    for item, name in (("family", identity.family), ("given", identity.given)):
        if not loose(name) or re.search(r"[㐀-鿿豈-﫿𠀀-𯿿]", name) or len(name) > 100:
            raise UnusableIdentity(item)  # type: ignore[arg-type]
    if not identity.birth >= EARLIEST:
        raise UnusableIdentity("birth")
    insurance = "".join(one for one in unicodedata.normalize("NFKC", identity.insurance).upper() if one.isalnum())
    if identity.insurance.strip() and not 4 <= len(insurance) <= 40:
        raise UnusableIdentity("insurance")
    return {kind: _hashed(kind, value, secret, rounds) for kind, value in compared(identity, insurance).items()}


def compared(identity: Identity, insurance: str = "") -> Mapping[Kind, tuple[str, ...]]:
    """What each kind of key is made of, before it is hashed: for nothing but hashing and measuring."""
    family, given, day = loose(identity.family), loose(identity.given), identity.birth.isoformat()
    both = tuple(sorted((family, given)))
    values: dict[Kind, tuple[str, ...]] = {
        Kind.EXACT: (strict(identity.family), strict(identity.given), day, identity.sex),
        Kind.NAMES: (*both, day),
        Kind.DIGITS: (*both, "".join(sorted(day.replace("-", "")))),
        Kind.MONTH: (*both, day[:7], identity.sex),
        Kind.GIVEN: (given, day, identity.sex),
        Kind.FAMILY: (family, day, identity.sex),
    }
    if insurance:
        values[Kind.INSURANCE] = (insurance, day)
    return values


def fact_key(kind: str, value: str, secret: bytes) -> str:
    """The keyed hash of a fact of a case that names nobody (a variant): equal where the fact is."""
    return _hashed(f"fact:{kind}", (value,), secret, 1)


def generation(secret: bytes) -> str:
    """Names a linkage key without telling it: keys made under another one never meet those of this."""
    return hmac.new(secret, b"kakehashi linkage generation", hashlib.sha256).hexdigest()[:8]


def _hashed(kind: str, value: tuple[str, ...], secret: bytes, rounds: int) -> str:
    said = "\x1f".join((kind, *value)).encode()
    stretched = hashlib.pbkdf2_hmac("sha256", said, secret, rounds)
    return hmac.new(secret, kind.encode() + stretched, hashlib.sha256).hexdigest()[:32]
