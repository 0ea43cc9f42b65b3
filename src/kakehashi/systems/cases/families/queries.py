"""Every read of families that is more than a get; what is shown is recorded in the audit trail."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kakehashi.engines.pictures import pedigree
from kakehashi.kernel import audit
from kakehashi.kernel.audit.naming import Name
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.cases import rules as case_rules
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.families import rules
from kakehashi.systems.cases.families.members import Members, Relative
from kakehashi.systems.cases.models import Case, Family

_SEXES = {"male": "male", "female": "female"}
_AFFECTED = {"yes": True, "no": False}


@dataclass(frozen=True)
class SeenFamily:
    """A family as someone may see it. ``members`` and ``cases`` go by pseudonym only where ``own``.

    For others the pseudonyms are the places in the drawing ("II-3") and neither notes nor other columns are shown.
    """

    family: Family
    members: Members
    cases: dict[str, Case]
    own: bool

    @property
    def name(self) -> str:
        """What the family is called: the hospital's own pseudonym, for others its opaque id."""
        return self.family.local_id if self.own else self.family.public_id

    def picture(self) -> pedigree.Pedigree:
        """What is drawn."""
        return drawn(self.members, self.name, labels=self.own)


def family_of(person: Any, case: Case, *, reading: bool = True) -> SeenFamily | None:
    """The family of a case that someone was given, as far as they may see it; None where there is none for them.

    ``reading`` records that they were shown it.
    """
    family = Family.objects.filter(rules.visible_to(person), links__case=case).first()
    if family is None:
        return None
    if reading:
        audit.read_of(person, "family", [family])
    cases = {link.member: link.case for link in family.links.select_related("case__organisation")}
    if rules.holds(person, family):
        return SeenFamily(family, family.relatives, cases, own=True)
    members, places = unnamed(family.relatives)
    # only the cases that they see whole: that another member is a case too is not theirs to know
    visible = Case.objects.filter(case_rules.visible_to(person), pk__in=[one.pk for one in cases.values()])
    shown = set(visible.values_list("pk", flat=True))
    return SeenFamily(family, members, {places[name]: one for name, one in cases.items() if one.pk in shown}, own=False)


def insist_on_family(person: Any, case: Case, *, reading: bool = True) -> SeenFamily:
    """As ``family_of``. Raises NotFound alike for none and for one that they may not see."""
    seen = family_of(person, case, reading=reading)
    if seen is None:
        raise NotFound(_("The family"))
    return seen


def unnamed(members: Members) -> tuple[Members, dict[str, str]]:
    """The members by their places in the drawing, and pseudonym → place."""
    plan = pedigree.lay_out(drawn(members, "", labels=False))
    places = {place.person.id: pedigree.name(place) for place in plan.places}
    groups = {
        word: str(number) for number, word in enumerate(dict.fromkeys(one.twins for one in members if one.twins), 1)
    }
    said = tuple(
        Relative(
            id=places[one.id],
            sex=one.sex,
            father=places.get(one.father, ""),
            mother=places.get(one.mother, ""),
            affected=one.affected,
            deceased=one.deceased,
            proband=one.proband,
            twins=groups.get(one.twins, ""),
            identical=one.identical,
        )
        for one in members
    )
    return said, places


def drawn(members: Members, name: str, *, labels: bool = True) -> pedigree.Pedigree:
    """The members as the picture engine reads them, in the language in force."""
    return pedigree.Pedigree(
        [
            pedigree.Individual(
                id=one.id,
                sex=_SEXES.get(one.sex, "unknown"),  # type: ignore[arg-type]
                affected=_AFFECTED.get(one.affected),
                father=one.father,
                mother=one.mother,
                deceased=one.deceased,
                proband=one.proband,
                label=one.id if labels else "",
                twins=one.twins,
                identical=_AFFECTED.get(one.identical),
            )
            for one in members
        ],
        title=_("Pedigree of family %(name)s") % {"name": name},
        language=vocabulary.language(),
    )


def places_in(picture: pedigree.Pedigree) -> dict[str, str]:
    """Pseudonym → place in the drawing ("II-3"), in the order of the drawing."""
    plan = pedigree.lay_out(picture)
    ordered = sorted(plan.places, key=lambda place: (place.generation, place.number))
    return {place.person.id: pedigree.name(place) for place in ordered}


def names_in_trail(reader: Any, organisation: Organisation, ids: Collection[int]) -> dict[int, Name]:
    """The families among these that a reader of the audit trail may see, by their ids."""
    found: dict[int, Name] = {}
    for family in Family.objects.filter(rules.visible_to(reader), pk__in=ids).prefetch_related("links__case"):
        link = next(iter(family.links.all()), None)
        found[family.pk] = Name(family.public_id, reverse("cases:family", args=[link.case.public_id]) if link else "")
    return found
