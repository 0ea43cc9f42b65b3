"""Long reading as of one moment, and long trying-out, while others write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection, transaction

from kakehashi.kernel.backup import sqlite


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read inside does not change meanwhile, and nobody who writes waits for it. Nothing may be written inside.

    Within a transaction it is as that has it. SQLite: a transaction that takes no lock of the writers' (DEFERRED: what
    was committed when it first read).
    """
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()  # connecting sets the mode of transactions
    mode = getattr(connection, "transaction_mode", None)
    if connection.vendor == "sqlite":
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        if connection.vendor == "sqlite":
            connection.transaction_mode = mode  # type: ignore[attr-defined]


@contextmanager
def on_a_copy() -> Iterator[None]:
    """What is written inside goes into a copy of the database that is thrown away, so that nobody waits for it.

    For a process that does nothing else meanwhile (a command line): all of it sees the copy. On PostgreSQL, where a
    transaction keeps nobody out, within a transaction and for a database in memory it is the database itself, and who
    calls takes back what was written.
    """
    name = connection.settings_dict["NAME"]
    if connection.vendor != "sqlite" or connection.in_atomic_block or not Path(str(name)).is_file():
        yield
        return
    with TemporaryDirectory(dir=Path(name).parent, prefix=".trying-") as folder:  # beside it: as large, and as private
        copied = Path(folder) / sqlite.PART
        sqlite.copy(Path(name).resolve(), copied)
        connection.close()
        connection.settings_dict["NAME"] = copied
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = name
