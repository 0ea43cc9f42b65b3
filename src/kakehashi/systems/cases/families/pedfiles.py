"""A PED file looked at before it is taken over: what is wrong where, or whom it would make of the family."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from pydantic import ValidationError

from kakehashi.kernel.errors import Invalid
from kakehashi.protocols import ped
from kakehashi.protocols.ped import PedError
from kakehashi.protocols.phenopacket.jsontext import decoded
from kakehashi.protocols.phenopacket.problems import PhenopacketError
from kakehashi.systems.cases import lineproblems
from kakehashi.systems.cases.families.members import Members, from_ped, problems_of
from kakehashi.systems.cases.families.queries import SeenFamily
from kakehashi.systems.cases.lineproblems import LineProblem
from kakehashi.systems.cases.models import Case

MOST_KIB = 256


def insist_on_size(size: int) -> None:
    """Raise Invalid for an upload of more bytes than a family's file has."""
    if size > MOST_KIB * 1024:
        text = _("The file is larger than %(limit)d KiB; one family needs a few.")
        raise Invalid({"file": [text % {"limit": MOST_KIB}]})


@dataclass(frozen=True)
class Choice:
    """What a PED file does not say: which of its families, who is the proband, which member is the case."""

    family: str = ""
    proband: str = ""
    member: str = ""


@dataclass(frozen=True)
class Preview:
    """What a file would make of the family. ``text`` is the file, to be sent again when it is confirmed.

    ``gone``: members of now who are not in the file; ``came``: those who are new.
    """

    text: str
    problems: tuple[LineProblem, ...] = ()
    families: tuple[str, ...] = ()
    chosen: Choice = Choice()
    members: Members = ()
    cases: dict[str, Case] = field(default_factory=dict)
    came: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def drawable(self) -> bool:
        return bool(self.members)

    def refused(self, error: Invalid) -> Preview:
        """The same with what an action refused."""
        texts = [str(text) for texts in error.problems.values() for text in texts]
        return replace(self, problems=tuple(LineProblem(None, text) for text in texts))


def read(data: bytes | str, *, case: Case, before: SeenFamily | None, chosen: Choice | None = None) -> Preview:
    """Read a file for a case's family; whoever has the case's pseudonym is the proband unless another is chosen."""
    chosen = chosen or Choice()
    try:
        text = data if isinstance(data, str) else decoded(data)
        file = ped.loads(text)
    except (PhenopacketError, PedError) as error:
        return Preview("", lineproblems.told(error.problems))
    names = tuple(family.id for family in file.families)
    wanted = chosen.family if chosen.family in names else _family_with(file, case) or names[0]
    family = next(one for one in file.families if one.id == wanted)
    people = {member.individual: member for member in family.members}
    known = {name: one for name, one in (before.cases if before else {}).items() if name in people}
    was = before.members if before else ()
    itself = next((name for name, one in known.items() if one == case), case.local_id)
    affected = next((name for name, one in people.items() if one.affected), next(iter(people)))
    probands = [one.id for one in was if one.proband and one.id in people]
    proband = next((one for one in (chosen.proband, *probands, itself) if one in people), affected)
    member = next((one for one in (chosen.member, itself) if one in people), proband)
    try:
        members = from_ped(family.members, proband=proband, before=was)
    except ValidationError as error:
        return Preview(text, tuple(LineProblem(None, _unkept(family, one["loc"])) for one in error.errors()), names)
    members = _probands_kept(members, was) if not chosen.proband else members
    cases = {name: one for name, one in known.items() if one != case} | {member: case}
    found = problems_of(members)
    ids = {one.id for one in was}
    return Preview(
        text,
        tuple(LineProblem(None, one) for texts in found.values() for one in texts),
        names,
        Choice(wanted, proband, member),
        () if found else members,
        cases,
        came=tuple(name for name in people if name not in ids),
        gone=tuple(one.id for one in was if one.id not in people),
    )


def _probands_kept(members: Members, was: Members) -> Members:
    """Who was a proband before stays one."""
    before = {one.id for one in was if one.proband}
    return tuple(one.model_copy(update={"proband": one.proband or one.id in before}) for one in members)


def _family_with(file: ped.PedFile, case: Case) -> str:
    """The family of the file in which the case's pseudonym stands, "" for none."""
    return next((one.family for one in file.members if one.individual == case.local_id), "")


def _unkept(family: ped.Family, place: tuple[int | str, ...]) -> str:
    return _("Family %(family)s: a value of %(field)s is too long to be kept, or holds characters that cannot be.") % {
        "family": family.id,
        "field": str(place[0]) if place else "id",
    }
