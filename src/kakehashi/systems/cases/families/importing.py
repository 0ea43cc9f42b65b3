"""Families that come with imported phenopackets, kept beside the cases of their probands."""

from __future__ import annotations

from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.people.models import Person
from kakehashi.systems.cases.families.actions import cases_of, edit_family, enter_family
from kakehashi.systems.cases.families.packets import ReadFamily
from kakehashi.systems.cases.models import Case, Family, FamilyRevision
from kakehashi.systems.cases.states import FamilyRevisionKind


def keep_family(read: ReadFamily, *, case: Case, by: Person | None) -> None:
    """Enter the family that came with a case, or bring an imported one up to it; one that people edited stays theirs.

    Relatives whose packets the institution has as cases are linked. Raises Invalid.
    """
    standing = Family.objects.filter(links__case=case).first()
    cases = _relatives(read, case, standing) | {read.member: case}
    if standing is None:
        enter_family(
            by=by,
            case=case,
            local_id=_free_name(read, case),
            members=read.members,
            cases=cases,
            kind=FamilyRevisionKind.IMPORTED,
        )
        return
    by_people = FamilyRevision.objects.filter(family=standing).exclude(kind=FamilyRevisionKind.IMPORTED)
    if by_people.exists() or standing.relatives == read.members:
        return
    edit_family(
        by=by,
        family=standing,
        members=read.members,
        cases={name: one for name, one in cases_of(standing).items() if one != case and name in _ids(read)} | cases,
        from_revision=standing.revision,
        kind=FamilyRevisionKind.IMPORTED,
    )


def _ids(read: ReadFamily) -> set[str]:
    return {one.id for one in read.members}


def _relatives(read: ReadFamily, case: Case, standing: Family | None) -> dict[str, Case]:
    """Those relatives with a packet who are cases of the institution and of no other family."""
    known = {packet: name for name, packet in read.relatives.items() if name in _ids(read) and name != read.member}
    found = Case.objects.filter(organisation=case.organisation_id, local_id__in=known).exclude(pk=case.pk)
    free = [one for one in found if getattr(one, "family_link", None) is None or one.family_link.family == standing]
    return {known[one.local_id]: one for one in free}


def _free_name(read: ReadFamily, case: Case) -> str:
    """The family's id where it can be kept and is free, else the case's pseudonym."""
    for name in (read.name.strip()[:60], case.local_id[:60], case.public_id):
        if name and not Family.objects.filter(organisation=case.organisation_id, local_id=name).exists():
            return name
    raise Invalid({"local_id": [case.public_id]})
