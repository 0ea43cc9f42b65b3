"""Every write to families: one transaction each, the actor explicit, audited, with a revision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.models import Person
from kakehashi.systems.cases.actions import insist_on_standing
from kakehashi.systems.cases.families import rules
from kakehashi.systems.cases.families.members import Members, Relative, problems_of, stored_members
from kakehashi.systems.cases.models import Case, Family, FamilyLink, FamilyRevision
from kakehashi.systems.cases.states import FamilyRevisionKind

NAME_TAKEN = _("Your organisation already has a family under this pseudonym. Give this one another.")

Cases = Mapping[str, Case]
"""Pseudonym of a member → the case that this member is."""


class FamilyConflict(Conflict):
    """The family was changed in between; nothing of that was overwritten."""

    code = "edited_meanwhile"

    def __init__(self, revision: int) -> None:
        self.revision = revision
        super().__init__(
            _("This family was changed while you were editing. Nothing of that was overwritten; look at it again.")
        )


def enter_family(
    *,
    by: Person | None,
    case: Case,
    local_id: str,
    members: Members,
    cases: Cases,
    kind: FamilyRevisionKind = FamilyRevisionKind.ENTERED,
    note: str = "",
) -> Family:
    """Enter the family of a case; ``cases`` says which members are cases, this one among them.

    ``by=None``: the node's operator. Raises NotAllowed, Conflict (the case is withdrawn), Invalid.
    """
    if by is not None:
        audit.insist(rules.may_edit(by, case), by=by, action="family.enter", subject=case)
    insist_on_standing(case)
    name = _named(local_id)
    try:
        with transaction.atomic():
            family = Family(organisation_id=case.organisation_id, local_id=name)
            _say(family, members, cases)
            family.save()
            _link(family, cases)
            _revise(family, kind, by=by, note=note, cases=cases)
            audit.record(by, f"family.{_VERBS[kind]}", family, detail={"revision": 1, "members": len(members)})
    except IntegrityError:
        if not name_taken(case.organisation_id, name):
            raise
        raise Invalid({"local_id": [NAME_TAKEN]}) from None
    return family


def edit_family(
    *,
    by: Person | None,
    family: Family,
    members: Members,
    cases: Cases,
    from_revision: int,
    local_id: str | None = None,
    kind: FamilyRevisionKind = FamilyRevisionKind.EDITED,
    note: str = "",
) -> Family:
    """Replace what is said of a family and which members are cases; nothing happens when nothing changed.

    Raises NotAllowed, FamilyConflict (changed after ``from_revision``), Conflict (a case is withdrawn), Invalid.
    """
    if by is not None:
        audit.insist(rules.may_edit(by, family), by=by, action="family.edit", subject=family)
    with transaction.atomic():
        locked = Family.objects.select_for_update().get(pk=family.pk)
        if locked.revision != from_revision:
            raise FamilyConflict(locked.revision)
        before = (locked.local_id, locked.members, cases_of(locked))
        for link in locked.links.select_related("case"):
            if link.proband:
                insist_on_standing(link.case)
        if local_id is not None:
            locked.local_id = _named(local_id)
        _say(locked, members, cases)
        if before == (locked.local_id, locked.members, dict(cases)):
            return locked
        taken = Family.objects.filter(organisation_id=locked.organisation_id, local_id=locked.local_id)
        if taken.exclude(pk=locked.pk).exists():
            raise Invalid({"local_id": [NAME_TAKEN]})
        locked.revision += 1
        locked.save()
        locked.links.all().delete()
        _link(locked, cases)
        _revise(locked, kind, by=by, note=note, cases=cases)
        detail = {"revision": locked.revision, "members": len(members)}
        audit.record(by, f"family.{_VERBS[kind]}", locked, detail=detail)
    return locked


def name_taken(organisation_id: int, name: str) -> bool:
    """Whether the institution has a family of this pseudonym."""
    return Family.objects.filter(organisation_id=organisation_id, local_id=name).exists()


def cases_of(family: Family) -> dict[str, Case]:
    """Pseudonym of a member → its case."""
    return {link.member: link.case for link in family.links.select_related("case__organisation")}


_VERBS = {
    FamilyRevisionKind.ENTERED: "enter",
    FamilyRevisionKind.IMPORTED: "import",
    FamilyRevisionKind.EDITED: "edit",
}


def _named(local_id: str) -> str:
    """The family's own pseudonym, of the same letters as a member's. Raises Invalid."""
    try:
        return Relative(id=local_id).id
    except ValidationError:
        text = _("Give the family a pseudonym: 1 to 60 printable characters, not beginning with #.")
        raise Invalid({"local_id": [text]}) from None


def _say(family: Family, members: Members, cases: Cases) -> None:
    """Take the members over. Raises Invalid naming each place that cannot be."""
    problems = problems_of(members)
    for where, texts in problems_with_cases(members, cases, family.organisation_id, family).items():
        problems[where] = [*problems.get(where, ()), *texts]
    if problems:
        raise Invalid(problems)
    family.members = stored_members(members)


def problems_with_cases(
    members: Members, cases: Cases, organisation_id: int, family: Family | None
) -> dict[str, list[str]]:
    """What is wrong with who is which case, by place as ``problems_of``; ``family``: the one that stands, if any."""
    problems: dict[str, list[str]] = {}
    places = {one.id: place for place, one in enumerate(members)}
    if not cases:
        problems.setdefault("members", []).append(
            str(_("One member at least is a case: a family is seen through its proband's case."))
        )
    if len({case.pk for case in cases.values()}) < len(cases):
        problems.setdefault("members", []).append(str(_("Two members are the same case.")))
    for name, case in cases.items():
        if name not in places:
            text = _("The case %(case)s is linked to “%(name)s”, who is not in the family.")
            problems.setdefault("members", []).append(text % {"case": case.public_id, "name": name})
            continue
        where = f"members.{places[name]}.case"
        if case.organisation_id != organisation_id:
            problems.setdefault(where, []).append(str(_("This case belongs to another institution.")))
        if FamilyLink.objects.filter(case=case).exclude(family=family.pk if family else None).exists():
            problems.setdefault(where, []).append(str(_("This case is in another family already.")))
        sexes = {members[places[name]].sex, case.sex}
        if sexes == {"female", "male"}:
            text = _("The case %(case)s is of the other sex: correct the sex here or in the case.")
            problems.setdefault(f"members.{places[name]}.sex", []).append(text % {"case": case.public_id})
    return problems


def _link(family: Family, cases: Cases) -> None:
    probands = {one.id for one in family.relatives if one.proband}
    FamilyLink.objects.bulk_create(
        FamilyLink(family=family, member=name, case=case, proband=name in probands) for name, case in cases.items()
    )


def _revise(family: Family, kind: FamilyRevisionKind, *, by: Any, note: str, cases: Cases) -> FamilyRevision:
    return FamilyRevision.objects.create(
        family=family,
        number=family.revision,
        kind=kind,
        by=by,
        note=note.strip()[:500],
        members=family.members,
        cases={name: case.public_id for name, case in cases.items()},
    )
