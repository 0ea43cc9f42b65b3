"""What can go wrong with the phenotype knowledge, said in English and Japanese.

KnowledgeError          anything below; catch this at the edge (command line, page)
├── ParseError          a data file does not read as what it should be: names file and line
├── InstallError        a release or a label file could not be fetched or put in place
└── DamagedCache        a compiled folder is truncated, altered or of another format (handled by recompiling)
"""

from __future__ import annotations


class KnowledgeError(ValueError):
    """Base of the errors of this package; `en` and `ja` hold the same message in both languages."""

    def __init__(self, en: str, ja: str) -> None:
        super().__init__(en)
        self.en = en
        self.ja = ja

    def text(self, language: str) -> str:
        """The message in `language` ("ja" or anything else for English)."""
        return self.ja if language == "ja" else self.en


class ParseError(KnowledgeError):
    """A file's content is not what it should be. `source` is the file's name, `line` counts from 1 (0: whole file)."""

    def __init__(self, source: str, line: int, en: str, ja: str) -> None:
        place_en = f"{source}, line {line}" if line else source
        place_ja = f"{source} の {line} 行目" if line else source
        super().__init__(f"{place_en}: {en}", f"{place_ja}：{ja}")
        self.source = source
        self.line = line


class InstallError(KnowledgeError):
    """A release or a label file could not be fetched or put in place; what was there before still stands."""


class DamagedCache(KnowledgeError):
    """A compiled folder cannot be trusted; it is compiled anew from its sources."""
