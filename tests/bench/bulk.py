"""Writing many rows at once, for the benchmarks: as fast as each database takes them."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any


def put(model: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows, all of the same columns, as fast as the database takes them."""
    from django.db import connection

    if not rows:
        return
    table, names = model._meta.db_table, list(rows[0])
    columns = ", ".join(f'"{name}"' for name in names)
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        with connection.connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([row[name] for name in names])
        return
    adapted = ([_adapted(row[name]) for name in names] for row in rows)
    marks = ", ".join("?" for _ in names)
    connection.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", adapted)
    if not connection.in_atomic_block:
        connection.connection.commit()


def _adapted(value: Any) -> Any:
    """As Django writes it into SQLite."""
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value


class later_indexed:
    """The indexes of the long tables are made at the end, at once."""

    def __enter__(self) -> None:
        from django.db import connection

        from kakehashi.systems.cases.models import CaseFinding, CaseGene

        self._indexes = [(model, one) for model in (CaseFinding, CaseGene) for one in model._meta.indexes]
        with connection.schema_editor() as editor:
            for model, one in self._indexes:
                editor.remove_index(model, one)
            if connection.vendor == "postgresql":
                editor.execute("DROP INDEX search_bigrams")

    def __exit__(self, *_: object) -> None:
        from django.db import connection

        with connection.schema_editor() as editor:
            if connection.vendor == "postgresql":
                editor.execute("SET maintenance_work_mem = '1GB'")
            for model, one in self._indexes:
                editor.add_index(model, one)
            if connection.vendor == "postgresql":
                text = importlib.import_module("kakehashi.kernel.search.migrations.0002_full_text")
                for statement in text.POSTGRESQL:
                    editor.execute(statement)


def count_on(*tables: tuple[str, int]) -> None:
    """The next key of a table whose keys were given."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table, last in tables:
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last])
