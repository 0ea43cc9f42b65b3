"""Ages and onsets in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kakehashi.protocols.phenopacket.agewords import AGE
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.description import Finding


def moment_text(moment: str) -> str:
    """An onset in words: the term's label, or the age."""
    return vocabulary.term_label(moment) if moment.startswith("HP:") else age_text(moment)


def age_text(age: str) -> str:
    """An ISO 8601 age in words."""
    found = AGE.fullmatch(age)
    if not found:
        return ""
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    parts = [
        _("%(number)d y") % {"number": years} if years else "",
        _("%(number)d m") % {"number": months} if months else "",
        _("%(number)d d") % {"number": weeks * 7 + days} if (weeks or days) and years < 2 else "",
    ]
    between = "" if vocabulary.language() == "ja" else " "
    return between.join(part for part in parts if part) or _("at birth")


def span_text(finding: Finding) -> str:
    """Since when, and until when where it has gone."""
    since = moment_text(finding.onset)
    if not finding.resolved:
        return since
    until = _("until %(moment)s") % {"moment": moment_text(finding.resolved)}
    return f"{since} · {until}" if since else until
