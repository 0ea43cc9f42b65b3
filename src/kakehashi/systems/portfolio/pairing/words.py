"""The reasons of the pairing engine as people read them."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kakehashi.engines.pairing.awards import Reason, Shared
from kakehashi.systems.portfolio.lineage.picture import gap_words
from kakehashi.systems.portfolio.models import DiseaseArea, Modality, Phase

MOST_WORDS = 4


def in_words(reason: Reason) -> str:
    """One reason as a sentence; one that stands against says so. "" for one that says nothing."""
    said = _SAY[reason.code](reason) if reason.code in _SAY else ""
    if said and reason.bits < 0:
        return _("Against it: %(reason)s") % {"reason": said}
    return said


def _text(reason: Reason) -> str:
    return _("Both speak of %(words)s.") % {"words": _shared(reason.shared)} if reason.shared else ""


def _input(reason: Reason) -> str:
    return _("This award uses what that one makes: %(words)s.") % {"words": _shared(reason.shared)}


def _shared(shared: tuple[Shared, ...]) -> str:
    pairs = [one.asked if one.asked == one.found else f"{one.asked} / {one.found}" for one in shared[:MOST_WORDS]]
    return ", ".join(pairs)


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


_SAY: dict[str, Callable[[Reason], str]] = {
    "text": _text,
    "input": _input,
    "phase": _phase,
    "modality": _modality,
    "area": _area,
    "timing": _timing,
    "closes": _closes,
    "institutions": _institutions,
    "history": _history,
}
