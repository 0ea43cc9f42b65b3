"""What an address asks for, as values: how told apart, of what; and back again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from kakehashi.kernel.api.parameters import UnusableParameter, name_told, value_told
from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.systems.cases.course.states import PhenotypeGroup
from kakehashi.systems.cases.outcomes.periods import period_of
from kakehashi.systems.cases.outcomes.queries import Asked, award_named, organisations_within, region_names
from kakehashi.systems.cases.outcomes.rules import Scope
from kakehashi.systems.cases.outcomes.tallies import Slice, only_synthetic
from kakehashi.systems.cases.outcomes.words import By, Unit

SYNTHETIC_ONLY = "only"
DAYS = ("first", "last")
FORMATS = ("csv", "json")


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
    wanted["region"] = wanted["region"] if wanted["region"] in region_names() else ""
    for name in DAYS:
        wanted[name] = wanted[name] if _day(wanted[name]) else ""
    if _backwards(wanted):
        wanted |= dict.fromkeys(DAYS, "")
    return Wanted(**wanted)


def faults_of(sent: Mapping[str, str]) -> UnusableParameter | None:
    """What an address asks wrongly, and so is not in ``read_address``, by parameter; None when nothing is."""
    known = (*Wanted.__dataclass_fields__, "format")
    said = {name: value.strip() for name, value in sent.items() if value.strip()}
    faults = {name: [name_told(name, known)] for name in sent if name not in known}
    choices: dict[str, Sequence[str]] = {
        "by": By.values,
        "unit": Unit.values,
        "group": PhenotypeGroup.values,
        "region": tuple(region_names()),
        "synthetic": (SYNTHETIC_ONLY,),
        "format": FORMATS,
    }
    for name, values in choices.items():
        if name in said and said[name] not in values:
            faults[name] = [value_told(said[name], values)]
    for name in DAYS:
        if name in said and not _day(said[name]):
            faults[name] = [_("%(value)s is not a day; write it as 2026-04-01.") % {"value": said[name]}]
    if _backwards(said):
        faults["last"] = [_("The period ends before it begins; exchange the two days.")]
    return UnusableParameter(faults) if faults else None


def _backwards(said: Mapping[str, str]) -> bool:
    first, last = (_day(said.get(name, "")) for name in DAYS)
    return bool(first and last and last < first)


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
