"""Whether rows have changed since they were read: a stamp that every change of a table puts on it, by triggers.

A stamp is a sum of random numbers: what a transaction put on it and took back with its changes is never mistaken for
what another put there. On PostgreSQL each transaction has a row of its own, so that nobody waits for anybody; they are
put together now and then.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from kakehashi.kernel.jobs.hourly import every_hour

AWARDS, ACCOUNTS, OUTPUTS, CREDITS = "awards", "accounts", "outputs", "credits"
TABLE = "portfolio_stamp"
COLUMNS = "(about, fiscal_year, written_in, number)"
WATCHED = {
    AWARDS: (
        "portfolio_award",
        ("number", "programme_id", "organisation_id", "phase", "modality", "area_id", "begins", "ends", "published_on"),
        "0",
    ),
    ACCOUNTS: (
        "portfolio_account",
        ("kind", "fiscal_year", "appropriation_id", "programme_id", "award_id", "organisation_id", "balance_yen"),
        "{row}.fiscal_year",
    ),
    OUTPUTS: ("portfolio_output", ("kind", "top_journal", "on", "taken_back_on", "state"), "0"),
    CREDITS: ("portfolio_credit", ("output_id", "award_id", "since", "until"), "0"),
}
"""Of each stamp the table, the columns that are read from it, and the fiscal year that a row is stamped under."""

FIRST = (
    f"INSERT INTO {TABLE} {COLUMNS} SELECT '{{about}}', 0, -1, (SELECT COUNT(*) FROM {{table}}) "  # noqa: S608  no input
    f"WHERE NOT EXISTS (SELECT 1 FROM {TABLE} WHERE about = '{{about}}')"
)
FIRST_OF_YEARS = (
    f"INSERT INTO {TABLE} {COLUMNS} SELECT '{{about}}', fiscal_year, -1, COUNT(*) FROM {{table}} "  # noqa: S608
    f"WHERE NOT EXISTS (SELECT 1 FROM {TABLE} WHERE about = '{{about}}') GROUP BY fiscal_year"
)
TOGETHER = (
    f"WITH gone AS (DELETE FROM {TABLE} WHERE id IN (SELECT id FROM {TABLE} FOR UPDATE SKIP LOCKED) "  # noqa: S608
    f"RETURNING about, fiscal_year, number) INSERT INTO {TABLE} {COLUMNS} "
    "SELECT about, fiscal_year, -txid_current(), SUM(number) FROM gone GROUP BY about, fiscal_year"
)
MOVES = {"insert": ("INSERT", ("NEW",)), "delete": ("DELETE", ("OLD",)), "update": ("UPDATE OF {of}", ("OLD", "NEW"))}


def stamps() -> dict[tuple[str, int], int]:
    """The stamp of the awards (year 0) and of each fiscal year's accounts; what was never changed has none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT about, fiscal_year, SUM(number) FROM portfolio_stamp GROUP BY about, fiscal_year")
        return {(about, year): int(number) for about, year, number in cursor.fetchall()}


def install(connection: Any) -> None:
    """Watch the tables from now on. Done after every migration: SQLite drops a table's triggers when it remakes it.
    What was not watched before gets its first stamp."""
    for statement in _postgresql() if connection.vendor == "postgresql" else _sqlite():
        _run(connection, statement)
    stamp_what_stands(connection)


def stamp_what_stands(connection: Any) -> None:
    """Give what stands before the watch begins its first stamp; what has one keeps it."""
    for about, (table, _columns, year) in WATCHED.items():
        _run(connection, (FIRST if year == "0" else FIRST_OF_YEARS).format(about=about, table=table))


def _run(connection: Any, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def remove(connection: Any) -> None:
    """No longer watch them."""
    for about, (table, _columns, _year) in WATCHED.items():
        for move in MOVES:
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            _run(connection, f"DROP TRIGGER IF EXISTS portfolio_stamp_{about}_{move}{on}")


def _quoted(columns: Sequence[str]) -> str:
    return ", ".join(f'"{one}"' for one in columns)


def _sqlite() -> list[str]:
    """Row by row: an INSERT that an OR clause of the statement outside cannot turn into silence, then the change."""
    statements = []
    for about, (table, columns, year) in WATCHED.items():
        for move, (event, rows) in MOVES.items():
            body = "".join(
                f"INSERT OR IGNORE INTO {TABLE} {COLUMNS} "  # noqa: S608  no input
                f"VALUES ('{about}', {year.format(row=row)}, 0, abs(random() % 2147483648)); "
                f"UPDATE {TABLE} SET number = number + 1 + abs(random() % 2147483648) "
                f"WHERE about = '{about}' AND fiscal_year = {year.format(row=row)} AND written_in = 0; "
                for row in dict.fromkeys(rows if "{row}" in year else rows[:1])
            )
            when = f"AFTER {event.format(of=_quoted(columns))} ON {table}"
            name = f"portfolio_stamp_{about}_{move}"
            statements += [f"DROP TRIGGER IF EXISTS {name}", f"CREATE TRIGGER {name} {when} BEGIN {body}END"]
    return statements


def _postgresql() -> list[str]:
    """Row by row, into a row of the transaction's own."""
    statements = []
    for about, (table, columns, year) in WATCHED.items():
        for move, (event, rows) in MOVES.items():
            marks = "".join(
                f"INSERT INTO {TABLE} {COLUMNS} "  # noqa: S608  no input
                f"VALUES ('{about}', {year.format(row=row)}, txid_current(), 1 + floor(random() * 2147483647)::bigint) "
                "ON CONFLICT (about, fiscal_year, written_in) "
                f"DO UPDATE SET number = {TABLE}.number + EXCLUDED.number; "
                for row in dict.fromkeys(rows if "{row}" in year else rows[:1])
            )
            name = f"portfolio_stamp_{about}_{move}"
            statements += [
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {marks}RETURN NULL; END $$",
                f"CREATE OR REPLACE TRIGGER {name} AFTER {event.format(of=_quoted(columns))} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {name}()",
            ]
    return statements


@every_hour
def put_together() -> int:
    """Make one row of the rows that many transactions left (PostgreSQL). The sum stays. Returns how many are left."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(TOGETHER)
        return int(cursor.rowcount)
