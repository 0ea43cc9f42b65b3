"""Phenopacket files for the command line: read one after another, each mistake told on standard error.

A message names the file, the line or JSON path, what is wrong and what to do, in the person's language.
"""

import contextlib
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, cast

import click

from kakehashi.cli import preferred_language, text
from kakehashi.protocols.phenopacket.documents import Phenopacket
from kakehashi.protocols.phenopacket.problems import Language, Problem, shown
from kakehashi.protocols.phenopacket.reading import Entry, patients

OUT_OF_ORDER: Final = 1
BAD_INPUT: Final = 2
INTERRUPTED: Final = 130
PROBLEMS_SHOWN: Final = 10
"""Of one document; the rest is counted."""


language_option: Final = click.option(
    "--language",
    type=click.Choice(("en", "ja")),
    default=None,
    help=text(
        "Language of tables, labels and messages. Default: the locale's; in JSON English.",
        "表・ラベル・メッセージの言語。既定はロケールの言語（JSON では英語）。",
    ),
)


def spoken(language: str | None) -> Language:
    """The language of messages: as asked, else the locale's."""
    return cast(Language, language or preferred_language())


@contextlib.contextmanager
def quiet_end(language: Language) -> Iterator[None]:
    """Ctrl-C ends without words; an ontology or index that is out of order is said in the person's language."""
    from kakehashi.engines.phenotype.problems import KnowledgeError

    try:
        yield
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except KnowledgeError as error:
        click.echo(f"{'エラー：' if language == 'ja' else 'error: '}{error.text(language)}", err=True)
        raise SystemExit(OUT_OF_ORDER) from None


class BadInput(click.ClickException):
    """Bad input ended the command; what was wrong is already told."""

    exit_code = BAD_INPUT

    def __init__(self) -> None:
        super().__init__("bad input")

    def show(self, file: object = None) -> None:
        """Nothing more to say."""


class Inputs:
    """Reads the files of one command. ``bad`` counts documents that could not be read."""

    def __init__(self, language: Language, *, keep_going: bool) -> None:
        self.language = language
        self.keep_going = keep_going
        self.bad = 0

    def patients(self, names: Iterable[str]) -> Iterator[Entry[Phenopacket]]:
        """Every readable patient in order. Raises BadInput at the first other one, unless the command keeps going."""
        for name in names:
            entries = patients(sys.stdin.buffer, "-") if name == "-" else patients(Path(name))
            for entry in entries:
                if entry.document is not None:
                    yield entry
                    continue
                self.bad += 1
                self.tell(entry.source, entry.problems)
                if not self.keep_going:
                    raise BadInput

    def tell(self, source: str, problems: tuple[Problem, ...]) -> None:
        """Say on standard error what is wrong with a document."""
        for problem in problems[:PROBLEMS_SHOWN]:
            click.echo(told(source, problem, self.language), err=True)
        if len(problems) > PROBLEMS_SHOWN:
            click.echo(f"… +{len(problems) - PROBLEMS_SHOWN}", err=True)

    def finish(self) -> None:
        """Raise BadInput when anything was bad, now that all good patients are answered."""
        if self.bad:
            raise BadInput


def told(source: str, problem: Problem, language: Language) -> str:
    """``error: patients.jsonl, line 3, $.subject.sex: …`` and below it what to do."""
    name = shown(source, 300)
    if source == "-":
        name = "標準入力" if language == "ja" else "standard input"
    path = "" if problem.path == "$" else problem.path
    line = "" if problem.line is None else f"{problem.line} 行目" if language == "ja" else f"line {problem.line}"
    place = (" " if language == "ja" else ", ").join(part for part in (name, line, path) if part)
    if language == "ja":
        kind = "エラー" if problem.severity == "error" else "警告"
        return f"{kind}：{place}：{problem.ja}\n  対処：{problem.hint_ja}"
    return f"{problem.severity}: {place}: {problem.en}\n  to do: {problem.hint_en}"


class Progress:
    """Counts patients on standard error, only where a person watches and the answers go elsewhere."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.count = 0
        self._shown = False
        self._next = time.monotonic() + 0.5
        self._on = sys.stderr.isatty() and not sys.stdout.isatty()

    def step(self) -> None:
        """One more patient is done."""
        self.count += 1
        if self._on and (now := time.monotonic()) > self._next:
            self._next = now + 0.2
            self._shown = True
            click.echo(f"\r{self.count:,} {'名' if self.language == 'ja' else 'patients'}", err=True, nl=False)

    def done(self) -> None:
        """Clear the line."""
        if self._shown:
            click.echo("\r\x1b[K", err=True, nl=False)
