"""How papers acknowledge an award, in both languages."""

from __future__ import annotations

from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.systems.portfolio.models import Award
from kakehashi.systems.portfolio.numbers import acknowledgement_number


def acknowledgements_of(award: Award) -> dict[str, str]:
    """The sentence by language; empty where the award's number is not one of the agency's."""
    number = acknowledgement_number(award.number)
    if not number:
        return {}
    agencies = list(Organisation.objects.filter(kind=Kind.AGENCY).order_by("pk")[:2])
    one = agencies[0] if len(agencies) == 1 else None
    name, name_en = (one.label("ja"), one.label("en")) if one else ("資金配分機関", "the funding agency")
    return {
        "ja": f"本研究は、{name}の課題番号{number}の支援を受けた。",
        "en": f"This research was supported by {name_en} under Grant Number {number}.",
    }
