"""One at a time: what reads rows and writes from what it read, safe from others who do the same in that moment."""

from django.db import connection


def alone(name: str) -> None:
    """Inside a transaction: from here to its end, nobody else who asks for this ``name`` goes on.

    On SQLite the transaction is that already (it begins IMMEDIATE). Not a file lock: one that is let go before the
    commit, or waited for while rows are locked, would bring two processes to a standstill that no database sees.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"kakehashi.{name}"])
