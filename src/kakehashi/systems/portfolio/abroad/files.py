"""Co-operation abroad from a CSV file and into one: the columns ``code`` and those of ``told.FIELDS``.

A row without a code is new and gets one; a row whose code is known says what that one is to say from now on. All or
none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.listing import plain_cell
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.punctuation import labelled
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.abroad.actions import correct_cooperation, record_cooperation
from kakehashi.systems.portfolio.abroad.told import FIELDS, Read, read, said_of
from kakehashi.systems.portfolio.csv_tables import CsvRow, CsvTable
from kakehashi.systems.portfolio.models import Cooperation, Programme
from kakehashi.systems.portfolio.uploads import text_of

COLUMNS = ("code", *FIELDS)
NEEDED = ("kind", "name")
LARGEST_MB = 2
MOST_ROWS = 1_000


class Fate(models.TextChoices):
    """What becomes of a row of the file."""

    NEW = "new", gettext_lazy("new")
    CORRECTED = "corrected", gettext_lazy("corrected")
    SAME = "same", gettext_lazy("nothing different")
    FAULTY = "faulty", gettext_lazy("at fault")


WRITES = (Fate.NEW, Fate.CORRECTED)
"""The fates of rows that write something."""


@dataclass
class Row:
    """A row of the file: what is to stand, what stands (``known``) and said when it was looked at
    (``before``), which fields differ, what is wrong."""

    line: int
    code: str
    fate: Fate
    told: Read
    known: Cooperation | None = None
    before: dict[str, str] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def seen(self) -> tuple[object, ...]:
        """What the look at it came to: what is confirmed must be the same."""
        return self.line, self.fate.value, self.before

    @property
    def name(self) -> str:
        """What it is about."""
        return str(self.told.values.get("name", ""))


def rows_of(found: models.QuerySet[Cooperation] | None = None) -> Iterator[tuple[str, ...]]:
    """All rows, or those found, as the columns of a file that ``look_at`` reads."""
    rows = Cooperation.objects.all() if found is None else found
    for one in rows.select_related("programme").prefetch_related("countries").order_by("kind", "code"):
        said = said_of(one)
        yield (one.code, *(plain_cell(said[name]) for name in FIELDS))


def look_at(content: bytes) -> list[Row]:
    """What an import would do with each row. Raises Invalid where the file cannot be read as a whole."""
    table = CsvTable(text_of(content, largest_mb=LARGEST_MB))
    table.insist_on(NEEDED, COLUMNS)
    lines = table.rows(most=MOST_ROWS)
    known = Cooperation.objects.select_related("programme").prefetch_related("countries").in_bulk(field_name="code")
    programmes = Programme.objects.in_bulk(field_name="code")
    first: dict[str, int] = {}
    return [_row(line, known, programmes, first) for line in lines]


def import_cooperation(rows: Iterable[Row], *, by: Person | None) -> dict[Fate, int]:
    """Write what was looked at, all or none; answers how many had which fate.

    Raises NotAllowed; Invalid where a row is at fault; Conflict where the node has changed since it was looked at.
    """
    if by is not None:
        audit.insist(rules.may_record_cooperation(by), by=by, action="cooperation.import")
    rows = list(rows)
    faulty = [row for row in rows if row.fate == Fate.FAULTY]
    if faulty:
        text = _("Line %(line)d: %(fault)s")
        raise Invalid({"file": [text % {"line": row.line, "fault": " ".join(row.faults)} for row in faulty]})
    reason = _("From a file")
    fates = dict.fromkeys(Fate, 0)
    with transaction.atomic(), audit.batch():
        for row in rows:
            fates[row.fate] += 1
            if row.fate == Fate.NEW:
                _insist_new(row)
                record_cooperation(by=by, said={}, code=row.code, reason=reason, read_already=row.told)
            elif row.fate == Fate.CORRECTED and row.known is not None:
                _correct(row, row.known, by, reason)
        audit.record(by, "cooperation.import", detail={str(fate): number for fate, number in fates.items()})
    return fates


def _correct(row: Row, known: Cooperation, by: Person | None, reason: str) -> None:
    correct_cooperation(by=by, row=known, said={}, reason=reason, read_already=row.told, looked_at=row.before)


def _insist_new(row: Row) -> None:
    if row.code and Cooperation.objects.filter(code=row.code).exists():
        raise Conflict(_("%(code)s was recorded meanwhile: look at the file again.") % {"code": row.code})


def _row(line: CsvRow, known: dict[str, Cooperation], programmes: dict[str, Programme], first: dict[str, int]) -> Row:
    said = line.cells
    code = said.get("code", "")
    there = known.get(code)
    before = said_of(there) if there else {}
    told = read(before | {name: text for name, text in said.items() if name in FIELDS}, programmes)
    row = Row(line.line, code, Fate.SAME if there else Fate.NEW, told, there, before)
    row.faults = line.faults + [labelled(name, " ".join(texts)) for name, texts in told.faults.items()]
    if code and there is None:
        row.faults += [labelled("code", text) for text in _faults_of(code)]
    if code and first.setdefault(code, row.line) != row.line:
        row.faults.append(_("The code stands in line %(line)d already.") % {"line": first[code]})
    if row.faults:
        row.fate = Fate.FAULTY
    elif there:
        row.changed = [name for name in FIELDS if name in said and _differs(told, there, name, before)]
        row.fate = Fate.CORRECTED if row.changed else Fate.SAME
    return row


def _faults_of(code: str) -> list[str]:
    try:
        Cooperation._meta.get_field("code").run_validators(code)
    except ValidationError as error:
        return error.messages
    return []


def _differs(told: Read, there: Cooperation, name: str, before: dict[str, str]) -> bool:
    """Whether a field says something else than it said: as values, so that blanks and order do not count."""
    if name == "countries":
        return " ".join(told.countries) != before["countries"]
    if name == "when":
        return (told.values["on"], told.values["precision"]) != (there.on, there.precision)
    return bool(told.values[name] != getattr(there, name))
