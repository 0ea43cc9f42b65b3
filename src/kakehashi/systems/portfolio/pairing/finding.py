"""What could carry an award on, and whose output it needs: found, with reasons, beside what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse

from kakehashi.engines.pairing.awards import Match, Opening
from kakehashi.engines.pairing.awards import Phase as PairedPhase
from kakehashi.engines.pairing.index import PairingIndex
from kakehashi.systems.portfolio.models import Award, Call, Found, PairingAnswer, Phase, Programme
from kakehashi.systems.portfolio.pairing.store import PHASES, history, paired
from kakehashi.systems.portfolio.pairing.words import English, english_terms, in_words

MOST = 10


@dataclass(frozen=True)
class Suggestion:
    """One thing found: what it is, its name and page, why, and what was answered."""

    found: str
    key: str
    place: int
    label: str
    url: str
    reasons: tuple[str, ...]
    answer: PairingAnswer | None


def suggestions(award: Award, index: PairingIndex, today: date) -> tuple[list[Suggestion], list[Suggestion]]:
    """The programmes and calls that could carry the award on, and the awards whose output it needs, best first."""
    asked = paired(award)
    answers = {
        (one.found, one.key): one for one in PairingAnswer.objects.filter(award=award).select_related("answered_by")
    }
    openings, labels = _openings(award, today)
    english = english_terms()
    carrying = [
        (labels[match.key], reasons)
        for match in index.openings(asked, openings, most=MOST, history=history())
        if (reasons := _reasons(match, english))  # nothing speaks for the others: they are the last of the list
    ]
    onward = [_suggestion(said, place, reasons, answers) for place, (said, reasons) in enumerate(carrying, 1)]
    matches = index.givers(asked, most=MOST)
    others = Award.objects.in_bulk([match.key for match in matches], field_name="number")
    givers = [
        _suggestion(
            (Found.GIVER, match.key, f"{match.key} {others[match.key].label()}"),
            place,
            _reasons(match, english),
            answers,
        )
        for place, match in enumerate(matches, 1)
        if match.key in others
    ]
    return onward, givers


def _openings(award: Award, today: date) -> tuple[list[Opening], dict[str, tuple[str, str, str]]]:
    openings: list[Opening] = []
    labels: dict[str, tuple[str, str, str]] = {}
    for call in Call.objects.filter(closes__gte=today).select_related("programme"):
        key = f"{Found.CALL}:{call.number}"
        text_ja, text_en = f"{call.name}。{call.summary}", f"{call.name_en}. {call.summary_en}"
        phases = frozenset({PHASES[call.phase]}) if call.phase else _phases(call.programme)
        openings.append(Opening(key, text_ja, text_en, phases, closes=call.closes, programme=call.programme.code))
        labels[key] = (Found.CALL, call.number, f"{call.number} {call.label()}")
    for programme in Programme.objects.filter(Q(ends=None) | Q(ends__gte=max(award.ends, today))):
        key = f"{Found.PROGRAMME}:{programme.code}"
        openings.append(Opening(key, programme.name, programme.name_en, _phases(programme), programme=programme.code))
        labels[key] = (Found.PROGRAMME, programme.code, programme.label())
    return openings, labels


def _phases(programme: Programme) -> frozenset[PairedPhase]:
    order = [str(phase) for phase in Phase]
    if not programme.first_phase or not programme.last_phase:
        return frozenset()
    first, last = order.index(programme.first_phase), order.index(programme.last_phase)
    return frozenset(PHASES[one] for one in order[first : last + 1])


def _reasons(match: Match, english: English) -> tuple[str, ...]:
    return tuple(text for one in match.reasons if (text := in_words(one, english)))


def _suggestion(
    said: tuple[str, str, str],
    place: int,
    reasons: tuple[str, ...],
    answers: dict[tuple[str, str], PairingAnswer],
) -> Suggestion:
    found, key, label = said
    url = {
        Found.GIVER: lambda: reverse("portfolio:award", args=[key]),
        Found.CALL: lambda: reverse("portfolio:call", args=[key]),
        Found.PROGRAMME: lambda: reverse("portfolio:programme", args=[key]),
    }.get(Found(found), lambda: "")()
    return Suggestion(found, key, place, label, url, reasons, answers.get((found, key)))
