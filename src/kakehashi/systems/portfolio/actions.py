"""Every write to awards."""

import re
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.fiscal import fiscal_year
from kakehashi.kernel.locks import alone
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.finding import index_awards
from kakehashi.systems.portfolio.models import Award, Programme
from kakehashi.systems.portfolio.numbers import issue_award_number

SERIES = re.compile(r"(?P<office>[a-z]{2})(?P<programme>[0-9]{4})")
"""Office and programme as they stand in award numbers."""
SHORT = 11
"""So many signs of a number are the award's, whatever its contract."""


def register_award(
    *,
    by: Person | None,
    number: str,
    title: str,
    organisation: Organisation,
    begins: date,
    ends: date,
    title_en: str = "",
    programme: str = "",
    programme_en: str = "",
    series: str = "",
    **more: Any,
) -> Award:
    """Add an award to this node (``by=None``: the node's operator).

    ``number`` may be empty where ``series`` says whence the next one is issued: office and programme as in "ek0109".
    ``more``: further fields of the award (summary, call, phase …). Raises NotAllowed, Invalid naming each field at
    fault.
    """
    if by is not None:
        audit.insist(rules.may_register_awards(by), by=by, action="award.register")
    award = Award(
        title=title.strip(), title_en=title_en.strip(), organisation=organisation, begins=begins, ends=ends, **more
    )
    with transaction.atomic():
        award.number = number.strip() or _issued(series.strip(), fiscal_year(begins))
        award.programme = programme_named(programme, programme_en, by=by)
        try:
            award.full_clean(validate_constraints=False)
            faults: dict[str, list[str]] = {}
        except ValidationError as error:
            faults = error.message_dict
        if ends < begins:
            faults = faults | {"ends": [_("The last day is not before the first.")]}
        if faults:
            raise Invalid(faults)
        award.save()
        index_awards([award])
        audit.record(by, "award.register", award, organisation=organisation, detail={"number": award.number})
    return award


def _issued(series: str, year: int) -> str:
    """The next free number of a series in a fiscal year, alone. Raises Invalid where it is none or is used up."""
    found = SERIES.fullmatch(series)
    if found is None:
        raise Invalid({"number": [_("Give the award's number, or the series from which the next one is issued.")]})
    alone("portfolio.award_numbers")
    taken = Award.objects.filter(number__startswith=f"{year % 100:02d}{series}").values_list("number", flat=True)
    try:
        return str(issue_award_number(year, found["office"], found["programme"], {one[:SHORT] for one in taken}))
    except ValueError as error:
        text = _("All 999 numbers of the series %(series)s in fiscal year %(year)d are taken.")
        raise Invalid({"series": [text % {"series": series, "year": year}]}) from error


def programme_named(name: str, name_en: str, *, by: Person | None) -> Programme | None:
    """The programme of a code or a name, added under a code of its own where there is none yet, of no ministry until
    one is said; None without a name. Whether ``by`` may is asked by who calls."""
    wanted = name.strip() or name_en.strip()
    if not wanted:
        return None
    named = Q(code=wanted) | Q(name=wanted) | Q(name_en=wanted)
    found = Programme.objects.filter(named).order_by("pk").first()
    if found is None:
        found = Programme.objects.create(code=_free_code(), name=wanted, name_en=name_en.strip())
        audit.record(by, "programme.register", found, detail={"code": found.code})
    return found


def _free_code() -> str:
    """A code for a programme that has none: P1, P2 …"""
    number = Programme.objects.count() + 1
    while Programme.objects.filter(code=f"P{number}").exists():
        number += 1
    return f"P{number}"
