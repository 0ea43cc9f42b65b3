"""What everybody may see of outputs: none that tells of patients, no patent before the office publishes the
application, no company of a licence that the output does not say may be named.

An application is published 18 months after its filing day (Japan: Patent Act, article 64; PCT, article 21 (2)); told
earlier, it might be lost as no longer new.
"""

from calendar import monthrange
from datetime import MAXYEAR, date

from django.db.models import Q

from kakehashi.systems.portfolio.models import Output, OutputKind

OF_PATIENTS = (OutputKind.DIAGNOSIS, OutputKind.SUPPORT)
"""What tells of patients' cases is told to the agency alone."""
MONTHS_UNPUBLISHED = 18


def patents_until(today: date) -> date:
    """The last filing day of the patents that are public on a day."""
    return _months_on(today, -MONTHS_UNPUBLISHED)


def public_from(output: Output) -> date | None:
    """From which day everybody may see an output; None: never."""
    if output.kind in OF_PATIENTS:
        return None
    return _months_on(output.on, MONTHS_UNPUBLISHED) if output.kind == OutputKind.PATENT else output.on


def public_on(day: date, path: str = "") -> Q:
    """The outputs that everybody may see on a day; ``path`` leads to them (``output__``)."""
    secret = Q(**{f"{path}kind": OutputKind.PATENT, f"{path}on__gt": patents_until(day)})
    return ~Q(**{f"{path}kind__in": OF_PATIENTS}) & ~secret


def is_public(output: Output, day: date) -> bool:
    """The same of one that is at hand."""
    return output.kind not in OF_PATIENTS and (output.kind != OutputKind.PATENT or output.on <= patents_until(day))


def where_in_public(output: Output) -> str:
    """Its journal or register; the company of a licence only where the output says that it may be named."""
    return "" if output.kind == OutputKind.LICENCE and not output.company_public else output.where


def _months_on(day: date, months: int) -> date:
    """The day so many months later (earlier), the last one of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > MAXYEAR:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
