"""The pedigree format of PLINK and its kin (PED, FAM): read strictly, written without loss, to and from GA4GH.

One line a person: family, individual, father, mother (0 when not in the file), sex (1 male, 2 female, 0 unknown),
phenotype (2 affected, 1 unaffected, 0 or -9 unknown), then any columns of the writer's own. Columns are parted by tabs
(values may then hold blanks) or by blanks; lines that begin with # and empty lines are remarks. Format:
https://www.cog-genomics.org/plink/1.9/formats#fam.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from kakehashi.protocols.ped_problems import COLUMNS, ped_problem
from kakehashi.protocols.phenopacket.check_pedigree import UNKNOWN_PARENT, own_ancestors
from kakehashi.protocols.phenopacket.clinical import Sex
from kakehashi.protocols.phenopacket.documents import AffectedStatusName, Pedigree, Person
from kakehashi.protocols.phenopacket.jsontext import decoded
from kakehashi.protocols.phenopacket.problems import PhenopacketError, Problem

MAX_MIB: Final = 16
MAX_PROBLEMS: Final = 100
"""So many problems are told at once; a file of another kind altogether would yield one a line."""

SexCode = Literal["1", "2", "0"]
PhenotypeCode = Literal["1", "2", "0", "-9"]
Place = tuple[str, int | None]
"""Where a person stands, for messages: a prefix of the path (empty in a PED file) and the line."""

_SEXES: Final[dict[SexCode, Sex]] = {"1": "MALE", "2": "FEMALE", "0": "UNKNOWN_SEX"}
_STATUSES: Final[dict[PhenotypeCode, AffectedStatusName]] = {
    "1": "UNAFFECTED",
    "2": "AFFECTED",
    "0": "MISSING",
    "-9": "MISSING",
}


class PedError(ValueError):
    """A text or a pedigree that is none; ``problems`` say where, what and what to do, in both languages.

    ``cut``: there are more than these. ``standing``: the members whose own lines are well, each with its line.
    """

    def __init__(self, *problems: Problem, cut: bool = False, standing: "Sequence[tuple[int, Member]]" = ()) -> None:
        super().__init__("; ".join(f"line {one.line}: {one.en}" if one.line else one.en for one in problems))
        self.problems = problems
        self.cut = cut
        self.standing = tuple(standing)


def _control(text: str) -> str | None:
    """The first character that no line of text may hold."""
    marks = (mark for mark in text if unicodedata.category(mark) in ("Cc", "Cs", "Zl", "Zp") or mark == "\ufeff")
    return next((mark for mark in marks if mark != "\t"), None)


def _cell(value: str) -> str:
    if value != value.strip() or "\t" in value or _control(value):
        raise ValueError("a column holds no tab, line end or control character, and no blank at its ends")
    return value


def _name(value: str) -> str:
    if value in UNKNOWN_PARENT or value.startswith("#"):
        raise ValueError("an id is not empty, not 0 and does not begin with #")
    return _cell(value)


def _remark(text: str) -> str:
    if (text.strip() and not text.lstrip().startswith("#")) or _control(text):
        raise ValueError("a remark is one line and begins with #")
    return text


Name = Annotated[str, AfterValidator(_name)]


class Row(BaseModel):
    """Base of what a line can be: values that do not change."""

    model_config = ConfigDict(frozen=True)


class Member(Row):
    """One person of a family. Parents are individual ids of the same family, None when not known."""

    family: Name
    individual: Name
    father: Name | None = None
    mother: Name | None = None
    sex: SexCode = "0"
    phenotype: PhenotypeCode = "0"
    extra: tuple[Annotated[str, AfterValidator(_cell)], ...] = ()

    @property
    def affected(self) -> bool | None:
        """None when it is not known."""
        return {"2": True, "1": False}.get(self.phenotype)


class Remark(Row):
    """A line about no one: empty, or beginning with #; kept letter for letter."""

    text: Annotated[str, AfterValidator(_remark)] = ""


class Family(Row):
    """The members that share one family id, in the order of the file."""

    id: Name
    members: tuple[Member, ...]


