"""A slice of the data book as files: CSV for spreadsheets, Parquet for programs; one line a pair of row and column."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import duckdb

from kakehashi.kernel.listing import plain_cell
from kakehashi.systems.portfolio.databook.slicing import Table

HEADS = ("measure", "row_dimension", "row", "column_dimension", "column", "number")


def lines(table: Table) -> Iterator[tuple[str, str, str, str, str, int]]:
    """Every pair with its number, noughts too."""
    wanted = table.wanted
    across = wanted.columns.key if wanted.columns else ""
    for row, row_label in table.rows:
        for column, column_label in table.columns:
            yield str(wanted.measure), wanted.rows.key, row_label, across, column_label, table.cell(row, column)


def as_csv(table: Table) -> str:
    """UTF-8 text with a byte-order mark, so that spreadsheets read Japanese."""
    written = StringIO()
    written.write("\ufeff")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(HEADS)
    writer.writerows([plain_cell(cell) for cell in line] for line in lines(table))
    return written.getvalue()


def as_parquet(table: Table) -> bytes:
    """The same as a Parquet file; the number is a 64-bit integer."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        file = Path(folder) / "slice.parquet"
        columns = ", ".join(f'"{name}" VARCHAR' for name in HEADS[:-1])
        connection.execute(f"CREATE TABLE pairs ({columns}, {HEADS[-1]} BIGINT)")
        rows = list(lines(table))
        if rows:
            connection.executemany("INSERT INTO pairs VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.table("pairs").write_parquet(str(file))
        return file.read_bytes()
