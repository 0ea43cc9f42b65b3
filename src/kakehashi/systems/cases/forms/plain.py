"""Form fields of letters, digits and signs, and of months: typed with a Japanese keyboard, they are made plain."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.fiscal import ERAS


class PlainField(forms.CharField):
    """One line in which full-width letters, digits and signs count as plain ones (Unicode NFKC)."""

    def to_python(self, value: Any) -> str:
        return unicodedata.normalize("NFKC", str(super().to_python(value))).strip()


class MonthField(PlainField):
    """A year, or a year and a month, from 1900 to 2099: 2019, 2019-04, 2019年4月 or 平成31年4月; kept as 2019-04."""

    default_error_messages = {
        "unreadable": _("This is not a month: write 2019, 2019-04 or H31.4."),
        "no_such_month": _("There is no month of this number: write 01 to 12, such as 2019-04."),
        "not_in_era": _("The era does not have this year and month: write, for instance, H31.4 or R1.5."),
        "too_early": _("The year must lie between 1900 and 2099: write, for instance, 2019-04."),
    }

    def to_python(self, value: Any) -> str:
        typed = re.sub(r"\s", "", super().to_python(value))
        if not typed:
            return ""
        found = _MONTH.fullmatch(typed)
        if found is None or (found["era"] is None and (found["year"] == "元" or len(found["year"]) != 4)):
            raise self._refused("unreadable")
        year, month = 1 if found["year"] == "元" else int(found["year"]), int(found["month"] or 0)
        if found["month"] and not 1 <= month <= 12:
            raise self._refused("no_such_month")
        if found["era"]:
            year = self._year_of_era(found["era"], year, month)
        if not 1900 <= year <= 2099:
            raise self._refused("too_early")
        return f"{year}-{month:02}" if month else f"{year}"

    def _year_of_era(self, named: str, number: int, month: int) -> int:
        """The calendar year. A month in which the era changed belongs to both eras, and so does a year."""
        order, era = next((at, one) for at, one in enumerate(ERAS) if named.upper() in (one.name, one.letter))
        year = era.begins.year + number - 1
        ends = ERAS[order + 1].begins if order + 1 < len(ERAS) else date.max
        first, last = (month, month) if month else (1, 12)
        if number < 1 or (year, last) < (era.begins.year, era.begins.month) or (year, first) > (ends.year, ends.month):
            raise self._refused("not_in_era")
        return year

    def _refused(self, code: str) -> forms.ValidationError:
        return forms.ValidationError(self.error_messages[code], code=code)


_MONTH = re.compile(
    r"(?P<era>明治|大正|昭和|平成|令和|[MTSHR])?(?P<year>元|\d{1,4})(?:年|[-/.年](?P<month>\d{1,2})月?)?", re.IGNORECASE
)
