"""Many rows into a table at once: ten times as quick as by the ORM, for tables that hang on nothing but themselves."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, models


def put(model: type[models.Model], rows: Sequence[dict[str, Any]]) -> None:
    """Write rows, each with the same fields by their column's name, in the transaction in force.

    The database's own constraints hold; the model's defaults and validators are not asked.
    """
    if not rows:
        return
    names = list(rows[0])
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(name) for name in names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([_plain(row[name]) for name in names])
            return
        marks = ", ".join("%s" for _name in names)
        statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608  names of our own models
        cursor.executemany(statement, [[_text(_plain(row[name])) for name in names] for row in rows])


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


def _text(value: Any) -> Any:
    """As Django writes it into SQLite."""
    return str(value) if isinstance(value, (date, Decimal)) else value
