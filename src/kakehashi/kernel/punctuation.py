"""Two texts put together with the punctuation of the language in force: Japanese has full-width colons and brackets."""

from typing import Any

from django.utils.translation import gettext as _


def labelled(label: Any, text: Any) -> str:
    """ "Match: K-ABCD", マッチ：K-ABCD."""
    return _("%(label)s: %(text)s") % {"label": label, "text": text}


def noted(text: Any, note: Any) -> str:
    """ "Marfan syndrome (OMIM:154700)", マルファン症候群（OMIM:154700）."""
    return _("%(text)s (%(note)s)") % {"text": text, "note": note}
