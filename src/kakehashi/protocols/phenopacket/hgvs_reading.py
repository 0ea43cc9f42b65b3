"""HGVS as people type and paste it: signs of other keyboards made plain, and what is missing said with an example.

``parse_hgvs`` is for files, tolerant of any reference; here a reference is a sequence, as HGVS nomenclature 21 has it.
"""

import re
import unicodedata
from typing import Final

from kakehashi.protocols.phenopacket.hgvs import MAX_LENGTH, parse_hgvs
from kakehashi.protocols.phenopacket.problems import Problem, Wording

EXAMPLE: Final = "NM_000138.5:c.3037G>A"

_SIGNS: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("→⟶➔➡⇒", ">") | {"›": ">"})
_UNSEEN: Final = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_SEQUENCE: Final = re.compile(
    r"(?:[NX][MRP]|N[CGTW]|AC)_\d{6,9}(?:\.\d+)?|LRG_\d+(?:[pt]\d+)?|ENS[A-Z]*[GTP]\d{11}(?:\.\d+)?"
    r"|[A-Z]{1,3}\d{5,8}(?:\.\d+)?",
    re.IGNORECASE,
)
_KIND: Final = re.compile(r"[cgmnopr]\.", re.IGNORECASE)
_CHROMOSOME: Final = re.compile(r"(?:chr)?(?:[1-9]|1\d|2[0-2]|[XYM]|MT)", re.IGNORECASE)
_IN_BRACKETS: Final = re.compile(r"([^()]+)\(([^()]+)\)")
_PROTEINS: Final = re.compile(r"[NXY]P_|ENS[A-Z]*P\d|LRG_\d+p|[A-Z]{3}\d", re.IGNORECASE)
_CHANGED_BASE: Final = re.compile(r"[-*]?\d+(?:[-+]\d+)?(?:_\d+)?(?:[ACGTU]+>[ACGTU]+|del|dup|ins|inv)", re.IGNORECASE)
_AMINO_THREE: Final = r"(?:Ala|Arg|Asn|Asp|Cys|Gln|Glu|Gly|His|Ile|Leu|Lys|Met|Phe|Pro|Sec|Ser|Thr|Trp|Tyr|Val|Ter)"
_PROTEIN: Final = re.compile(
    rf"\(?(?:{_AMINO_THREE}\d+\S*|[ACDEFGHIKLMNPQRSTVWY]\d+(?:[ACDEFGHIKLMNPQRSTVWYX*]|fs\S*))\)?"
)
_PARTS: Final = re.compile(r"[\s,;/、，；]+")


def _error(en: str, ja: str, hint_en: str, hint_ja: str) -> Wording:
    return Wording("error", en, ja, hint_en, hint_ja)


