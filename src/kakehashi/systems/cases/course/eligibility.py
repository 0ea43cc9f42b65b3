"""Whether a patient fits the Exchange: undiagnosed for over six months; several findings, or a family history.

What has not been said refuses nobody: it is named as still to be asked. Only what was said and speaks against stands in
the way, and a reason given by whoever registers overrides it.
"""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.rules import Reason, Verdict
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.states import Eligibility

MONTHS = 6
SEVERAL = 2


def judge(description: Description, on: date | None = None) -> Verdict:
    """Whether the criteria allow registering the patient on a day (today), with every reason for and against."""
    return _undiagnosed_long(description.undiagnosed_since, on or timezone.localdate()) & _telling(description)


def standing_of(verdict: Verdict) -> Eligibility:
    """How a verdict is kept beside the case."""
    if not verdict:
        return Eligibility.NOT_MET
    unsaid = any(code.endswith("_not_said") for code in verdict.codes)
    return Eligibility.NOT_ALL_SAID if unsaid else Eligibility.MET


def _undiagnosed_long(since: str, on: date) -> Verdict:
    if not since:
        text = _("Since when the patient has been without a diagnosis is not said.")
        return Verdict(True, (Reason("since_not_said", text),))
    year, month = (int(part) for part in (f"{since}-01").split("-")[:2])
    months = (on.year - year) * 12 + on.month - month
    if months > MONTHS or (months == MONTHS and on.day > 1):
        text = format_lazy(_("Undiagnosed since {since}: over six months."), since=since)
        return Verdict(True, (Reason("undiagnosed_long", text),))
    text = format_lazy(_("Undiagnosed since {since}: not yet over six months."), since=since)
    return Verdict(False, (Reason("undiagnosed_too_short", text),))


def _telling(description: Description) -> Verdict:
    count = len(description.present)
    if count >= SEVERAL:
        return Verdict(
            True, (Reason("several_findings", format_lazy(_("{count} findings are present."), count=count)),)
        )
    if description.affected_relatives == "yes" or description.family_history:
        return Verdict(True, (Reason("family_history", _("There is a family history.")),))
    if description.affected_relatives == "unknown":
        text = _("Fewer than two findings are present, and whether relatives have similar signs is not said.")
        return Verdict(True, (Reason("family_not_said", text),))
    text = _("Fewer than two findings are present, and no relative has similar signs.")
    return Verdict(False, (Reason("too_few_findings", text),))
