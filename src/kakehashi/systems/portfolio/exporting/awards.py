"""The agency's awards one after the other, each with its money by fiscal year; no more held than a few thousand."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.db.models import Sum
from django.utils import timezone

from kakehashi.kernel import audit
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import Account, Award, Output
from kakehashi.systems.portfolio.outputs.counting import credits_in_force
from kakehashi.systems.portfolio.outputs.published import OF_PATIENTS

AT_ONCE = 2_000


@dataclass
class Told:
    """An award with its yen by fiscal year. What is committed in all years is what it was awarded."""

    award: Award
    committed: dict[int, int] = field(default_factory=dict)
    spent: dict[int, int] = field(default_factory=dict)
    outputs: list[Output] = field(default_factory=list)
    """Those that count for it today; none that tells of patients."""


def awards_told(*, by: Person | None, shape: str) -> Iterator[Told]:
    """Every award by its number (``by=None``: the node's operator). Raises NotAllowed; that it was read is recorded."""
    if by is not None:
        audit.insist(rules.may_see(by), by=by, action="award.export")
    audit.record(by, "award.export", detail={"format": shape})
    related = ("programme", "call", "organisation", "area")
    rows = Award.objects.select_related(*related).order_by("number").iterator(chunk_size=AT_ONCE)
    while batch := list(islice(rows, AT_ONCE)):
        yield from with_money(batch)


def with_money(batch: Sequence[Award]) -> Iterator[Told]:
    """Some awards, a few thousand, each with its yen and its outputs."""
    money: defaultdict[int, tuple[dict[int, int], dict[int, int]]] = defaultdict(lambda: ({}, {}))
    accounts = Account.objects.filter(award__in=[one.pk for one in batch], programme__isnull=False).order_by()
    sums = accounts.values_list("award_id", "fiscal_year", "kind").annotate(yen=Sum("balance_yen"))
    for award, year, kind, yen in sums:
        committed, spent = money[award]
        committed[year] = committed.get(year, 0) + yen
        if kind == AccountKind.SPENT:
            spent[year] = spent.get(year, 0) + yen
    outputs: defaultdict[int, list[Output]] = defaultdict(list)
    credits = credits_in_force(timezone.localdate()).filter(award__in=[one.pk for one in batch])
    credits = credits.exclude(output__kind__in=OF_PATIENTS).order_by("output__on", "output_id")
    for credit in credits.select_related("output"):
        if credit.output not in outputs[credit.award_id]:
            outputs[credit.award_id].append(credit.output)
    for award in batch:
        committed, spent = money[award.pk]
        yield Told(award, dict(sorted(committed.items())), dict(sorted(spent.items())), outputs[award.pk])


def years_of_awards() -> list[int]:
    """The fiscal years that money of awards lies in."""
    years = Account.objects.filter(award__isnull=False).order_by("fiscal_year").values_list("fiscal_year", flat=True)
    return list(years.distinct())
