"""A PostgreSQL database as it stood at one moment: every table by COPY in one repeatable-read transaction, and back.

Not pg_dump: it refuses servers newer than itself and is missing where only the node is installed. The schema comes from
the migrations that the manifest names, so a copy can be read into any version of PostgreSQL that the node runs on.

Restoring fills a schema of its own beside the one in use; ``put_in_place`` exchanges the two in one transaction and
keeps the old one under another name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit, urlunsplit

from kakehashi.kernel.backup.archive import Archive, Writer
from kakehashi.kernel.backup.manifest import TABLES_FOLDER, Manifest, Sequence, Table

if TYPE_CHECKING:
    import psycopg

STAGING = "kakehashi_restoring"
LINES = 64 * 1024
"""Lines of an export that are compressed and written together, at least: in bytes."""

TABLES = """
SELECT c.relname, array_agg(a.attname ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  AND c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' GROUP BY c.relname ORDER BY c.relname
"""
SEQUENCES = """
SELECT t.relname, a.attname, s.oid::regclass::text
FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
JOIN pg_class t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE s.relkind = 'S' AND s.relnamespace = current_schema()::regnamespace ORDER BY 1, 2
"""


def begin_reading(connection: psycopg.Connection[Any]) -> None:
    """From now on this connection sees one moment. The first statement fixes it; writers go on."""
    import psycopg

    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    connection.execute("SELECT 1")


def export(
    connection: psycopg.Connection[Any], writer: Writer, progress: Callable[[int, int], None]
) -> tuple[dict[str, Table], tuple[Sequence, ...]]:
    """Write every table of the schema in use as a part; ``progress`` is told the tables done and in all.

    Counters are read last: one that moved on meanwhile skips some numbers, one left behind would give some twice.
    """
    found = [(str(name), tuple(columns)) for name, columns in connection.execute(TABLES).fetchall()]
    tables: dict[str, Table] = {}
    for number, (name, columns) in enumerate(found):
        progress(number, len(found))
        rows = 0

        def lines(name: str = name, columns: tuple[str, ...] = columns) -> Iterator[bytes]:
            nonlocal rows
            waiting = bytearray()
            with connection.cursor().copy(_copy(name, columns, "TO STDOUT")) as copied:
                for data in copied:
                    rows += bytes(data).count(b"\n")  # a line break inside a value is written \n
                    waiting += data
                    if len(waiting) >= LINES:
                        yield bytes(waiting)
                        waiting.clear()
            yield bytes(waiting)

        writer.put(f"{TABLES_FOLDER}{name}.copy", lines())
        tables[name] = Table(rows=rows, columns=columns)
    progress(len(found), len(found))
    sequences = []
    for table, column, sequence in connection.execute(SEQUENCES).fetchall():
        last, given = connection.execute(f"SELECT last_value, is_called FROM {sequence}").fetchone() or (1, False)  # noqa: S608
        sequences.append(Sequence(table=table, column=column, last=last, given=given))
    return tables, tuple(sequences)


def load(
    connection: psycopg.Connection[Any], archive: Archive, progress: Callable[[int], None] = lambda done: None
) -> None:
    """Fill the tables of the schema in use, in one transaction; what migrations put there goes first.

    At its commit the database checks every reference between rows.
    """
    from psycopg import sql

    manifest = archive.manifest
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for name in manifest.tables:
            cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(name)))
            if (cursor.fetchone() or (False,))[0]:
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        for name, table in manifest.tables.items():
            with cursor.copy(_copy(name, table.columns, "FROM STDIN")) as filled:
                for chunk in archive.chunks(f"{TABLES_FOLDER}{name}.copy"):
                    filled.write(chunk)
                    progress(len(chunk))
        for one in manifest.sequences:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)", [one.table, one.column, one.last, one.given]
            )


def _copy(table: str, columns: tuple[str, ...], direction: str) -> Any:
    from psycopg import sql

    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) " + direction).format(sql.Identifier(table), names)


def row_counts(connection: psycopg.Connection[Any], manifest: Manifest) -> dict[str, int]:
    """How many rows each table that the manifest names holds now."""
    from psycopg import sql

    counts = {}
    for name in manifest.tables:
        found = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        counts[name] = int(found[0]) if found else 0
    return counts


def is_empty(connection: psycopg.Connection[Any]) -> bool:
    """Whether the schema in use holds no table."""
    return not connection.execute(TABLES).fetchall()


def in_staging(url: str) -> str:
    """The same database's address, its connections in the schema that is being restored into."""
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    query["options"] = f"{query.get('options', '')} -csearch_path={STAGING}".strip()
    return urlunsplit(parts._replace(query=urlencode(query, quote_via=quote)))


def make_staging(connection: psycopg.Connection[Any]) -> None:
    """An empty schema to restore into; what a restoration that was cut off left there goes."""
    with connection.transaction():
        connection.execute(f"DROP SCHEMA IF EXISTS {STAGING} CASCADE")
        connection.execute(f"CREATE SCHEMA {STAGING}")


def drop_staging(connection: psycopg.Connection[Any]) -> None:
    """Take a schema away that was not put in place."""
    with connection.transaction():
        connection.execute(f"DROP SCHEMA IF EXISTS {STAGING} CASCADE")


def holds(connection: psycopg.Connection[Any], schema: str) -> bool:
    """Whether the database has a schema of this name."""
    found = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema])
    return found.fetchone() is not None


def put_in_place(connection: psycopg.Connection[Any], aside: str) -> bool:
    """Give the restored schema the name of the one in use, and that one the name ``aside``; both or neither.

    True when the old one held tables and is kept; an empty one is dropped.
    """
    from psycopg import sql

    with connection.transaction():
        empty = is_empty(connection)
        current = str((connection.execute("SELECT current_schema()").fetchone() or ("public",))[0])
        rename = sql.SQL("ALTER SCHEMA {} RENAME TO {}")
        connection.execute(rename.format(sql.Identifier(current), sql.Identifier(aside)))
        connection.execute(rename.format(sql.Identifier(STAGING), sql.Identifier(current)))
        if empty:
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(aside)))
    return not empty
