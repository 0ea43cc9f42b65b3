"""Every write to awards."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.models import Award, Programme

AT_ONCE = 2_000


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
) -> Award:
    """Add an award to this node (``by=None``: the node's operator). Raises Invalid naming each field at fault."""
    award = Award(
        number=number.strip(),
        title=title.strip(),
        title_en=title_en.strip(),
        organisation=organisation,
        begins=begins,
        ends=ends,
    )
    with transaction.atomic():
        award.programme = programme_named(programme, programme_en)
        try:
            award.full_clean()
        except ValidationError as error:
            raise Invalid(error.message_dict) from error
        award.save()
        audit.record(by, "award.register", award, organisation=organisation, detail={"number": award.number})
    return award


def programme_named(name: str, name_en: str) -> Programme | None:
    """The programme of a code or a name, added under a code of its own where there is none yet; None without a name."""
    wanted = name.strip() or name_en.strip()
    if not wanted:
        return None
    named = Q(code=wanted) | Q(name=wanted) | Q(name_en=wanted)
    found = Programme.objects.filter(named).order_by("pk").first()
    return found or Programme.objects.create(code=_free_code(), name=wanted, name_en=name_en.strip())


def _free_code() -> str:
    """A code for a programme that has none: P1, P2 …"""
    number = Programme.objects.count() + 1
    while Programme.objects.filter(code=f"P{number}").exists():
        number += 1
    return f"P{number}"


def publish_awards(*, by: Person | None, awards: QuerySet[Award], on: date | None = None) -> int:
    """Show awards to everybody from a day on (today): number, titles, summary, institution, programme, dates; no money.

    Answers how many were not published before. Raises NotAllowed for whoever may not.
    """
    if by is not None:
        audit.insist(rules.may_publish_awards(by), by=by, action="award.publish")
    with transaction.atomic():
        fresh = list(awards.filter(published_on=None).values_list("pk", flat=True))
        day = on or timezone.localdate()
        for first in range(0, len(fresh), AT_ONCE):
            Award.objects.filter(pk__in=fresh[first : first + AT_ONCE]).update(published_on=day)
        if fresh:
            audit.record(by, "award.publish", detail={"awards": len(fresh), "on": day.isoformat()})
    return len(fresh)
