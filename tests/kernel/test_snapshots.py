"""Long reading keeps no writer out, and what is tried out on a copy leaves nothing."""

import sqlite3
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection, transaction

from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.snapshots import on_a_copy, one_moment

pytestmark = pytest.mark.django_db(transaction=True)


def write(code):
    """In a thread, which has a connection of its own."""

    def run():
        try:
            with connection.cursor() as cursor:
                if connection.vendor == "sqlite":
                    cursor.execute("PRAGMA busy_timeout = 200")
            with transaction.atomic():
                Organisation.objects.create(code=code, name=code, kind=Kind.HOSPITAL)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()


def codes():
    return set(Organisation.objects.values_list("code", flat=True))


@pytest.mark.parametrize("opened", [True, False])
def test_who_writes_does_not_wait_for_who_reads(opened):
    write("BEFORE")
    if not opened:
        connection.close()
    with one_moment():
        assert codes() == {"BEFORE"}
        write("MEANWHILE")
        assert codes() == {"BEFORE"}  # the moment stands
    assert codes() == {"BEFORE", "MEANWHILE"}
    with transaction.atomic():  # writing is as it was
        Organisation.objects.create(code="AFTER", name="x", kind=Kind.HOSPITAL)
    assert codes() == {"BEFORE", "MEANWHILE", "AFTER"}


def test_within_a_transaction_it_is_as_that_has_it():
    with transaction.atomic():
        Organisation.objects.create(code="OWN", name="x", kind=Kind.HOSPITAL)
        with one_moment():
            assert codes() == {"OWN"}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps nobody out: nothing is copied")
def test_what_is_tried_on_a_copy_is_thrown_away_and_keeps_nobody_out():
    write("HERE")
    database = Path(connection.settings_dict["NAME"])
    with on_a_copy():
        with transaction.atomic():
            Organisation.objects.create(code="TRIED", name="x", kind=Kind.HOSPITAL)
            with sqlite3.connect(database, timeout=0.2) as itself:
                itself.execute("UPDATE organisations_organisation SET name = 'told meanwhile'")
        assert codes() == {"HERE", "TRIED"}
    assert codes() == {"HERE"}
    assert Organisation.objects.get().name == "told meanwhile"
    assert not list(database.parent.glob(".trying-*"))
