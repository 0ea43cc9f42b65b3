"""Writes the tables of problem codes into docs/reference/phenopackets.md; a test holds them current."""

import re
from collections.abc import Mapping
from pathlib import Path

from kakehashi.protocols.phenopacket.checking_problems import CHECKING
from kakehashi.protocols.phenopacket.problems import Wording
from kakehashi.protocols.phenopacket.reading_problems import READING

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "phenopackets.md"


def table(words: Mapping[str, Wording]) -> str:
    """One row a code, with what is wrong and what to do in both languages."""
    rows = [
        f"| `{code}` | {word.severity} | {word.en}<br>{word.ja} | {word.hint_en}<br>{word.hint_ja} |"
        for code, word in words.items()
    ]
    return "\n".join(["| code | severity | what is wrong | what to do |", "| --- | --- | --- | --- |", *rows])


def page(text: str) -> str:
    """The page with its tables brought up to date."""
    for name, words in (("reading", READING), ("checking", CHECKING)):
        pattern = rf"(<!-- {name}: [^\n]* -->\n).*?(<!-- end -->)"
        body = table(words).replace("\\", r"\\") + "\n"
        text = re.sub(pattern, rf"\g<1>{body}\g<2>", text, flags=re.DOTALL)
    return text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
