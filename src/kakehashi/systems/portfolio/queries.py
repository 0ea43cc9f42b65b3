"""Reads of awards that are more than a get."""

from typing import Any

from django.db.models import QuerySet

from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.models import Award


def awards_visible_to(person: Any) -> QuerySet[Award]:
    """The awards that someone may open: all for those who work for the agency, none for others."""
    return Award.objects.all() if rules.may_see(person) else Award.objects.none()


def awards_named(awards: QuerySet[Award], text: str) -> QuerySet[Award]:
    """Those whose number the text is, as it stands in papers too."""
    wanted = text.strip()
    numbers = {wanted, wanted.removeprefix("JP")}
    return awards.filter(number__in=numbers)
