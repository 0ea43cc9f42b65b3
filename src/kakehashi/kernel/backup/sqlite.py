"""An SQLite database as it stood at one moment, copied page by page while others write (SQLite's online backup)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

PART = "database.sqlite3"
PAGES_AT_ONCE = 2000
SECONDS_TO_WAIT = 60.0


def copy(database: Path, target: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Copy the database into a new file; ``progress`` is told the bytes done and in all.

    The read transaction that is opened first holds the moment: writers go on, and what they commit from then on is not
    in the copy. Without it the copy would begin anew at every commit and might never end.
    """
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=SECONDS_TO_WAIT)) as source:
        page = int(source.execute("PRAGMA page_size").fetchone()[0])
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with closing(sqlite3.connect(target)) as opened:
            source.backup(
                opened,
                pages=PAGES_AT_ONCE,
                progress=lambda _status, left, total: progress((total - left) * page, total * page),
                sleep=0.0,
            )
            opened.execute("PRAGMA journal_mode=DELETE")  # one file, whatever it was


def damage(database: Path) -> list[str]:
    """What is wrong with a database file: damaged pages, rows that name others that are not there. Empty: nothing."""
    with closing(sqlite3.connect(database)) as opened:
        found = [str(row[0]) for row in opened.execute("PRAGMA quick_check(5)") if row[0] != "ok"]
        found += [f"{table} → {other}" for table, _row, other, _key in opened.execute("PRAGMA foreign_key_check")][:5]
    return found


def row_counts(database: Path) -> dict[str, int]:
    """How many rows each table holds; without the shadow tables of the full-text index."""
    with closing(sqlite3.connect(database)) as opened:
        names = [
            str(row[0])
            for row in opened.execute(
                "SELECT name FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        return {name: int(opened.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in sorted(names)}  # noqa: S608
