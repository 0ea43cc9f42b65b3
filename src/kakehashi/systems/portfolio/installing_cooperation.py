"""What the documents tell of partners abroad, written into a node: memoranda, the map, calls, workshops, offices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from kakehashi.kernel.fiscal import fiscal_year
from kakehashi.systems.portfolio.facts.shapes.base import Fact, Text
from kakehashi.systems.portfolio.facts.shapes.facts import Facts
from kakehashi.systems.portfolio.models import (
    Cooperation,
    CooperationCountry,
    CooperationKind,
    CooperationStanding,
    Programme,
)
from kakehashi.systems.portfolio.models.lineage import Precision

KINDS = {
    "workshop": CooperationKind.WORKSHOP,
    "symposium": CooperationKind.SYMPOSIUM,
    "joint-call": CooperationKind.JOINT_CALL,
    "survey": CooperationKind.SURVEY,
    "exchange": CooperationKind.EXCHANGE,
    "statement": CooperationKind.STATEMENT,
    "partnership": CooperationKind.PARTNERSHIP,
}
PRECISIONS = {4: Precision.YEAR, 7: Precision.MONTH, 10: Precision.DAY}
"""How exactly a day is told, by the length of its text: 2016, 2016-03, 2016-03-31."""


@dataclass
class Written:
    """One thing done together, as it is to stand."""

    code: str
    kind: str
    fact: Fact
    name: tuple[str, str]
    partner: tuple[str, str] = ("", "")
    about: tuple[str, str] = ("", "")
    countries: Iterable[str] = ()
    programme: str | None = None
    when: str | None = None
    year: int | None = None
    standing: str = CooperationStanding.HELD
    awards: int | None = None


def install_cooperation(told: Facts, source_of: Callable[[Facts, Fact], str]) -> int:
    """Write what is not there yet; answers how many were written."""
    programmes = Programme.objects.in_bulk(field_name="code")
    made = 0
    for one in (*_memoranda(told), *_joint_research(told), *_activities(told), *_awards(told), *_offices(told)):
        on, precision = day_of(one.when)
        row, new = Cooperation.objects.get_or_create(
            code=one.code,
            defaults={
                "kind": one.kind,
                "name": one.name[0],
                "name_en": one.name[1],
                "partner": one.partner[0],
                "partner_en": one.partner[1],
                "field": one.about[0],
                "field_en": one.about[1],
                "programme": programmes.get(one.programme or ""),
                "on": on,
                "precision": precision,
                "fiscal_year": one.year if one.year is not None else year_of(on, precision),
                "standing": one.standing,
                "awards": one.awards,
                "source": source_of(told, one.fact),
            },
        )
        if new:
            made += 1
            rows = [CooperationCountry(cooperation=row, country=code) for code in one.countries]
            CooperationCountry.objects.bulk_create(rows)
    return made


def day_of(when: str | None) -> tuple[date | None, str]:
    """The first day of what a text says (2016, 2016-03), and how exactly it says it."""
    if when is None:
        return None, Precision.DAY
    return date.fromisoformat(f"{when}-01-01"[:10]), PRECISIONS[len(when)]


def year_of(on: date | None, precision: str) -> int | None:
    """The fiscal year of a day; of a calendar year alone none can be told."""
    return fiscal_year(on) if on is not None and precision != Precision.YEAR else None


def _both(text: Text | None) -> tuple[str, str]:
    return (text.ja, text.en) if text else ("", "")


def _memoranda(told: Facts) -> Iterator[Written]:
    for one in told.memoranda:
        name = _both(one.about) if one.about else ("協力覚書", "Memorandum of co-operation")
        japanese, english = one.partner.ja, one.partner.en
        if one.acronym and one.acronym not in japanese:
            japanese = f"{japanese}（{one.acronym}）"
        if one.acronym:
            english = f"{english} ({one.acronym})"
        yield Written(
            one.key,
            CooperationKind.MEMORANDUM,
            one,
            name,
            partner=(japanese, english),
            countries=[one.country] if one.country else [],
            when=one.signed,
            year=one.fiscal_year,
        )


def _joint_research(told: Facts) -> Iterator[Written]:
    """One for each mark of the map: joint projects in a country, under a scheme, in a field."""
    fields = {one.key: one.name for one in told.joint_fields}
    for one in told.joint_research:
        scheme, about = told.programme(one.scheme).name, fields[one.field]
        yield Written(
            f"map-{one.country}-{one.scheme}-{one.field}".lower(),
            CooperationKind.JOINT_RESEARCH,
            one,
            (scheme.ja, scheme.en),
            about=_both(about),
            countries=[one.country],
            programme=one.scheme,
            when=one.as_of.isoformat(),
        )


def _activities(told: Facts) -> Iterator[Written]:
    for one in told.international_activities:
        name = _both(one.what) if one.what else _both(one.field)
        japanese, english = ((partner.ja for partner in one.partners), (partner.en for partner in one.partners))
        yield Written(
            one.key,
            KINDS[one.kind],
            one,
            name,
            partner=("、".join(japanese), ", ".join(english)),
            about=_both(one.field),
            countries=one.countries,
            programme=one.programme,
            when=one.when,
            year=one.fiscal_year,
            standing=one.standing.replace("-", "_"),
            awards=one.awards,
        )


def _awards(told: Facts) -> Iterator[Written]:
    for one in told.aspire_awards:
        yield Written(
            one.key,
            CooperationKind.JOINT_AWARD,
            one,
            _both(one.title),
            partner=_both(one.institution),
            countries=one.countries,
            programme="aspire",
            awards=1,
        )


def _offices(told: Facts) -> Iterator[Written]:
    for one in told.offices:
        about = ("、".join(region.ja for region in one.regions), ", ".join(region.en for region in one.regions))
        yield Written(
            one.key,
            CooperationKind.OFFICE,
            one,
            _both(one.name),
            about=about,
            countries=[one.country],
            when=one.opened,
        )
