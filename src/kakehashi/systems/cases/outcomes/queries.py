"""The outcomes as people ask for them: tallies of the database, folded by period, centre, region, signs or award."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.utils.translation import gettext as _

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.organisations.regions import Region, region_of
from kakehashi.kernel.sharing.models import NetworkMember
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.outcomes.counting import Counts, Funnel, Row, Tally, folded, gathered
from kakehashi.systems.cases.outcomes.groups import BITS, in_groups
from kakehashi.systems.cases.outcomes.periods import Period, period_of, periods_between
from kakehashi.systems.cases.outcomes.recounting import waiting
from kakehashi.systems.cases.outcomes.tallies import NO_AWARD, Slice, new_diseases, tallies
from kakehashi.systems.cases.outcomes.words import By, Unit
from kakehashi.systems.portfolio.public import award_numbered, awards_by_id

ELSEWHERE = "elsewhere"
"""The key of what lies in no region of Japan, or of which that is not stated; and of cases that no award paid for."""


@dataclass(frozen=True)
class Asked:
    """What someone asks for: how told apart, of what. ``unit`` counts for periods."""

    by: By
    slice: Slice
    unit: Unit = Unit.YEAR


def outcomes(asked: Asked) -> Funnel:
    """The figures asked for, as of the day of ``slice``; writes nothing."""
    part = asked.slice
    if asked.by == By.PERIOD:
        counted = list(tallies(By.PERIOD, part))
        rows: Iterable[Row] = _periods(counted, asked.unit)
        total = gathered(counted)
    elif asked.by == By.GROUP:
        counted = list(tallies(By.GROUP, part))  # each case once, under all its kinds of signs together
        rows, total = _groups(counted), gathered(counted)
    elif asked.by == By.AWARD:
        counted = list(tallies(By.AWARD, part))
        rows, total = _awards(counted), gathered(counted)
    else:
        counted = list(tallies(By.CENTRE, part))
        rows, total = _PLACES[asked.by](counted), gathered(counted)
    return Funnel(
        asked.by,
        tuple(rows),
        total,
        new_diseases(part),
        part.as_of,
        part.first,
        part.last,
        synthetic=part.synthetic,
        waiting=waiting(),
    )


def _periods(counted: list[Tally], unit: Unit) -> list[Row]:
    """Every period from the first to the last, those without figures too."""
    months = cast("set[date]", {one.key for one in counted})
    if not months:
        return []
    by_month: dict[Hashable, Period] = {month: period_of(month, unit) for month in months}
    slices = folded(counted, lambda month: [by_month[month].key])
    language = vocabulary.language()
    whole = periods_between(min(by_month.values()), max(by_month.values()), unit)
    return [Row(one.key, one.name(language), slices.get(one.key, Counts())) for one in whole]


def _centres(counted: list[Tally]) -> list[Row]:
    slices = folded(counted, lambda key: [str(key)])
    known = Organisation.objects.in_bulk([int(key) for key in slices])
    rows = [Row(known[int(key)].code, known[int(key)].label(), counts) for key, counts in slices.items()]
    return sorted(rows, key=lambda row: (-row.counts.analysed, -row.counts.consulted, row.key))


def _hubs(counted: list[Tally]) -> list[Row]:
    """Hubs, each with the hospitals that work with it; a hospital without a hub stands for itself."""
    hubs = hub_of_each()
    codes = dict(Organisation.objects.values_list("pk", "code"))
    centres = {row.key: row for row in _centres(counted)}
    under: dict[int, list[Row]] = {}
    for pk, code in codes.items():
        if code in centres:
            under.setdefault(hubs.get(pk, pk), []).append(centres[code])
    heads = Organisation.objects.in_bulk(list(under))
    sums = folded(counted, lambda key: [str(hubs.get(cast("int", key), cast("int", key)))])
    rows = [Row(heads[pk].code, heads[pk].label(), sums[str(pk)], tuple(parts)) for pk, parts in under.items()]
    return sorted(rows, key=lambda row: (-row.counts.analysed, -row.counts.consulted, row.key))


def hub_of_each() -> dict[int, int]:
    """The hub of each hospital that has one, by their ids."""
    members = NetworkMember.objects.filter(hub__isnull=False).order_by("network__code")
    return {organisation: hub for organisation, hub in members.values_list("organisation_id", "hub_id") if hub}


def region_of_each() -> dict[int, Region | None]:
    """The region of each organisation; None abroad or where no prefecture is stated."""
    return {pk: region_of(code) for pk, code in Organisation.objects.values_list("pk", "prefecture")}


def _regions(counted: list[Tally]) -> list[Row]:
    regions = region_of_each()
    keys = {pk: region.key if region else ELSEWHERE for pk, region in regions.items()}
    slices = folded(counted, lambda key: [keys[cast("int", key)]])
    names = region_names()
    return [Row(key, names[key], slices[key]) for key in names if key in slices]


def region_names() -> dict[str, str]:
    """The regions by their keys, from north to south, and what lies in none."""
    language = vocabulary.language()
    return {region.key: region.name_in(language) for region in Region} | {ELSEWHERE: _("Abroad or not stated")}


def _groups(counted: list[Tally]) -> list[Row]:
    slices = folded(counted, lambda bits: [str(group) for group in in_groups(cast("int", bits))])
    return [Row(str(group), str(group.label), slices.get(str(group), Counts())) for group in BITS]


def _awards(counted: list[Tally]) -> list[Row]:
    slices = folded(counted, lambda key: [ELSEWHERE if key is None else str(key)])
    known = awards_by_id([int(key) for key in slices if key != ELSEWHERE])
    rows = [Row(one.number, f"{one.number} {one.title}", slices[str(one.id)]) for one in known]
    if ELSEWHERE in slices:
        rows.append(Row(ELSEWHERE, _("No award named"), slices[ELSEWHERE]))
    return rows


_PLACES: Mapping[By, Callable[[list[Tally]], list[Row]]] = {
    By.CENTRE: _centres,
    By.HUB: _hubs,
    By.REGION: _regions,
}


def organisations_within(*, centre: str = "", hub: str = "", region: str = "") -> frozenset[int] | None:
    """The ids of the institutions that all that is said leaves; None where nothing is said."""
    wanted: list[set[int]] = []
    if centre:
        wanted.append(set(Organisation.objects.filter(code=centre).values_list("pk", flat=True)))
    if hub:
        head = set(Organisation.objects.filter(code=hub).values_list("pk", flat=True))
        wanted.append(head | {one for one, its_hub in hub_of_each().items() if its_hub in head})
    if region:
        inside = region_of_each().items()
        wanted.append({pk for pk, found in inside if (found.key if found else ELSEWHERE) == region})
    return frozenset(set.intersection(*wanted)) if wanted else None


def award_named(number: str) -> int:
    """The award of this number, by its id; ``NO_AWARD`` for the key of no award, −1, which no case has, if unknown."""
    if number == ELSEWHERE:
        return NO_AWARD
    try:
        return award_numbered(number).id
    except NotFound:
        return -1
