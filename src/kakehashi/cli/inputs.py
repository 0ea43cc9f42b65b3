"""Phenopacket files for the command line: read one after another, each mistake told on standard error.

A message names the file, the line or JSON path, what is wrong and what to do, in the person's language.
"""

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import click

from kakehashi.protocols.phenopacket.documents import Phenopacket
from kakehashi.protocols.phenopacket.problems import Language, Problem, shown
from kakehashi.protocols.phenopacket.reading import Entry, patients

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130
PROBLEMS_SHOWN: Final = 10
"""Of one document; the rest is counted."""


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
        return f"エラー: {place}: {problem.ja}\n  対処: {problem.hint_ja}"
    return f"error: {place}: {problem.en}\n  to do: {problem.hint_en}"


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
