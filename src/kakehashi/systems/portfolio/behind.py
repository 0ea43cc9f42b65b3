"""The rows behind a figure: the accounts, the awards or the results that it is the sum of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.systems.portfolio.figures import running_in
from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import (
    Account,
    Award,
    DiseaseArea,
    IntegratedProject,
    Output,
    PlanTerm,
    Programme,
)
from kakehashi.systems.portfolio.outputs.counting import in_year, outputs_counting
from kakehashi.systems.portfolio.placements import places


class Money(TextChoices):
    """The figures that are sums of balances."""

    BUDGETED = "budgeted", _("Budgeted")
    CARRIED_IN = "carried_in", _("Carried over from the year before")
    COMMITTED = "committed", _("Committed")
    SPENT = "spent", _("Spent")


@dataclass(frozen=True)
class Slice:
    """Which part of a year's book: one programme, one project of a term, one ministry, one kind of budget, one disease
    area's awards, or all.

    ``no_programme``: what names no programme; ``unplaced_in``: what no project of this term has. ``holders``: where the
    money lies, or who holds the awards, by field and value of the institution (code, prefecture, country). ``yen``: of
    awards that have so many yen in the year, from the first to below the second (None: no bound).
    """

    fiscal_year: int
    programme: Programme | None = None
    project: IntegratedProject | None = None
    ministry: str = ""
    kind: str = ""
    area: DiseaseArea | None = None
    no_programme: bool = False
    unplaced_in: PlanTerm | None = None
    holders: tuple[tuple[str, str], ...] = ()
    yen: tuple[int | None, int | None] | None = None

    @property
    def has_payer(self) -> bool:
        """Whether it is that of one ministry or one kind of budget."""
        return bool(self.ministry or self.kind)

    @property
    def is_all(self) -> bool:
        """Whether it is the whole book of its year."""
        return self == Slice(self.fiscal_year)


def accounts_behind(what: Money, part: Slice) -> QuerySet[Account]:
    """The accounts whose balances come to the figure."""
    rows = Account.objects.filter(fiscal_year=part.fiscal_year, programme__isnull=False)
    if what in (Money.COMMITTED, Money.SPENT):
        rows = rows.filter(award__isnull=False)
    if what is Money.SPENT:
        rows = rows.filter(kind=AccountKind.SPENT)
    if what is Money.CARRIED_IN:
        rows = rows.filter(kind=AccountKind.CARRIED_IN)
    if part.programme is not None:
        rows = rows.filter(programme=part.programme)
    if part.project is not None:
        rows = rows.filter(placed_in(part.project, part.fiscal_year, "programme_id", "award_id"))
    if part.ministry:
        rows = rows.filter(appropriation__ministry=part.ministry)
    if part.kind:
        rows = rows.filter(appropriation__kind=part.kind)
    if part.area is not None:
        rows = rows.filter(award__area=part.area)
    return rows.filter(_besides(part, "programme_id", "award_id"), _lying_with(part)).exclude(balance_yen=0)


def yen_behind(what: Money, part: Slice) -> int:
    """What the rows come to."""
    total = accounts_behind(what, part).aggregate(yen=Sum("balance_yen"))["yen"] or 0
    return -total if what is Money.CARRIED_IN else total


def yen_committed(awards: QuerySet[Award]) -> dict[int, int]:
    """What the ledger has committed to each of some awards in all years, by the award's key; none for 0."""
    rows = Account.objects.filter(award__in=awards.order_by().values("pk")).order_by()
    return dict(rows.values_list("award").annotate(yen=Sum("balance_yen")))


def awards_behind(part: Slice, *, new: bool | None = None, every: bool = False) -> QuerySet[Award]:
    """The awards that run in the year; only those that began in it, or only those that began before. ``every``: of
    every year, with money of any year where the part is a ministry's or a kind of budget's."""
    rows = Award.objects.all() if every else Award.objects.filter(running_in(part.fiscal_year))
    if part.programme is not None:
        rows = rows.filter(programme=part.programme)
    if part.project is not None:
        rows = rows.filter(placed_in(part.project, part.fiscal_year, "programme_id", "pk"))
    if part.has_payer:
        rows = rows.filter(pk__in=paying(part, every=every).filter(award__isnull=False).values("award_id"))
    if part.area is not None:
        rows = rows.filter(area=part.area)
    rows = rows.filter(_besides(part, "programme_id", "pk"), held_by(part))
    if new is not None:
        first, last = fiscal_year_days(part.fiscal_year)
        rows = rows.filter(begins__range=(first, last)) if new else rows.filter(begins__lt=first)
    return rows


