"""What every page of the portfolio asks of its address: a fiscal year and a plan term; and the keys of forms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max
from django.http import HttpRequest, QueryDict
from django.utils import timezone, translation

from kakehashi.kernel import audit
from kakehashi.kernel.fiscal import fiscal_year, fiscal_year_days, fiscal_year_name, year_said
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.figures import term_of
from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import Account, Award, PlanTerm

LONGEST_KEY = 18


@dataclass(frozen=True)
class Asked:
    """A fiscal year and the term by whose scheme it is told (None: there are no terms)."""

    year: int
    term: PlanTerm | None
    years: tuple[int, ...]

    @property
    def query(self) -> str:
        """The part of an address that keeps both."""
        query = QueryDict(mutable=True)
        query["year"] = str(self.year)
        if self.term:
            query["term"] = str(self.term.number)
        return query.urlencode()

    def choices(self) -> dict[str, Any]:
        """What the selectors of a page offer."""
        language = translation.get_language() or "ja"
        return {
            "years": [(one, fiscal_year_name(one, language), one == self.year) for one in self.years],
            "terms": [(one.number, one.label(), one == self.term) for one in PlanTerm.objects.all()],
            "year": self.year,
            "year_name": fiscal_year_name(self.year, language),
            "term": self.term,
            "query": self.query,
        }


def asked(request: HttpRequest, *, action: str = "portfolio.read") -> Asked:
    """The year and term of the address, else the year that pages open on and its term; refused to strangers."""
    audit.insist(rules.may_see(request.user), by=request.user, action=action)
    years = years_with_money()
    year = year_said(request.GET.get("year")) or opening_year(years)
    wanted = key_said(request.GET.get("term"))
    known = PlanTerm.objects.filter(number=wanted).exists()
    return Asked(year, term_of(year, wanted if known else None), tuple(sorted({*years, year}, reverse=True)))


def years_with_money() -> tuple[int, ...]:
    """The fiscal years that the ledger has accounts of, latest first."""
    years = Account.objects.order_by("-fiscal_year").values_list("fiscal_year", flat=True).distinct()
    return tuple(years)


def opening_year(years: Sequence[int], day: date | None = None) -> int:
    """The year that pages open on: the latest until today for which money was allotted, so that none opens on a year in
    which only what was carried over lies. Where none was ever allotted, the latest in which awards ran; else today's.

    ``years``: those with accounts, latest first.
    """
    running = fiscal_year(day or timezone.localdate())
    for one in years:
        if one <= running and _allotted(one):
            return one
    _first, last = fiscal_year_days(running)
    ends = Award.objects.filter(begins__lte=last).aggregate(last=Max("ends"))["last"]
    return min(running, fiscal_year(ends)) if ends else running


def _allotted(year: int) -> bool:
    given = Account.objects.filter(fiscal_year=year, programme=None, kind=AccountKind.GRANTED, balance_yen__lt=0)
    return given.exists()


def key_said(text: str | None) -> int:
    """The number that a form or address names a row by; 0, which no row has, for what is none."""
    return int(text) if text and text.isdecimal() and len(text) <= LONGEST_KEY else 0
