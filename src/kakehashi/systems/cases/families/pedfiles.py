"""A PED file looked at before it is taken over: what is wrong where, or whom it would make of the family."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from pydantic import ValidationError

from kakehashi.kernel.errors import Invalid, texts_of
from kakehashi.protocols import ped
from kakehashi.protocols.ped import PedError
from kakehashi.protocols.ped_problems import COLUMNS, COLUMNS_JA
from kakehashi.protocols.phenopacket.jsontext import decoded
from kakehashi.protocols.phenopacket.problems import PhenopacketError, shown
from kakehashi.systems.cases import lineproblems, vocabulary
from kakehashi.systems.cases.families.actions import NAME_TAKEN, name_taken, problems_with_cases
from kakehashi.systems.cases.families.members import Members, Relative, from_ped, problems_of
from kakehashi.systems.cases.families.queries import SeenFamily
from kakehashi.systems.cases.lineproblems import LineProblem
from kakehashi.systems.cases.models import Case

MOST_KIB = 256
COLUMN_OF = {"id": "individual", "case": "individual", "affected": "phenotype", "local_id": "family"}
"""Where a family's place stands in a file that calls it otherwise."""

Line = tuple[int, ped.Member]
"""A member with the line of the file."""


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

    ``problems``: all that is wrong, line by line; ``cut``: there are more than these. ``gone``: members of now who are
    not in the file; ``came``: those who are new.
    """

    text: str
    problems: tuple[LineProblem, ...] = ()
    cut: bool = False
    families: tuple[str, ...] = ()
    chosen: Choice = Choice()
    members: Members = ()
    cases: dict[str, Case] = field(default_factory=dict)
    came: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def drawable(self) -> bool:
        return bool(self.members)

    @property
    def located(self) -> bool:
        """Whether some problem stands in a certain column."""
        return any(one.column for one in self.problems)

    def refused(self, error: Invalid) -> Preview:
        """The same with what an action refused."""
        texts = texts_of(error)
        return replace(self, problems=tuple(LineProblem(None, text) for text in texts))


def read(data: bytes | str, *, case: Case, before: SeenFamily | None, chosen: Choice | None = None) -> Preview:
    """Read a file for a case's family; whoever has the case's pseudonym is the proband unless another is chosen.

    What is wrong is told all at once: within lines, between them, and with who is the case.
    """
    chosen = chosen or Choice()
    try:
        text = data if isinstance(data, str) else decoded(data)
    except PhenopacketError as error:
        return Preview("", lineproblems.told(error.problems))
    lines, problems, cut = _lines_of(text)
    again = "" if problems else text
    names = tuple(dict.fromkeys(row.family for _number, row in lines))
    if not names:
        return Preview("", tuple(problems), cut=cut)
    wanted = chosen.family if chosen.family in names else _family_with(lines, case) or names[0]
    people = {row.individual: (number, row) for number, row in lines if row.family == wanted}
    known = {name: one for name, one in (before.cases if before else {}).items() if name in people}
    was = before.members if before else ()
    itself = next((name for name, one in known.items() if one == case), case.local_id)
    affected = next((name for name, (_number, row) in people.items() if row.affected), next(iter(people)))
    probands = [one.id for one in was if one.proband and one.id in people]
    proband = next((one for one in (chosen.proband, *probands, itself) if one in people), affected)
    member = next((one for one in (chosen.member, itself) if one in people), proband)
    members, unkept = _members_of(people.values(), proband, was)
    members = members if chosen.proband else _probands_kept(members, was)
    sound = not problems and not unkept
    found = problems_of(members) if sound else {}
    cases = {name: one for name, one in known.items() if one != case} | {member: case}
    drawn = members if sound and not found else ()
    kept = {said.id for said in members}
    if member in kept and (sound or itself in people):  # else somebody else's line would be taken for the case's
        linked = {name: one for name, one in cases.items() if name in kept}
        family = before.family if before else None
        for where, texts in problems_with_cases(members, linked, case.organisation_id, family).items():
            found[where] = [*found.get(where, ()), *texts]
    if before is None and name_taken(case.organisation_id, wanted):
        found["local_id"] = [str(NAME_TAKEN)]
    at = {one.id: people[one.id] for one in members}
    problems += unkept + [_placed(where, one, list(at.values())) for where, texts in found.items() for one in texts]
    problems.sort(key=lambda one: one.line or 0)
    ids = {one.id for one in was}
    return Preview(
        again,
        tuple(problems[: ped.MAX_PROBLEMS]),
        cut or len(problems) > ped.MAX_PROBLEMS,
        names,
        Choice(wanted, proband, member),
        drawn,
        cases,
        came=tuple(name for name in people if name not in ids),
        gone=tuple(one.id for one in was if one.id not in people),
    )


def _lines_of(text: str) -> tuple[list[Line], list[LineProblem], bool]:
    """The members that stand by themselves, what is wrong with the file as such, and whether that is more than told."""
    try:
        file = ped.loads(text)
    except PedError as error:
        said = ped.lines(text)
        problems = [
            _problem(one.path, vocabulary.in_words(one), one.line, ped.cells(said[one.line - 1]) if one.line else ())
            for one in error.problems
        ]
        return list(error.standing), problems, error.cut
    return [(number, row) for number, row in enumerate(file.rows, 1) if isinstance(row, ped.Member)], [], False


def _members_of(people: Iterable[Line], proband: str, was: Members) -> tuple[Members, list[LineProblem]]:
    """The members that can be kept, and what is wrong with the others."""
    kept: list[Relative] = []
    problems = []
    for number, row in people:
        try:
            kept += from_ped([row], proband=proband, before=was)
        except ValidationError as error:
            text = _("This cannot be kept: it is too long, too much, or holds characters that cannot be printed.")
            for one in error.errors():
                problems.append(_problem(str(one["loc"][0]) if one["loc"] else "id", text, number, _cells(row)))
    return tuple(kept), problems


def _placed(where: str, text: str, people: list[Line]) -> LineProblem:
    """What is wrong at a place of the family (``members.2.father``), in its line of the file."""
    _members, _dot, place = where.partition(".")
    number, _dot, name = place.partition(".")
    if where == "local_id":
        return _problem(where, text, people[0][0] if people else None, _cells(people[0][1]) if people else ())
    if not number.isdigit():
        return LineProblem(None, text)
    line, row = people[int(number)]
    return _problem(name, text, line, _cells(row))


def _problem(place: str, text: str, line: int | None, said: Sequence[str]) -> LineProblem:
    """With the column in words and what stands there."""
    column = COLUMN_OF.get(place, place)
    if column not in COLUMNS:
        return LineProblem(line, text)
    number = COLUMNS.index(column)
    name = COLUMNS_JA[column] if vocabulary.language() == "ja" else column
    return LineProblem(line, text, name, shown(said[number], 40) if number < len(said) else "")


def _cells(row: ped.Member) -> tuple[str, ...]:
    """The columns of a member's line."""
    return (row.family, row.individual, row.father or "0", row.mother or "0", row.sex, row.phenotype, *row.extra)


def _probands_kept(members: Members, was: Members) -> Members:
    """Who was a proband before stays one."""
    before = {one.id for one in was if one.proband}
    return tuple(one.model_copy(update={"proband": one.proband or one.id in before}) for one in members)


def _family_with(lines: Iterable[Line], case: Case) -> str:
    """The family of the file in which the case's pseudonym stands, "" for none."""
    return next((row.family for _number, row in lines if row.individual == case.local_id), "")
