"""What an import does not change of an award: what its money, its contracts and its investigators hold."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date

from django.db.models import Max, Min

from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.systems.portfolio.importing.values import Unfit
from kakehashi.systems.portfolio.models import Account, Award, Contract, FaultKind, Participation


class Held:
    """What holds some awards as they are, by their keys; asked with three queries, however many they are."""

    def __init__(self, awards: Collection[int]) -> None:
        contracts = Contract.objects.filter(award__in=awards, taken_back=None).order_by()
        self._signed = set(contracts.values_list("award_id", flat=True))
        self._programmes: defaultdict[int, set[int | None]] = defaultdict(set)
        self._years: defaultdict[int, set[int]] = defaultdict(set)
        booked = Account.objects.filter(award__in=awards).order_by().values("award_id", "programme_id")
        for row in booked.annotate(first=Min("fiscal_year"), last=Max("fiscal_year")):
            self._programmes[row["award_id"]].add(row["programme_id"])
            self._years[row["award_id"]] |= {row["first"], row["last"]}
        self._since: defaultdict[int, set[date]] = defaultdict(set)
        for award, day in Participation.objects.filter(award__in=awards).order_by().values_list("award_id", "since"):
            self._since[award].add(day)

    def insist(self, before: Award, after: Award, fields: Collection[str]) -> None:
        """Raise Unfit where one of the fields would change against what holds it.

        The programme is that of the award's accounts in the ledger, and the award runs in their fiscal years; the days
        are those of its contracts, and its investigators began within them; the institution follows contracts and
        investigators, and stays while money is booked under it.
        """
        for name in self._held(before, after, set(fields)):
            raise Unfit(FaultKind.HELD, name, shown(after, name), shown(before, name))

    def _held(self, before: Award, after: Award, fields: set[str]) -> Iterator[str]:
        booked, signed, since = self._programmes.get(before.pk), before.pk in self._signed, self._since.get(before.pk)
        if "programme" in fields and booked and booked != {after.programme_id}:
            yield "programme"
        begins = after.begins if "begins" in fields else before.begins
        ends = after.ends if "ends" in fields else before.ends
        outside = since is not None and not begins <= min(since) <= max(since) <= ends
        years = self._years.get(before.pk)
        late = years is not None and before.begins < begins > fiscal_year_days(min(years))[1]
        early = years is not None and before.ends > ends < fiscal_year_days(max(years))[0]
        for name, day, old, unpaid in (("begins", begins, before.begins, late), ("ends", ends, before.ends, early)):
            if day != old and (signed or outside or unpaid):
                yield name
        moved = "organisation" in fields and after.organisation_id != before.organisation_id
        if moved and (booked or signed or since):
            yield "organisation"


def changed(before: Award, after: Award, fields: Collection[str]) -> list[str]:
    """What an update changes, for the audit trail: codes and days as they were and as they are, texts by their name."""
    told: list[str] = []
    for name in sorted(fields):
        if getattr(before, name) != getattr(after, name):
            told.append(f"{name}: {shown(before, name)} → {shown(after, name)}" if name in SHOWN else name)
    return told


SHOWN = ("programme", "organisation", "begins", "ends", "phase", "modality", "call", "area", "synthetic")
"""Fields that are codes or days: told as they are."""


def shown(award: Award, name: str) -> str:
    """A field of an award as a fault and the audit trail tell it: a code, a number, a day."""
    value = getattr(award, name)
    return str(getattr(value, "code", None) or getattr(value, "number", None) or ("" if value is None else value))
