"""The reasons of the pairing engine as people read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kakehashi.engines.pairing.awards import Reason, Shared
from kakehashi.engines.pairing.terms import read_terms
from kakehashi.kernel.bilingual import in_english
from kakehashi.systems.portfolio.lineage.picture import gap_words
from kakehashi.systems.portfolio.models import DiseaseArea, Modality, Phase

MOST_WORDS = 4
JAPANESE = re.compile(r"[ぁ-ヿ一-鿿々ｦ-ﾟ]")
English = Mapping[str, str]
"""Of Japanese terms the English ones."""


def english_terms() -> dict[str, str]:
    """The English of the field's terms and of the disease areas; none where Japanese is read."""
    if not in_english():
        return {}
    areas = {one.name: one.name_en for one in DiseaseArea.objects.all() if one.name_en}
    return areas | {wording: term.en[0] for term in read_terms() for wording in term.ja}


def in_words(reason: Reason, english: English) -> str:
    """One reason as a sentence; one that stands against says so. "" for one that says nothing. ``english``: see
    ``english_terms``."""
    if reason.code in _OF_TEXTS:
        said = _OF_TEXTS[reason.code](_shared(reason.shared, english)) if reason.shared or reason.bits > 0 else ""
    else:
        said = _SAY[reason.code](reason) if reason.code in _SAY else ""
    if said and reason.bits < 0:
        return _("Against it: %(reason)s") % {"reason": said}
    return said


def _text(words: str) -> str:
    if not words:
        return _("Their texts are alike as a whole; no single word stands out.")
    return _("Both speak of %(words)s.") % {"words": words}


def _input(words: str) -> str:
    if not words:
        return _("What that one makes is like what this award uses; no single word stands out.")
    return _("This award uses what that one makes: %(words)s.") % {"words": words}


def _shared(shared: tuple[Shared, ...], english: English) -> str:
    """The words in common, each side's; what is Japanese and has no English that is known is left out in English."""
    pairs = [
        dict.fromkeys(word for word in (_word(one.asked, english), _word(one.found, english)) if word) for one in shared
    ]
    return ", ".join(list(dict.fromkeys(" / ".join(pair) for pair in pairs if pair))[:MOST_WORDS])


def _word(text: str, english: English) -> str:
    return english.get(text, "") if in_english() and JAPANESE.search(text) else text


def _phase(reason: Reason) -> str:
    labels = [str(list(Phase)[int(value) - 1].label) for value in reason.values]
    if reason.number is None or not labels:
        return ""
    named = {"phases": " – ".join(dict.fromkeys((labels[0], labels[-1])))}
    if reason.number > 0:
        return _("It takes the next step (%(phases)s).") % named
    if reason.number == 0:
        return _("It is of the same phase (%(phases)s).") % named
    return _("It is of an earlier phase (%(phases)s).") % named


def _modality(reason: Reason) -> str:
    names = [str(Modality(value).label) for value in reason.values if value in Modality.values]
    return _("Kind of product: %(names)s.") % {"names": ", ".join(names)} if names else ""


def _area(reason: Reason) -> str:
    names = [one.label() for one in DiseaseArea.objects.filter(code__in=reason.values)]
    return _("Disease area: %(names)s.") % {"names": ", ".join(names)} if names else ""


def _timing(reason: Reason) -> str:
    if reason.number is None:
        return ""
    return _("Between the two: %(gap)s.") % {"gap": gap_words(reason.number - 1)}


def _closes(reason: Reason) -> str:
    days = reason.number or 0
    if days < 0:
        text = ngettext(
            "One applies %(days)d day before this award ends.",
            "One applies %(days)d days before this award ends.",
            -days,
        )
        return text % {"days": -days}
    text = ngettext(
        "One may apply up to %(days)d day after this award ends.",
        "One may apply up to %(days)d days after this award ends.",
        days,
    )
    return text % {"days": days}


def _institutions(reason: Reason) -> str:
    return _("The same institution.") if reason.number else ""


def _history(reason: Reason) -> str:
    return _("How often awards of this programme went on there before.")


_OF_TEXTS: dict[str, Callable[[str], str]] = {"text": _text, "input": _input}
_SAY: dict[str, Callable[[Reason], str]] = {
    "phase": _phase,
    "modality": _modality,
    "area": _area,
    "timing": _timing,
    "closes": _closes,
    "institutions": _institutions,
    "history": _history,
}
