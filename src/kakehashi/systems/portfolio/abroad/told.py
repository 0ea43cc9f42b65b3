"""What is said of one thing done together, as people and files write it: plain texts, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from kakehashi.systems.portfolio.csv_cells import Choices, day_in_part, day_of
from kakehashi.systems.portfolio.installing_cooperation import PRECISIONS, year_of
from kakehashi.systems.portfolio.models import Cooperation, CooperationKind, CooperationStanding, Programme
from kakehashi.systems.portfolio.models.lineage import Precision

FIELDS = (
    "kind",
    "name",
    "name_en",
    "partner",
    "partner_en",
    "field",
    "field_en",
    "countries",
    "programme",
    "when",
    "fiscal_year",
    "standing",
    "awards",
    "ended_on",
    "source",
)
"""What is said of a row, in the order of a file's columns."""
TEXTS = {"name": 300, "name_en": 300, "partner": 300, "partner_en": 300, "field": 200, "field_en": 200, "source": 300}
"""The longest that each text may be."""
LENGTHS = {precision: length for length, precision in PRECISIONS.items()}
YEARS = range(1900, 2200)
BOUNDS = (date(YEARS.start, 1, 1), date(YEARS.stop - 1, 12, 31))
TOLD = {1: Precision.YEAR, 2: Precision.MONTH, 3: Precision.DAY}
"""How exactly a day is known by how many of year, month and day are told."""
KIND, STANDING = Choices(CooperationKind.choices), Choices(CooperationStanding.choices)
MOST_AWARDS = 32_767
BEYOND_ISO = "EU"
BETWEEN_COUNTRIES = frozenset({"memorandum", "joint_research", "joint_call", "joint_award", "office"})
"""The kinds that are nothing without a country; a workshop or a statement may be everybody's."""


@dataclass
class Read:
    """What was said, as the row's fields, and what is wrong with it by field."""

    values: dict[str, object] = field(default_factory=dict)
    countries: tuple[str, ...] = ()
    faults: dict[str, list[str]] = field(default_factory=dict)


def said_of(row: Cooperation) -> dict[str, str]:
    """What a row says, as ``FIELDS`` of plain text: what ``read`` makes the same row of."""
    on = row.on.isoformat()[: LENGTHS.get(Precision(row.precision), 10)] if row.on else ""
    derived = year_of(row.on, row.precision) if row.on else None
    return {
        "kind": row.kind,
        "name": row.name,
        "name_en": row.name_en,
        "partner": row.partner,
        "partner_en": row.partner_en,
        "field": row.field,
        "field_en": row.field_en,
        "countries": " ".join(sorted(one.country for one in row.countries.all())),
        "programme": row.programme.code if row.programme else "",
        "when": on,
        "fiscal_year": "" if row.fiscal_year is None or row.fiscal_year == derived else str(row.fiscal_year),
        "standing": row.standing,
        "awards": "" if row.awards is None else str(row.awards),
        "ended_on": row.ended_on.isoformat() if row.ended_on else "",
        "source": row.source,
    }


def read(said: Mapping[str, str], programmes: Mapping[str, Programme] | None = None) -> Read:
    """The fields of a row from plain text; ``programmes`` by code, where many rows are read."""
    given = {name: str(said.get(name) or "").strip() for name in FIELDS}
    told = Read()
    for name, longest in TEXTS.items():
        told.values[name] = given[name]
        if len(given[name]) > longest:
            told.faults[name] = [_("At most %(most)d characters.") % {"most": longest}]
    if not given["name"]:
        told.faults["name"] = [_("Say what is done together.")]
    given["standing"] = given["standing"] or CooperationStanding.HELD
    for name, choices in (("kind", KIND), ("standing", STANDING)):
        told.values[name] = given[name]
        try:
            told.values[name] = choices.read(given[name])
        except ValueError as error:
            told.faults[name] = [str(error)]
    told.countries = tuple(sorted(set(given["countries"].upper().replace(",", " ").replace(";", " ").split())))
    if strange := [code for code in told.countries if code not in _countries()]:
        text = _("No country has this code: %(codes)s. Write two letters of ISO 3166, such as US, or EU.")
        told.faults["countries"] = [text % {"codes": ", ".join(strange)}]
    _programme(told, given["programme"], programmes)
    _days(told, given)
    told.values["awards"] = _number(told, "awards", given["awards"], range(MOST_AWARDS + 1))
    return told


def lacking(told: Read) -> dict[str, list[str]]:
    """What a person who records a row has to say beside what a file has to: where, but for what may have no country."""
    if told.countries or told.values["kind"] not in BETWEEN_COUNTRIES:
        return {}
    return {"countries": [_("Say with which country it is done, or EU.")]}


def _programme(told: Read, code: str, programmes: Mapping[str, Programme] | None) -> None:
    found = None
    if code:
        found = programmes.get(code) if programmes is not None else Programme.objects.filter(code=code).first()
        if found is None:
            told.faults["programme"] = [_("No programme has the code %(code)s.") % {"code": code}]
    told.values["programme"] = found


def _days(told: Read, given: Mapping[str, str]) -> None:
    told.values |= {"on": None, "precision": Precision.DAY, "ended_on": None}
    year = _number(told, "fiscal_year", given["fiscal_year"], YEARS)
    if given["when"]:
        try:
            on, parts = day_in_part(given["when"], BOUNDS)
        except ValueError as error:
            told.faults["when"] = [str(error)]
        else:
            precision = TOLD[parts]
            told.values |= {"on": on, "precision": precision}
            year = year if year is not None else year_of(on, precision)
    told.values["fiscal_year"] = year
    if given["ended_on"]:
        try:
            told.values["ended_on"] = day_of(given["ended_on"], BOUNDS)
        except ValueError as error:
            told.faults["ended_on"] = [str(error)]
    began, ended = told.values["on"], told.values["ended_on"]
    if isinstance(began, date) and isinstance(ended, date) and ended < began:
        told.faults["ended_on"] = [_("It does not end before it begins.")]


def _number(told: Read, name: str, said: str, allowed: range) -> int | None:
    if not said:
        return None
    if said.isascii() and said.isdigit() and len(said) <= 6 and int(said) in allowed:
        return int(said)
    values = {"least": allowed.start, "most": allowed.stop - 1}
    told.faults[name] = [_("Write a whole number from %(least)d to %(most)d.") % values]
    return None


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    from babel import Locale  # some 50 ms that only those who write countries wait for

    codes: Iterable[str] = Locale("en").territories
    return frozenset({code for code in codes if len(code) == 2 and code.isalpha() and code != "ZZ"} | {BEYOND_ISO})