_OR_NOTE_EN: Final = "if it is not known, leave this empty and write the change into the note or the evidence"
_OR_NOTE_JA: Final = "分からなければ、この欄は空欄にして備考や根拠に記載してください"
WORDS: Final[dict[str, Wording]] = {
    "no-transcript": _error(
        "“{text}” does not say which transcript it counts on",
        "「{text}」にはどの転写産物上の位置かが記載されていません",
        f"write the transcript of the laboratory's report and a colon before it, as in {EXAMPLE}; " + _OR_NOTE_EN,
        f"検査報告書にある転写産物の番号とコロンを前に付けて、{EXAMPLE} のような形で記載してください。" + _OR_NOTE_JA,
    ),
    "no-chromosome": _error(
        "“{text}” does not say which chromosome's sequence it counts on",
        "「{text}」にはどの染色体の配列上の位置かが記載されていません",
        "write the chromosome's sequence with its version and a colon before it, as NC_000015.10: for chromosome 15 of "
        "GRCh38; or give chromosome and position instead",
        "GRCh38の15番染色体なら NC_000015.10: のように、染色体の配列の番号（版番号付き）とコロンを前に付けるか、"
        "染色体と位置で入力してください",
    ),
    "no-mitochondrial": _error(
        "“{text}” does not say which mitochondrial sequence it counts on",
        "「{text}」にはミトコンドリアのどの配列上の位置かが記載されていません",
        "write the sequence of the laboratory's report before it; the revised Cambridge one is NC_012920.1:{text}",
        "検査報告書にある配列の番号を前に付けてください。改訂ケンブリッジ参照配列なら NC_012920.1:{text} です",
    ),
    "protein-only": _error(
        "“{text}” says the change of the protein only",
        "「{text}」はタンパク質の変化だけを示しています",
        "different changes of the DNA can lead to it: write that of the laboratory's report, as "
        f"{EXAMPLE}; where only the protein is known, with its sequence, as NP_000129.3:p.Glu1013Lys",
        "同じ変化をもたらすDNAの変化は複数あり得ます。検査報告書にあるDNAの変化を "
        f"{EXAMPLE} のように記載してください。タンパク質の変化しか分からないときは、"
        "NP_000129.3:p.Glu1013Lys のように配列の番号を付けてください",
    ),
    "gene-for-transcript": _error(
        "“{reference}” is the name of a gene, not of a transcript",
        "「{reference}」は遺伝子の記号で、転写産物の番号ではありません",
        "a gene has several transcripts, and each counts differently: write the number of the laboratory's, as in "
        f"{EXAMPLE}; the gene goes into the field “Gene”",
        "遺伝子には転写産物が複数あり、位置の数え方が異なります。検査報告書にある転写産物の番号で "
        f"{EXAMPLE} のような形で記載し、遺伝子は「遺伝子」欄に入力してください",
    ),
    "transcript-in-brackets": _error(
        "“{text}” has the gene before the transcript",
        "「{text}」では遺伝子の記号が転写産物より前にあります",
        "write the transcript alone: {transcript}:{change}; the gene goes into the field “Gene”",
        "転写産物だけを {transcript}:{change} のように記載し、遺伝子は「遺伝子」欄に入力してください",
    ),
    "no-colon": _error(
        "“{text}” has no colon behind the sequence",
        "「{text}」には配列の番号の後のコロンがありません",
        "write {reference}:{change}",
        "{reference}:{change} と記載してください",
    ),
    "protein-on-transcript": _error(
        "“{reference}” is not the sequence of a protein, on which a change with p. counts",
        "「{reference}」はタンパク質の配列ではありません。p. の変化はタンパク質の配列上の位置です",
        f"write the change of the DNA, as {EXAMPLE}, or the protein's sequence, as NP_000129.3:p.Glu1013Lys",
        f"DNAの変化を {EXAMPLE} のように記載するか、NP_000129.3:p.Glu1013Lys のように"
        "タンパク質の配列の番号を付けてください",
    ),
    "chromosome-for-sequence": _error(
        "“{reference}” names a chromosome, but not of which assembly",
        "「{reference}」は染色体の名称で、どのアセンブリかが分かりません",
        "write the sequence with its version, as NC_000015.10 for chromosome 15 of GRCh38; or give assembly, "
        "chromosome and position instead",
        "GRCh38の15番染色体なら NC_000015.10 のように配列の番号（版番号付き）で記載するか、"
        "アセンブリ・染色体・位置で入力してください",
    ),
    "no-kind": _error(
        "“{text}” does not say what it counts on",
        "「{text}」には何に基づく位置かが記載されていません",
        f"write c. (coding DNA), g. (genome), n. or m. before the position, as {EXAMPLE}",
        f"位置の前に c.（コード領域）、g.（ゲノム）、n.、m. のいずれかを付けて {EXAMPLE} のように記載してください",
    ),
    "several": _error(
        "“{text}” holds more than one change",
        "「{text}」には変化が複数記載されています",
        "write one in a field, only that of the DNA: {first}",
        "1つの欄には1つ、DNAの変化だけを記載してください：{first}",
    ),
    "strange-sign": _error(
        "“{text}” holds a sign that HGVS has not: {signs}",
        "「{text}」にHGVSで使わない文字があります：{signs}",
        f"use plain letters, digits and signs, as {EXAMPLE}",
        f"半角の英数字と記号で {EXAMPLE} のように記載してください",
    ),
    "change": _error(
        "“{change}” cannot be read as a change",
        "「{change}」を変化として読み取れません",
        "write position, old base, >, new base, as c.3037G>A; or c.76_78del, c.76dup, c.76_77insT, c.1165+1G>A; "
        "IVS4+1G>A and A123G are old spellings",
        "位置・元の塩基・>・変化後の塩基の順に c.3037G>A のように、または c.76_78del、c.76dup、c.76_77insT、"
        "c.1165+1G>A のように記載してください。IVS や A123G は旧表記です",
    ),
    "unreadable": _error(
        "“{text}” cannot be read as HGVS",
        "「{text}」をHGVSとして読み取れません",
        f"write transcript, colon and change, as {EXAMPLE}; " + _OR_NOTE_EN,
        f"転写産物・コロン・変化の順に {EXAMPLE} のように記載してください。" + _OR_NOTE_JA,
    ),
}


