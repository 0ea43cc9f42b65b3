"""What can be wrong with a phenopacket, said in English and Japanese: where, what, and what to do.

``Problem`` is one finding; ``Catalogue`` rows (in ``catalogue.py``) hold the words. ``PhenopacketError`` carries the
problems that stop a text from being read at all.
"""

from dataclasses import dataclass, replace
from typing import Literal

Severity = Literal["error", "warning"]
Language = Literal["en", "ja"]


def shown(value: object, length: int = 80) -> str:
    """A value from a file, safe to print: control characters visible, cut to ``length`` characters."""
    text = "".join(mark if mark.isprintable() else f"\\x{ord(mark):02x}" for mark in str(value)[: length + 1])
    return text if len(text) <= length else text[: length - 1] + "…"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: ``path`` is a JSON path such as ``$.phenotypicFeatures[3].type.id``."""

    code: str
    severity: Severity
    path: str
    en: str
    ja: str
    hint_en: str
    hint_ja: str
    line: int | None = None

    def text(self, language: Language = "en") -> str:
        """What is wrong."""
        return self.ja if language == "ja" else self.en

    def hint(self, language: Language = "en") -> str:
        """What to do about it."""
        return self.hint_ja if language == "ja" else self.hint_en

    def beneath(self, prefix: str) -> "Problem":
        """The same problem, in a document that itself lies at ``prefix`` (``$[3]``, ``$.members[0]``)."""
        return self if prefix == "$" else replace(self, path=prefix + self.path.removeprefix("$"))

    def at_line(self, line: int | None) -> "Problem":
        """The same problem, in the given line of its file."""
        return self if line is None else replace(self, line=line)


class PhenopacketError(ValueError):
    """A text, tree or file that cannot be read as phenopackets; ``problems`` says why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{problem.path}: {problem.en}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one kind of problem; ``{names}`` are filled in when it is found."""

    severity: Severity
    en: str
    ja: str
    hint_en: str
    hint_ja: str

    def problem(self, code: str, path: str, **values: object) -> Problem:
        """Fill the words in. Values come from strangers' files, so they are made safe to print."""
        safe = {name: shown(value, 400 if name == "allowed" else 80) for name, value in values.items()}
        return Problem(
            code=code,
            severity=self.severity,
            path=path,
            en=self.en.format(**safe),
            ja=self.ja.format(**safe),
            hint_en=self.hint_en.format(**safe),
            hint_ja=self.hint_ja.format(**safe),
        )
