"""The shape of HGVS expressions (HGVS nomenclature 21): does the reference allele parse, does the change?

Shape only: whether the reference sequence holds that base needs the sequence. Tolerant of what papers write
(predicted changes in brackets, unsure positions, one-letter amino acids), strict on alphabets and order.
"""

import re
from dataclasses import dataclass
from typing import Final

MAX_LENGTH: Final = 2000

_POSITION: Final = r"[-*]?\d{1,12}(?:[-+]\d{1,9})?"
_UNSURE: Final = rf"(?:{_POSITION}|\?|pter|qter|\((?:{_POSITION}|\?)_(?:{_POSITION}|\?)\))"
_PLACE: Final = rf"\(?{_UNSURE}(?:_{_UNSURE})?\)?"
_BASE: Final = r"[ACGTNUacgtnu]"
_COUNT: Final = r"\(?(?:\d{1,9}(?:_\d{1,9})?|\?)\)?"
_ELSEWHERE: Final = r"[A-Z]{2,4}_?[\d.]{1,20}:[a-z]\.[\d_+\-*]{1,40}(?:inv)?"
_INSERTED: Final = rf"(?:{_BASE}+(?:\[{_COUNT}\])?|{_COUNT}|\[[^\[\]]+\]|{_ELSEWHERE}|{_PLACE}(?:inv)?)"
_WHAT: Final = rf"(?:{_BASE}+|\d{{1,9}})?"
_EDIT: Final = "|".join(
    (
        rf"{_BASE}+>{_BASE}+",
        rf"{_BASE}*=",
        rf"del{_WHAT}(?:ins{_INSERTED})?",
        rf"dup{_WHAT}(?:ins{_INSERTED})?",
        rf"ins{_INSERTED}",
        rf"inv{_WHAT}",
        rf"con{_INSERTED}",
        r"\|\S+",
        rf"{_BASE}*\[{_COUNT}\](?:;\[\d{{1,9}}\])?",
    )
)
_CHANGE: Final = rf"(?:{_PLACE}(?:{_EDIT})|\?|0|=)"
_ALLELES: Final = rf"\[{_CHANGE}(?:;{_CHANGE})*\](?:;?\(?;?\)?\[{_CHANGE}\])?"
_REARRANGED: Final = r"[^\s:\[]+(?:::|\[)\S+"
_NUCLEOTIDE: Final = re.compile(rf"(?:\(?{_CHANGE}\)?|{_ALLELES}|{_REARRANGED})\Z", re.ASCII)

_AMINO: Final = (
    r"(?:Ala|Arg|Asn|Asp|Cys|Gln|Glu|Gly|His|Ile|Leu|Lys|Met|Phe|Pro|Pyl|Sec|Ser|Thr|Trp|Tyr|Val|Asx|Glx|Xaa|Ter|"
    r"[ACDEFGHIKLMNPQRSTUVWYXBZ*])"
)
_RESIDUES: Final = rf"{_AMINO}-?\d{{1,9}}(?:_{_AMINO}-?\d{{1,9}})?"
_STOP: Final = r"(?:Ter|\*|X)(?:\d{1,9}|\?)?"
_RESIDUE_EDIT: Final = "|".join(
    (
        rf"{_AMINO}+(?:fs(?:{_STOP})?|ext(?:{_STOP}|-?\d{{1,9}})?)?",
        r"=|del|dup|\?",
        rf"(?:del)?ins(?:{_AMINO}+|\(?\d{{1,9}}\)?|\[\S+\])",
        rf"fs(?:{_STOP})?",
        rf"ext-?(?:{_AMINO})?(?:{_STOP}|-?\d{{1,9}})?",
        r"\[\d{1,9}\]",
    )
)
_PROTEIN: Final = re.compile(
    rf"\(?(?:{_RESIDUES}(?:{_RESIDUE_EDIT})|\?|0\??|=|\[\S+\](?:;\[\S+\])?|Met1(?:\?|ext\S+))\)?\Z", re.ASCII
)
_EXPRESSION: Final = re.compile(
    r"(?P<accession>[A-Za-z][A-Za-z0-9_]*(?:\.\d+)?(?:[pt]\d+)?(?:\([A-Za-z0-9_.\-]+\))?)"
    r"\s?:\s?(?P<kind>[cgmnopr])\.(?P<change>\S+)\Z",
    re.ASCII,
)
_SUBSTITUTION: Final = re.compile(r"(\d+)([ACGT])>([ACGT])\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Hgvs:
    """``NM_000383.4:c.769C>T`` in its three parts."""

    accession: str
    kind: str
    change: str

    @property
    def substitution(self) -> tuple[int, str, str] | None:
        """Position, reference and alternate base of a simple substitution."""
        found = _SUBSTITUTION.match(self.change)
        return None if found is None else (int(found[1]), found[2], found[3])


def parse_hgvs(text: str) -> Hgvs | None:
    """The parts of an HGVS expression, None when the text has not the shape of one."""
    found = _EXPRESSION.match(text.strip()) if len(text) <= MAX_LENGTH else None
    if found is None:
        return None
    shape = _PROTEIN if found["kind"] == "p" else _NUCLEOTIDE
    return Hgvs(found["accession"], found["kind"], found["change"]) if shape.match(found["change"]) else None
