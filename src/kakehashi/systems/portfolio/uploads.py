"""The text of a file that somebody hands in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kakehashi.kernel.errors import Invalid


def text_of(content: bytes, *, largest_mb: int) -> str:
    """The text of a file in UTF-8. Raises Invalid (under ``file``) for one that is too large, not UTF-8, or holds the
    sign that no database keeps (NUL)."""
    if len(content) > largest_mb * 1024 * 1024:
        raise Invalid({"file": [_("The file is larger than %(most)d MB: part it.") % {"most": largest_mb}]})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = _("The file is not UTF-8 (byte %(byte)d): save it as UTF-8.") % {"byte": error.start}
        raise Invalid({"file": [said]}) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Invalid({"file": [_("Line %(line)d holds a NUL character: take it out.") % {"line": line}]})
    return text
