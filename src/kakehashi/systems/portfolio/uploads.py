"""The text of a file that somebody hands in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kakehashi.kernel.errors import Invalid

NO_SIGN = re.compile("[\x80-\x9f\ue000-\uf8ff]")
"""What bytes of another encoding become in CP932: controls, and signs that each maker gives a meaning of his own."""


@dataclass(frozen=True)
class FileText:
    """A file's text; ``note`` says how it was read where that is not as one would take for granted."""

    text: str
    note: str = ""


def read_text(content: bytes, *, largest_mb: int) -> FileText:
    """The text of a file in UTF-8, or in Shift_JIS (CP932) as Excel saves CSV in Japan.

    Raises Invalid (under ``file``) for one that is too large, in neither, or holds the sign that no database keeps
    (NUL).
    """
    if len(content) > largest_mb * 1024 * 1024:
        raise Invalid({"file": [_("The file is larger than %(most)d MB: part it.") % {"most": largest_mb}]})
    found = _decoded(content)
    if "\0" in found.text:
        line = found.text[: found.text.index("\0")].count("\n") + 1
        raise Invalid({"file": [_("Line %(line)d holds a NUL character: take it out.") % {"line": line}]})
    return found


def text_of(content: bytes, *, largest_mb: int) -> str:
    """As ``read_text``, without how it was read."""
    return read_text(content, largest_mb=largest_mb).text


def _decoded(content: bytes) -> FileText:
    try:
        return FileText(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        said = _("The file is neither UTF-8 nor Shift_JIS (byte %(byte)d): save it as UTF-8.") % {"byte": error.start}
        try:
            text = content.decode("cp932")
        except UnicodeDecodeError:
            raise Invalid({"file": [said]}) from error
        if NO_SIGN.search(text):
            raise Invalid({"file": [said]}) from error
    return FileText(text, _("The file is not UTF-8: it was read as Shift_JIS. Look whether its words are right."))
