"""CSV: a heading with ``kind``, ``reference``, ``on``, and as wanted ``title``, ``title_en``, ``where``, ``awards``,
``top_journal`` and ``company_public`` (1 or 0), ``sureness`` (expected, final), ``evidence_url``, ``evidence``."""

from __future__ import annotations

from kakehashi.systems.portfolio.csv_cells import Choices, day_in_part, yes_or_no
from kakehashi.systems.portfolio.csv_tables import CsvRow, CsvTable
from kakehashi.systems.portfolio.models import OutputKind, OutputState
from kakehashi.systems.portfolio.outputs.actions import MAY_BEGIN_AS, NewOutput
from kakehashi.systems.portfolio.outputs.reading.entries import Entry, taken_as
from kakehashi.systems.portfolio.outputs.workflow import TOLD_BY_CASES

NEEDED = ("kind", "reference", "on")
TEXTS = ("title", "title_en", "where", "evidence_url", "evidence")
KNOWN = (*NEEDED, *TEXTS, "awards", "top_journal", "company_public", "sureness")
KIND = Choices(OutputKind.choices)
RECORDED = Choices(choice for choice in OutputKind.choices if choice[0] not in TOLD_BY_CASES)
"""The kinds that people record."""
SURENESS = Choices((one.value, one.label) for one in MAY_BEGIN_AS)


def read(text: str, most: int) -> list[Entry]:
    """The rows of the table. Raises Invalid for a heading that is not as above, no row, or more than ``most``."""
    table = CsvTable(text)
    table.insist_on(NEEDED, KNOWN)
    return [_entry(row) for row in table.rows(most=most)]


def _entry(row: CsvRow) -> Entry:
    cells = row.cells
    kind, day = row.read("kind", KIND.read), row.read("on", day_in_part)
    top, company_public = row.read("top_journal", yes_or_no), row.read("company_public", yes_or_no)
    sureness = row.read("sureness", _sureness)
    if row.faults or kind is None or day is None or sureness is None:
        return Entry(row.line, None, problem=" ".join(row.faults))
    on, parts = day
    told = NewOutput(
        kind=kind,
        reference=cells["reference"],
        on=on,
        company_public=bool(company_public),
        top_journal=bool(top),
        sureness=sureness,
        **{name: cells[name] for name in TEXTS if name in cells},
    )
    numbers = tuple(cells.get("awards", "").replace(",", " ").replace(";", " ").split())
    return Entry(row.line, told, numbers, taken_as(on) if parts < 3 else "")


def _sureness(text: str) -> str:
    return SURENESS.read(text or OutputState.FINAL)
