"""Who holds grants, many at once: by name, and as the table asks for them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership
from kakehashi.kernel.people.queries import memberships_by_person
from kakehashi.kernel.punctuation import noted
from kakehashi.kernel.sharing.models import Grant
from kakehashi.kernel.sharing.subject import NOBODY, Context, Subject
from kakehashi.kernel.sharing.subjects import TAKING_PART, acted_for, in_force, institution_subjects, node_subject


@dataclass(frozen=True)
class Grantee:
    """The holder of a grant: an institution, a person acting for one (None: for none any more) or a foreign node."""

    subject: Subject
    institution: Organisation | None = None
    person: Any = None
    node: str = ""

    def label(self, *, by_name: bool) -> str:
        """Who it is, in the language in force. Without ``by_name`` neither people nor foreign nodes are named.

        Of people the institution is said then; "" where they act for none any more: their grants lead nowhere.
        """
        place = self.institution.label() if self.institution is not None else ""
        if self.person is not None and by_name:
            return noted(self.person, place) if place else str(self.person)
        if self.node:
            return self.node if by_name else _("A foreign node")
        return place


def grantees_of(grants: Sequence[Grant], *, country: str, asked: Context) -> list[Grantee]:
    """Who holds each of these grants, in their order: as many statements for many as for one.

    What else they were granted is not read: it cannot matter to a record that all grants on it, its award and its
    institution are given for. ``country``: where a foreign node is taken to be. Rows bring ``grantee`` and ``person``.
    """
    memberships = memberships_by_person({one.person_id for one in grants if one.person_id is not None}, asked.day)
    acting = {pk: acted_for(one.person, memberships[pk]) for one in grants if (pk := one.person_id) in memberships}
    institutions = {one.grantee.pk: one.grantee for one in grants if one.grantee is not None}
    institutions |= {one.pk: one for one in acting.values()}
    subjects = institution_subjects(institutions.values(), asked.day, grants) if institutions else {}
    nodes = [one.node for one in grants if one.node]
    abroad = node_subject(nodes[0], country=country, day=asked.day) if nodes else NOBODY

    def holder(grant: Grant) -> Grantee:
        if grant.grantee is not None:
            return Grantee(subjects[grant.grantee.pk], grant.grantee)
        if grant.person is None:
            own = [one for one in grants if one.node == grant.node]
            subject = replace(abroad, name=f"node:{grant.node}", grants=in_force(own))
            return Grantee(subject, node=grant.node)
        place = acting.get(grant.person.pk)
        if place is None or not grant.person.is_active:
            return Grantee(NOBODY, place, grant.person)
        own = [one for one in grants if one.person_id == grant.person.pk or one.grantee_id == place.pk]
        held = memberships[grant.person.pk]
        return Grantee(_as_person(grant.person, subjects[place.pk], place, held, own), place, grant.person)

    return [holder(one) for one in grants]


def _as_person(
    person: Any, institution: Subject, place: Organisation, held: Sequence[Membership], own: Sequence[Grant]
) -> Subject:
    """Someone who acts for an institution, as ``person_subject`` would say who reads nothing of its own."""
    roles = {one.role for one in held if one.organisation_id == place.pk}
    return replace(
        institution,
        name=f"person:{person.pk}",
        reads=frozenset(),
        takes_part=not roles.isdisjoint(TAKING_PART),
        grants=in_force(own),
    )
