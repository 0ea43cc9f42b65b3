"""Days of outputs that cannot be, and those that hardly are: in the future, before the award began."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.systems.portfolio.models import Award, OutputState


def impossible(on: date, sureness: str) -> str:
    """What is wrong with the day of an output: only what is expected may lie ahead; "" for nothing."""
    if sureness == OutputState.EXPECTED or on <= timezone.localdate():
        return ""
    return _("%(day)s has not come yet: correct the day, or record the output as expected.") % {"day": on.isoformat()}


def unlikely(on: date, awards: Iterable[Award]) -> list[str]:
    """What to look at again: an output that was there before an award began to which it is credited."""
    text = _("%(day)s is before the award %(award)s began on %(begins)s: is it credited rightly?")
    return [
        text % {"day": on.isoformat(), "award": award.number, "begins": award.begins.isoformat()}
        for award in awards
        if on < award.begins
    ]
