"""What of an error goes into logs and is kept: its kind and its place in the code, never what it says.

An exception's text may quote a person's address, a name or a finding: the database's "Key (email)=(…) already exists",
a mail server's list of refused recipients, a validator's input. With KAKEHASHI_DEBUG=1 (never where patients are) the
log tells all.
"""

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any


def kind_and_place(error: BaseException) -> str:
    """ "IntegrityError at kakehashi/kernel/people/actions.py:84": the innermost place in our own code."""
    frames = _frames(error.__traceback__)
    ours = [place for place in frames if place.startswith("kakehashi/")]
    place = (ours or frames)[-1:]
    return " at ".join([type(error).__name__, *(one.partition(" ")[0] for one in place)])


class WithoutContents(logging.Formatter):
    """Writes tracebacks as files, lines, functions and kinds of errors, without their texts."""

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """The chain of errors, the cause first."""
        return "\nwhich led to\n".join(_told(error) for error in reversed(list(_chain(ei[1]))))


def _told(error: BaseException) -> str:
    return "\n".join([*(f"  {place}" for place in _frames(error.__traceback__)), type(error).__qualname__])


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _frames(trace: TracebackType | None) -> list[str]:
    """ "kakehashi/kernel/rules.py:12 judge" of each frame, the innermost last; files from their package on."""
    return [f"{_from_package(one.filename)}:{one.lineno} {one.name}" for one in traceback.extract_tb(trace)]


def _from_package(filename: str) -> str:
    for folder in ("site-packages/", "src/"):
        _before, found, rest = filename.rpartition(folder)
        if found:
            return rest
    return filename


def formatter(form: str, debug: bool) -> dict[str, Any]:
    """The formatter's entry in LOGGING."""
    return {"format": form} if debug else {"()": WithoutContents, "fmt": form}