def readable(typed: str) -> str:
    """What was typed in the signs of HGVS: full-width ones made plain, arrows and dashes too, blanks taken out.

    What reads as it stands is left as it stands; so is what cannot be read either way.
    """
    text = typed.strip()
    if parse_hgvs(text) is not None:
        return text
    plain = _plain(text)
    return plain if parse_hgvs(plain) is not None else text


def hgvs_problem(typed: str) -> Problem | None:
    """What is missing or wrong, and what to do; None for an expression that can be read, on a reference sequence."""
    text = typed.strip()
    if len(text) > MAX_LENGTH:
        return _problem("unreadable", text=text)
    plain = _plain(text)
    found = parse_hgvs(plain)
    if found is not None and _is_sequence(found.accession):
        return _on_its_sequence(plain)
    if found is None and (first := _first_of_several(text)):
        return _problem("several", text=text, first=first)
    if found is None and (strange := sorted({sign for sign in plain if not sign.isascii()})):
        return _problem("strange-sign", text=text, signs=" ".join(strange))
    reference, colon, rest = plain.rpartition(":")
    if not colon:
        return _without_colon(text, plain)
    if (held := _IN_BRACKETS.fullmatch(reference)) and _is_sequence(held[2]):
        return _problem("transcript-in-brackets", text=text, transcript=held[2], change=rest)
    bare = re.sub(r"\(.*\)$", "", reference)
    if not _is_sequence(bare):
        code = "chromosome-for-sequence" if _CHROMOSOME.fullmatch(bare) else "gene-for-transcript"
        return _problem(code if bare else "unreadable", text=text, reference=bare, change=rest)
    return _problem("change" if _KIND.match(rest) else "no-kind", text=text, change=rest)


def _on_its_sequence(plain: str) -> Problem | None:
    """A change of a protein counts on a protein's sequence alone."""
    reference, _colon, change = plain.rpartition(":")
    if change.startswith("p.") and not _PROTEINS.match(reference):
        return _problem("protein-on-transcript", reference=reference)
    return None


def _without_colon(text: str, plain: str) -> Problem:
    """What is typed without a colon: behind a blank stands the change, or all of it is one."""
    reference, _blank, change = unicodedata.normalize("NFKC", text).translate(_SIGNS).strip().partition(" ")
    if _KIND.match(change := change.strip()) and not _KIND.match(reference):
        if _is_sequence(reference):
            return _problem("no-colon", text=text, reference=reference, change=change)
        return _problem("gene-for-transcript", reference=reference)
    return _without_reference(plain)


def _without_reference(text: str) -> Problem:
    kind = text[:2].lower() if _KIND.match(text) else ""
    if kind == "p." or (not kind and _PROTEIN.fullmatch(text)):
        return _problem("protein-only", text=text)
    if kind in ("g.", "m.", "o."):
        return _problem("no-mitochondrial" if kind == "m." else "no-chromosome", text=text)
    if kind:
        return _problem("no-transcript", text=text)
    if _CHANGED_BASE.match(text):
        return _problem("no-transcript", text=f"c.{text}")
    return _problem("unreadable", text=text)


def _first_of_several(text: str) -> str:
    """The first expression that can be read by itself, where more stands behind it; "" for none."""
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    parts = [part.strip("()[]") for part in _PARTS.split(plain) if part.strip("()[]")]
    if sum(bool(_KIND.search(part)) for part in parts) < 2:
        return ""
    return next((part for part in parts if parse_hgvs(part) is not None), EXAMPLE)


def _is_sequence(accession: str) -> bool:
    return _SEQUENCE.fullmatch(re.sub(r"\(.*\)$", "", accession)) is not None


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.replace("&gt;", ">")).translate(_SIGNS)
    plain = _UNSEEN.sub("", plain).rstrip(".,;。、")
    reference, colon, change = plain.rpartition(":")
    if _KIND.match(change):
        change = change[0].lower() + change[1:]
    known = _SEQUENCE.match(reference)
    if known and not known[0].upper().startswith("LRG"):
        reference = known[0].upper() + reference[known.end() :]
    return reference + colon + change


def _problem(code: str, **values: object) -> Problem:
    return WORDS[code].problem(code, "", **values)
