"""A slice of the data book as files: CSV for spreadsheets, Parquet for programs; one line a pair of row and column."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import duckdb
from django.utils import timezone

from kakehashi.kernel.listing import plain_cell
from kakehashi.systems.portfolio.databook.slicing import Table

HEADS = ("measure", "row_dimension", "row", "column_dimension", "column", "number")
TOLD = ("row_code", "column_code", "unit", "term", "as_of")
"""After the number: what rows and columns are called in addresses, its unit, by which term's scheme, as of when."""


def lines(table: Table) -> Iterator[tuple[str | int, ...]]:
    """Every pair with its number, noughts too, and what TOLD names."""
    wanted = table.wanted
    across = wanted.columns.key if wanted.columns else ""
    row_codes = wanted.rows.codes({key for key, _label in table.rows})
    column_codes = wanted.columns.codes({key for key, _label in table.columns}) if wanted.columns else {}
    term = str(wanted.term.number) if wanted.term else ""
    same = ("yen" if wanted.measure.is_money else "awards", term, timezone.localdate().isoformat())
    for row, row_label in table.rows:
        for column, column_label in table.columns:
            pair = (str(wanted.measure), wanted.rows.key, row_label, across, column_label, table.cell(row, column))
            yield *pair, row_codes.get(row, ""), column_codes.get(column, ""), *same


def as_csv(table: Table) -> str:
    """UTF-8 text with a byte-order mark, so that spreadsheets read Japanese."""
    written = StringIO()
    written.write("\ufeff")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow((*HEADS, *TOLD))
    writer.writerows([plain_cell(cell) for cell in line] for line in lines(table))
    return written.getvalue()


def as_parquet(table: Table) -> bytes:
    """The same as a Parquet file; the number is a 64-bit integer."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        file = Path(folder) / "slice.parquet"
        columns = ", ".join(f'"{name}" VARCHAR' for name in HEADS[:-1])
        told = ", ".join(f'"{name}" VARCHAR' for name in TOLD)
        connection.execute(f"CREATE TABLE pairs ({columns}, {HEADS[-1]} BIGINT, {told})")
        rows = list(lines(table))
        if rows:
            connection.executemany("INSERT INTO pairs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        connection.table("pairs").write_parquet(str(file))
        return file.read_bytes()
