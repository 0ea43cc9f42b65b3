"""What an award makes and what it needs, as far as its text says so: 「Xを用いたYの開発」, "development of Y using X".

Cues of the language only; a text that names no input has none, and nothing can be found for it.
"""

from __future__ import annotations

import re

from kakehashi.engines.pairing.reading import normal

_NEEDS_JA = re.compile(
    r"(?P<thing>[^、。,;；:()「」]{2,40}?)(?:を(?:用い|利用し|使用し|使っ|使う|活用し|応用し|必要と)|に基づ|をもとに|が必要|により|によって)"
)
_MAKES_JA = re.compile(
    r"(?P<thing>[^、。,;；:()「」]{2,60}?)(?:を|の)(?:新規)?(?:開発|樹立|確立|作製|作成|構築|同定|創出|創製|製造|提供|整備|試作|取得)"
)
_MADE_WITH_JA = re.compile(
    r".*(?:を(?:用い|利用し|使用し|使っ|活用し|応用し)[たてる]?|に基づ[くいた]+|による|により|によって)"
)
_NEEDS_EN = re.compile(
    r"\b(?:using|based\s+on|by\s+means\s+of|with\s+the\s+(?:use|help)\s+of|employing|utili[sz]ing|rel(?:y|ies|ying)\s+on|need(?:s|ing)?|"
    r"requir(?:e|es|ing)|depend(?:s|ing)?\s+on)\s+(?P<thing>[^.,;:()]{3,80})",
    re.IGNORECASE,
)
_MAKES_EN = re.compile(
    r"\b(?:develop(?:ment\s+of|ing|s|ed)?|establish(?:ment\s+of|ing|es|ed)?|identif(?:ication\s+of|ying|ies|ied)|"
    r"construct(?:ion\s+of|ing|s|ed)?|creat(?:ion\s+of|ing|es|ed)|generat(?:ion\s+of|ing|es|ed)|build(?:ing|s)?|built|"
    r"provid(?:ing|es|ed?)|discovery\s+of|preparation\s+of|production\s+of|supply\s+of)\s+(?P<thing>[^.,;:()]{3,100})",
    re.IGNORECASE,
)
_CUE_EN = re.compile(
    r"\b(?:using|based\s+on|by\s+means\s+of|with\s+the\s+(?:use|help)\s+of|employing|utili[sz]ing|for|to|against)\b",
    re.I,
)


def needs(text_ja: str, text_en: str) -> tuple[str, str]:
    """What an award is said to use, in each language; "" where nothing is said."""
    japanese = [match["thing"] for match in _NEEDS_JA.finditer(normal(text_ja))]
    english = [_CUE_EN.split(match["thing"])[0] for match in _NEEDS_EN.finditer(normal(text_en))]
    return "。".join(filter(None, japanese)), ". ".join(filter(None, english))


def makes(text_ja: str, text_en: str) -> tuple[str, str]:
    """What an award is said to bring forth, in each language, without what it is made with or for."""
    japanese = [_MADE_WITH_JA.sub("", match["thing"]) for match in _MAKES_JA.finditer(normal(text_ja))]
    english = [_CUE_EN.split(match["thing"])[0] for match in _MAKES_EN.finditer(normal(text_en))]
    return "。".join(filter(None, japanese)), ". ".join(filter(None, english))
