"""Two texts put together with the punctuation of the language in force: Japanese has full-width colons and brackets."""

import re
from typing import Any

from django.utils.translation import gettext as _

BRACKETED = re.compile(r"[(（]([^()（）]*)[)）]")
SQUARE = str.maketrans("()（）", "[]［］")


def labelled(label: Any, text: Any) -> str:
    """ "Match: K-ABCD", マッチ：K-ABCD."""
    return _("%(label)s: %(text)s") % {"label": label, "text": text}


def noted(text: Any, note: Any) -> str:
    """ "Marfan syndrome (OMIM:154700)", マルファン症候群（OMIM:154700）.

    Brackets are never doubled: those within the note become square ones, those around all of it are its own.
    """
    return _("%(text)s (%(note)s)") % {"text": text, "note": within_brackets(note)}


def within_brackets(note: Any) -> str:
    """A text as it stands in brackets of another: its own become square ones."""
    said = str(note).strip()
    whole = BRACKETED.fullmatch(said)
    return whole[1] if whole else said.translate(SQUARE)
