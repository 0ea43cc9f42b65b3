"""The members of a family as a value: the same in form, API, PED file, phenopacket, revision and drawing.

A member goes by the hospital's own pseudonym, never by a name. What a PED file says beyond its six columns is kept with
each member, so that the file comes out as it came in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import Field, StringConstraints, TypeAdapter

from kakehashi.protocols import ped
from kakehashi.protocols.ped import PedError
from kakehashi.protocols.phenopacket.documents import Pedigree, Person
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.description import PRINTABLE, Answer, Line, Sex, Value

MOST_MEMBERS = 200
NAME = r"^[^\s#\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$"

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60, pattern=NAME)]
Parent = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60, pattern=PRINTABLE)]
Cell = Annotated[str, StringConstraints(max_length=200, pattern=PRINTABLE)]


class Relative(Value):
    """One member. ``father`` and ``mother``: pseudonyms of members, "" where not known.

    ``twins``: the same word for all born together; ``identical``: whether these are monozygotic. ``extra``: columns of
    a PED file that are the writer's own.
    """

    id: Name
    sex: Sex = "unknown"
    father: Parent = ""
    mother: Parent = ""
    affected: Answer = "unknown"
    deceased: bool = False
    proband: bool = False
    twins: Parent = ""
    identical: Answer = "unknown"
    note: Line = ""
    extra: Annotated[tuple[Cell, ...], Field(max_length=50)] = ()


Members = tuple[Relative, ...]
_MEMBERS: TypeAdapter[Members] = TypeAdapter(Members)


def read_members(stored: Any) -> Members:
    """The members as they were stored. Raises ValidationError for what never was."""
    return _MEMBERS.validate_python(stored)


def stored_members(members: Members) -> list[dict[str, Any]]:
    """As JSON: only what was said."""
    return [one.model_dump(mode="json", exclude_defaults=True) for one in members]


def problems_of(members: Sequence[Relative]) -> dict[str, list[str]]:
    """What is wrong between members, by place (``members.2.father``, ``members``); nothing for a family that can be."""
    found: dict[str, list[str]] = {}
    if not 1 <= len(members) <= MOST_MEMBERS:
        found["members"] = [_("A family has between 1 and %(most)d members.") % {"most": MOST_MEMBERS}]
        return found
    if not any(one.proband for one in members):
        found["members"] = [_("Say who is the proband: every family has at least one.")]
    try:
        ped.from_pedigree(pedigree_of(members), "family")
    except PedError as error:
        for place, text in said_problems(error):
            found.setdefault(place, []).append(text)
    for place, text in _twins(members):
        found.setdefault(place, []).append(text)
    return found


def said_problems(error: PedError) -> Iterable[tuple[str, str]]:
    """(place, text with what to do) of each problem of a pedigree, in the language in force."""
    for problem in error.problems:
        number, _dot, column = problem.path.removeprefix("$.pedigree.persons[").partition("].")
        field = {"individual": "id"}.get(column, column)
        yield (f"members.{number}.{field}" if number.isdigit() else "members"), vocabulary.in_words(problem)


def _twins(members: Sequence[Relative]) -> Iterable[tuple[str, str]]:
    """Twins are at least two, of the same known parents."""
    born: dict[str, list[int]] = {}
    for place, one in enumerate(members):
        if one.twins:
            born.setdefault(one.twins, []).append(place)
    for word, places in born.items():
        first = members[places[0]]
        if len(places) == 1:
            yield (
                f"members.{places[0]}.twins",
                _("“%(word)s” names one person only; twins are two or more.") % {"word": word},
            )
        for place in places:
            one = members[place]
            if not (one.father or one.mother):
                yield f"members.{place}.twins", _("Twins need a father or a mother in the family.")
            elif (one.father, one.mother) != (first.father, first.mother):
                yield f"members.{place}.twins", _("Twins have the same parents; these have not.")


# --- PED and the phenopackets family -----------------------------------------------------------------------------

_SEXES = {"male": "MALE", "female": "FEMALE", "other": "OTHER_SEX"}
_STATUSES = {"yes": "AFFECTED", "no": "UNAFFECTED"}
_CODES = {"1": "male", "2": "female"}
_AFFECTED = {True: "yes", False: "no", None: "unknown"}


def pedigree_of(members: Iterable[Relative], family_id: str = "family") -> Pedigree:
    """The members as the pedigree of a phenopackets Family."""
    persons = [
        Person.model_validate(
            {
                "family_id": family_id,
                "individual_id": one.id,
                "paternal_id": one.father or "0",
                "maternal_id": one.mother or "0",
                "sex": _SEXES.get(one.sex, "UNKNOWN_SEX"),
                "affected_status": _STATUSES.get(one.affected, "MISSING"),
            }
        )
        for one in members
    ]
    return Pedigree(persons=persons)


def members_of(pedigree: Pedigree, *, proband: str = "", before: Members = ()) -> Members:
    """The members that a phenopackets pedigree names. Raises PedError with paths beneath ``$.pedigree``."""
    file = ped.from_pedigree(pedigree, "family")
    others = {person.individual_id for person in pedigree.persons if person.sex == "OTHER_SEX"}
    read = from_ped(file.members, proband=proband, before=before)
    return tuple(one.model_copy(update={"sex": "other"}) if one.id in others else one for one in read)


def from_ped(rows: Iterable[ped.Member], *, proband: str = "", before: Members = ()) -> Members:
    """The members that lines of a PED file name; what it has no column for is kept of the members before."""
    known = {one.id: one for one in before}
    return tuple(_from_ped(row, known.get(row.individual), proband) for row in rows)


def _from_ped(row: ped.Member, was: Relative | None, proband: str) -> Relative:
    said = {
        "id": row.individual,
        "sex": "other" if row.sex == "0" and was and was.sex == "other" else _CODES.get(row.sex, "unknown"),
        "father": row.father or "",
        "mother": row.mother or "",
        "affected": _AFFECTED[row.affected],
        "proband": row.individual == proband,
        "extra": row.extra,
    }
    kept = was.model_dump(include={"deceased", "twins", "identical", "note"}) if was else {}
    return Relative.model_validate(kept | said)


def to_ped(members: Iterable[Relative], family_id: str) -> str:
    """The members as a PED file, with the columns that one came with."""
    codes = {"male": "1", "female": "2"}
    affected = {"yes": "2", "no": "1"}
    rows = tuple(
        ped.Member.model_validate(
            {
                "family": family_id,
                "individual": one.id,
                "father": one.father or None,
                "mother": one.mother or None,
                "sex": codes.get(one.sex, "0"),
                "phenotype": affected.get(one.affected, "0"),
                "extra": one.extra,
            }
        )
        for one in members
    )
    return ped.dumps(ped.PedFile(rows=rows))