class PedFile(Row):
    """A whole file, line by line; consistent once made (raises pydantic's ValidationError otherwise)."""

    rows: tuple[Member | Remark, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for problem in _inconsistencies(self.members, [("", None)] * len(self.members)):
            raise ValueError(problem.en)
        return self

    @property
    def members(self) -> tuple[Member, ...]:
        """Everybody, in the order of the file."""
        return tuple(row for row in self.rows if isinstance(row, Member))

    @property
    def families(self) -> tuple[Family, ...]:
        """The families in the order of their first members."""
        found: dict[str, list[Member]] = {}
        for member in self.members:
            found.setdefault(member.family, []).append(member)
        return tuple(Family(id=name, members=tuple(members)) for name, members in found.items())


def loads(data: bytes | str) -> PedFile:
    """Read a PED or FAM file. Raises PedError with every problem found (at most MAX_PROBLEMS)."""
    if len(data) > MAX_MIB * 1024 * 1024:
        raise PedError(ped_problem("too-large", "", None, limit=MAX_MIB))
    try:
        text = decoded(data) if isinstance(data, bytes) else data
    except PhenopacketError as error:
        raise PedError(*error.problems) from None
    read = _Read()
    for number, line in enumerate(lines(text), start=1):
        if character := _control(line):
            read.problems.append(ped_problem("control-character", "", number, character=f"U+{ord(character):04X}"))
            read.unread.add(_who(cells("".join(sign for sign in line if sign == "\t" or sign.isprintable()))))
        elif not line.strip() or line.lstrip().startswith("#"):
            read.rows.append(Remark(text=line))
        else:
            read.take(cells(line), ("", number))
        if len(read.problems) > MAX_PROBLEMS:
            read.broken_off = True
            break
    if not read.problems and not read.places:
        read.problems.append(ped_problem("no-members", "", None))
    return read.made()


def lines(text: str) -> list[str]:
    """The lines of a file, whatever ends them."""
    found = re.split(r"\r\n|\n|\r", text)
    return found if found[-1] else found[:-1]


def dumps(file: PedFile) -> str:
    """The file as text: one line a row, columns parted by tabs. ``loads`` reads the same file back."""
    return "".join(_line(row) + "\n" for row in file.rows)


def to_pedigree(family: Family) -> Pedigree:
    """The pedigree of a Phenopackets Family. It has no room for extra columns and one word for 0 and -9."""
    persons = [
        Person(
            family_id=member.family,
            individual_id=member.individual,
            paternal_id=member.father or "0",
            maternal_id=member.mother or "0",
            sex=_SEXES[member.sex],
            affected_status=_STATUSES[member.phenotype],
        )
        for member in family.members
    ]
    return Pedigree(persons=persons)


def from_pedigree(pedigree: Pedigree, family_id: str = "") -> PedFile:
    """The pedigree of a Phenopackets Family as a PED file; ``family_id`` stands in where a person names no family.

    PED knows no third sex: OTHER_SEX becomes 0. Raises PedError with paths beneath ``$.pedigree``.
    """
    sexes = {word: code for code, word in _SEXES.items()}
    statuses: dict[AffectedStatusName, PhenotypeCode] = {"UNAFFECTED": "1", "AFFECTED": "2"}
    read = _Read()
    for at, person in enumerate(pedigree.persons):
        place = (f"$.pedigree.persons[{at}].", None)
        names = (person.family_id or family_id, person.individual_id)
        parents = (person.paternal_id or "0", person.maternal_id or "0")
        codes = (sexes.get(person.sex, "0"), statuses.get(person.affected_status, "0"))
        read.take([*names, *parents, *codes], place)
    return read.made()


@dataclass
class _Read:
    """What has been read so far: the rows that stand, each member's place, and what is wrong with the others.

    ``unread``: (family, individual) of lines that cannot stand: nobody is told that these are missing. ``broken_off``:
    there are lines that were not looked at, so that nothing is told between lines.
    """

    rows: list[Member | Remark] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unread: set[tuple[str, str]] = field(default_factory=set)
    broken_off: bool = False

    def take(self, said: Sequence[str], place: Place) -> None:
        """One person's columns."""
        member = _member(said, place, self.problems)
        if member is None:
            self.unread.add(_who(said))
            return
        self.rows.append(member)
        self.places.append(place)

    def made(self) -> PedFile:
        """The file; raises PedError with all that is wrong within lines and between them, line by line."""
        members = [row for row in self.rows if isinstance(row, Member)]
        between = () if self.broken_off else _inconsistencies(members, self.places, self.unread)
        problems = sorted([*self.problems, *between], key=lambda one: one.line or 0)
        if problems:
            standing = [(line or 0, one) for (_where, line), one in zip(self.places, members, strict=True)]
            raise PedError(*problems[:MAX_PROBLEMS], cut=len(problems) > MAX_PROBLEMS, standing=standing)
        return PedFile(rows=tuple(self.rows))


def _who(said: Sequence[str]) -> tuple[str, str]:
    """Family and individual of a line's columns, where it has them."""
    family, individual, *_more = (*said, "", "")
    return family, individual


def cells(line: str) -> list[str]:
    """Columns by tabs where that yields enough of them, else by any blanks, full-width ones too."""
    by_tabs = [cell.strip() for cell in line.split("\t")]
    return by_tabs if len(by_tabs) >= len(COLUMNS) else line.split()


def _line(row: Member | Remark) -> str:
    if isinstance(row, Remark):
        return row.text
    parents = (row.father or "0", row.mother or "0")
    return "\t".join((row.family, row.individual, *parents, row.sex, row.phenotype, *row.extra))


def _member(cells: Sequence[str], place: Place, problems: list[Problem]) -> Member | None:
    """One line's member, or None and its problems added to the list."""
    where, line = place
    before = len(problems)
    if len(cells) < len(COLUMNS):
        problems.append(ped_problem("columns", "", line, number=len(cells)))
        return None
    said = dict(zip(COLUMNS, cells, strict=False))
    for column, value in said.items():
        allowed = {"sex": get_args(SexCode), "phenotype": get_args(PhenotypeCode)}.get(column)
        if not value:
            problems.append(ped_problem("empty-column", where + column, line))
        elif allowed is not None:
            if value not in allowed:
                problems.append(ped_problem(column, where + column, line, value=value))
        elif not _fits(value) and not (value == "0" and column in ("father", "mother")):
            problems.append(ped_problem("bad-id", where + column, line, value=value))
    if len(problems) > before:
        return None
    known = {column: value for column, value in said.items() if value != "0" or column in ("sex", "phenotype")}
    return Member.model_validate({**known, "extra": tuple(cells[len(COLUMNS) :])})


def _fits(value: str) -> bool:
    try:
        return _name(value) == value
    except ValueError:
        return False


def _inconsistencies(
    members: Sequence[Member], places: Sequence[Place], unread: Collection[tuple[str, str]] = ()
) -> Iterator[Problem]:
    """What is wrong between lines: twice the same person, parents that cannot be."""
    at: dict[tuple[str, str], int] = {}
    for number, member in enumerate(members):
        key = (member.family, member.individual)
        if key in at:
            where, line = places[number]
            first = places[at[key]][1]
            yield ped_problem(
                "duplicate-individual",
                where + "individual",
                line,
                family=member.family,
                individual=member.individual,
                before=f", in line {first}" if first else "",
                before_ja=f"（{first} 行目）" if first else "",
            )
        at.setdefault(key, number)
    known = {key: members[index] for key, index in at.items()}
    families: dict[str, dict[str, set[str]]] = {}
    for number, member in enumerate(members):
        yield from _parents(member, places[number], known, unread)
        parents = {name for name in (member.father, member.mother) if name and (member.family, name) in at}
        families.setdefault(member.family, {})[member.individual] = parents
    circling = {(family, name) for family, above in families.items() for name in own_ancestors(above)}
    for number, member in enumerate(members):
        if (member.family, member.individual) in circling:
            where, line = places[number]
            yield ped_problem("own-ancestor", where + "individual", line, individual=member.individual)


def _parents(
    member: Member, place: Place, known: dict[tuple[str, str], Member], unread: Collection[tuple[str, str]]
) -> Iterator[Problem]:
    where, line = place
    about = {"family": member.family, "individual": member.individual}
    for role, role_ja, name, wrong, sex, sex_ja in (
        ("father", "父", member.father, "2", "female", "女性"),
        ("mother", "母", member.mother, "1", "male", "男性"),
    ):
        if name is None:
            continue
        parent = known.get((member.family, name))
        told = {**about, "role": role, "role_ja": role_ja, "parent": name, "sex": sex, "sex_ja": sex_ja}
        if parent is None and (member.family, name) not in unread:
            yield ped_problem("unknown-parent", where + role, line, **told)
        elif parent is not None and parent.sex == wrong:
            yield ped_problem("parent-sex", where + role, line, **told)
    if member.father is not None and member.father == member.mother:
        yield ped_problem("one-parent-twice", where + "mother", line, parent=member.father, **about)
