"""What an address asks for, as values: how told apart, of what; and back again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.dateparse import parse_date

from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.systems.cases.course.states import PhenotypeGroup
from kakehashi.systems.cases.outcomes.periods import period_of
from kakehashi.systems.cases.outcomes.queries import Asked, award_named, organisations_within
from kakehashi.systems.cases.outcomes.rules import Scope
from kakehashi.systems.cases.outcomes.tallies import Slice, only_synthetic
from kakehashi.systems.cases.outcomes.words import By, Unit

SYNTHETIC_ONLY = "only"


@dataclass(frozen=True)
class Wanted:
    """An address in words; "" leaves a thing open. ``first`` and ``last`` are days as 2018-04-01.

    ``synthetic``: "only" for made-up patients, "" for real ones.
    """

    by: str = By.PERIOD
    unit: str = Unit.YEAR
    first: str = ""
    last: str = ""
    centre: str = ""
    hub: str = ""
    region: str = ""
    group: str = ""
    award: str = ""
    synthetic: str = ""

    def query(self, **changes: str) -> str:
        """The address's query, with some of it changed."""
        said = {name: value for name, value in vars(replace(self, **changes)).items() if value}
        return urlencode({name: str(value) for name, value in said.items()})


def read_address(sent: Mapping[str, str]) -> Wanted:
    """What an address asks for; what it asks wrongly is left out."""
    wanted = {name: sent.get(name, "").strip()[:60] for name in Wanted.__dataclass_fields__}
    wanted["by"] = wanted["by"] if wanted["by"] in By.values else By.PERIOD
    wanted["unit"] = wanted["unit"] if wanted["unit"] in Unit.values else Unit.YEAR
    wanted["group"] = wanted["group"] if wanted["group"] in PhenotypeGroup.values else ""
    wanted["synthetic"] = wanted["synthetic"] if wanted["synthetic"] == SYNTHETIC_ONLY else ""
    for name in ("first", "last"):
        wanted[name] = wanted[name] if _day(wanted[name]) else ""
    return Wanted(**wanted)


def asked_for(wanted: Wanted, scope: Scope) -> Asked:
    """What is counted for someone who sees this scope; of made-up patients only where asked for or all there is."""
    organisations = organisations_within(centre=wanted.centre, hub=wanted.hub, region=wanted.region)
    if not scope.whole:
        organisations = scope.organisations if organisations is None else organisations & scope.organisations
    part = Slice(
        timezone.localdate(),
        _day(wanted.first),
        _day(wanted.last),
        organisations,
        wanted.group or None,
        award_named(wanted.award) if wanted.award else None,
        synthetic=wanted.synthetic == SYNTHETIC_ONLY or only_synthetic(),
    )
    return Asked(By(wanted.by), part, Unit(wanted.unit))


def beneath(wanted: Wanted, key: str) -> Wanted:
    """The same of one row: its period, centre, hub, region, kind of signs or award. The total's key changes nothing."""
    if key in ("", "total"):
        return wanted
    if wanted.by != By.PERIOD:
        return replace(wanted, **{str(wanted.by): key})
    first, last = _days_of(key)
    return replace(
        wanted,
        first=max(filter(None, (wanted.first, first.isoformat()))),
        last=min(filter(None, (wanted.last, last.isoformat()))),
    )


def _days_of(key: str) -> tuple[date, date]:
    """The days of a period's key: FY2018, FY2018H1, 2018-04. Raises ValueError."""
    if not key.startswith("FY"):
        month = period_of(date.fromisoformat(f"{key}-01"), Unit.MONTH)
        return month.first, month.last
    year, _half, half = key[2:].partition("H")
    first, last = fiscal_year_days(int(year))
    if not half:
        return first, last
    part = period_of(first if half == "1" else last, Unit.HALF)
    return part.first, part.last


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
