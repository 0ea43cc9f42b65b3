"""Who may see and change a family: whoever may see and change the case of its proband. Default deny."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.rules import Verdict, rule
from kakehashi.systems.cases import rules
from kakehashi.systems.cases.models import Case, FamilyLink

may_edit = rules.may_edit
"""Clinicians and data managers of the institution that holds the family, and with it the case."""


def visible_to(person: Any) -> Q:
    """The families that someone may see: their institutions' own, and those whose proband's case they see whole."""
    probands = FamilyLink.objects.filter(family=OuterRef("pk"), proband=True)
    seen = probands.filter(case__in=Case.objects.filter(rules.visible_to(person)))
    return Q(organisation__in=rules.subject_of(person).reads) | Q(Exists(seen))


@rule("family_not_visible", _("The proband's case of this family is not shared with you."))
def may_see(person: Any, family: Any) -> bool | Verdict:
    """The decision whose filter is ``visible_to``."""
    if holds(person, family):
        return True
    probands = family.links.filter(proband=True).select_related("case")
    return any(bool(rules.may_see(person, link.case)) for link in probands)


def holds(person: Any, family: Any) -> bool:
    """Whether the person reads the family as one of their own institution's: only then with its pseudonyms."""
    return family.organisation_id in rules.subject_of(person).reads