def paying(part: Slice, *, every: bool = False) -> QuerySet[Account]:
    """The accounts with money of the part's ministry and kind of budget, of its year or of every year."""
    rows = Account.objects.order_by() if every else Account.objects.filter(fiscal_year=part.fiscal_year).order_by()
    if part.ministry:
        rows = rows.filter(appropriation__ministry=part.ministry)
    return rows.filter(appropriation__kind=part.kind) if part.kind else rows


def results_behind(part: Slice, kind: str = "", *, on: date | None = None) -> QuerySet[Output]:
    """The outputs that came in the year and count at the end of a day (today), each once."""
    only = Q()
    if part.programme is not None:
        only &= Q(award__programme=part.programme)
    if part.project is not None:
        only &= placed_in(part.project, part.fiscal_year, "award__programme_id", "award_id")
    if part.has_payer:
        paid = paying(part).filter(programme__isnull=False)
        running = Award.objects.filter(running_in(part.fiscal_year), accounts__in=paid)
        only &= Q(award__in=running.order_by())
    if part.area is not None:
        only &= Q(award__area=part.area)
    only &= _besides(part, "award__programme_id", "award_id") & held_by(part, "award__")
    rows = outputs_counting(on or timezone.localdate(), only).filter(in_year(part.fiscal_year))
    return rows.filter(kind=kind) if kind else rows


def _besides(part: Slice, programme: str, award: str) -> Q:
    """What names no programme, is placed nowhere, is of awards with so many yen: as far as the part asks for it."""
    only = Q()
    if part.no_programme:
        only &= Q(**{f"{programme}__isnull": True})
    if part.unplaced_in is not None:
        of_programme, of_award = places(part.unplaced_in, part.fiscal_year)
        placed = [one for one in of_programme if one is not None]
        only &= ~Q(**{f"{programme}__in": placed}) | Q(**{f"{programme}__isnull": True})
        only &= ~Q(**{f"{award}__in": list(of_award)}) | Q(**{f"{award}__isnull": True})
    if part.yen is not None:
        only &= Q(**{f"{award}__in": _of_size(part.fiscal_year, *part.yen)})
    return only


def _of_size(fiscal_year: int, low: int | None, high: int | None) -> QuerySet[Any, Any]:
    """The keys of the awards that have so many yen in all their accounts of a year."""
    rows = Account.objects.filter(fiscal_year=fiscal_year, programme__isnull=False, award__isnull=False).order_by()
    sums = rows.values("award").annotate(yen=Sum("balance_yen"))
    if low is not None:
        sums = sums.filter(yen__gte=low)
    if high is not None:
        sums = sums.filter(yen__lt=high)
    return sums.values("award")


def held_by(part: Slice, path: str = "") -> Q:
    """The awards held by institutions of the part."""
    return Q(**{f"{path}organisation__{field}": value for field, value in part.holders})


def _lying_with(part: Slice) -> Q:
    """The accounts of the part's institutions: the account's own, else its award's."""
    only = Q()
    for field, value in part.holders:
        own = Q(**{f"organisation__{field}": value})
        only &= own | Q(**{"organisation": None, f"award__organisation__{field}": value})
    return only


def placed_in(project: IntegratedProject, fiscal_year: int, programme: str, award: str) -> Q:
    """What counts in a project: its programmes' awards but those placed elsewhere, and awards placed in it."""
    of_programme, of_award = places(project.term, fiscal_year)
    programmes = [one for one, where in of_programme.items() if where == project.pk]
    here = [one for one, where in of_award.items() if where == project.pk]
    elsewhere = [one for one, where in of_award.items() if where != project.pk]
    by_programme = Q(**{f"{programme}__in": programmes})
    if elsewhere:
        by_programme &= ~Q(**{f"{award}__in": elsewhere}) | Q(**{f"{award}__isnull": True})
    return by_programme | Q(**{f"{award}__in": here}) if here else by_programme
