"""Entries are found by each of the things they name, by index; older ones too, before and after a job lists them."""

from contextlib import suppress
from importlib import import_module

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from kakehashi.kernel import audit
from kakehashi.kernel.audit import lookup, older, triggers
from kakehashi.kernel.audit.models import AuditEntry, NamedAmong, Unlisted
from kakehashi.kernel.jobs import worker
from kakehashi.kernel.jobs.models import Job, JobState

pytestmark = pytest.mark.django_db
migration = import_module("kakehashi.kernel.audit.migrations.0003_lookup")


def lists(number, *, size=4, kind="case"):
    """``number`` entries that name ``size`` things each: 0 … 3, 1 … 4, and so on."""
    made = [audit.entry(None, f"{kind}.list", (kind, ""), subject_ids=range(n, n + size)) for n in range(number)]
    audit.record_many(made)


def about(subject, kind="case"):
    return list(audit.entries_about(kind, subject).values_list("sequence", flat=True))


def lose_rows(**which):
    """What only who holds the database can do, past the triggers."""
    triggers.remove_from_lookup(connection)
    NamedAmong.objects.filter(**which).delete()
    triggers.install_on_lookup(connection)


@pytest.fixture
def before_the_lookup():
    """Ten lists and a single entry from before there were rows, then an upgrade, then one more list."""
    lists(10)
    audit.record(None, "case.read", ("case", 5))
    lose_rows()
    migration.leave_older_to_the_worker(apps, None)
    lists(6)
    return {0: [12, 1], 5: [17, 16, 15, 14, 11, 6, 5, 4, 3], 12: [10], 13: []}


def test_each_entry_is_found_by_each_thing_it_names_once_and_by_nothing_else():
    audit.read_of(None, "case", [3, 14, 15, 14, 'a"b'])
    audit.read_of(None, "file", [3, 4])
    audit.read_of(None, "case", [14])
    assert about(14) == [3, 1]
    assert about(3) == [1]
    assert about('a"b') == [1]
    assert about(1) == []
    assert about(4) == []
    assert about(4, "file") == [2]
    assert audit.verify().intact


def test_what_is_not_recorded_is_not_listed():
    with suppress(ValueError), audit.batch():
        audit.record_many([audit.entry(None, "case.list", ("case", ""), subject_ids=[1, 2])])
        raise ValueError("bad")
    assert not NamedAmong.objects.exists()


def test_a_new_node_has_nothing_to_list():
    migration.leave_older_to_the_worker(apps, None)
    assert not older.start_listing()
    assert not Job.objects.filter(kind=older.KIND).exists()


def test_nothing_is_missing_before_while_and_after_older_entries_are_listed(before_the_lookup, monkeypatch):
    monkeypatch.setattr(lookup, "AT_ONCE", 12)

    def answers():
        return {subject: about(subject) for subject in before_the_lookup}

    assert answers() == before_the_lookup
    listed = []
    while (reached := lookup.list_older()) is not None:
        listed.append((reached.reached, reached.until))
        assert answers() == before_the_lookup
    assert listed == [(3, 11), (6, 11), (9, 11), (11, 17), (14, 17), (17, 17)]
    assert not Unlisted.objects.exists()
    assert NamedAmong.objects.count() == 16 * 4


def test_the_worker_lists_them_and_lets_others_come_first(before_the_lookup, monkeypatch):
    monkeypatch.setattr(lookup, "AT_ONCE", 16)
    monkeypatch.setattr(older, "SECONDS_AT_A_TIME", 0.0)
    assert [older.start_listing() for _twice in range(2)] == [True, True]
    seen = []
    while Job.objects.get(kind=older.KIND).state == JobState.WAITING:
        worker.run_waiting()
        job = Job.objects.get(kind=older.KIND)
        seen.append((job.done, job.total))
    assert seen == [(4, 11), (8, 11), (11, 18), (15, 18), (18, 18), (18, 18)]  # the start is an entry too
    assert job.state == JobState.DONE
    assert {subject: about(subject) for subject in before_the_lookup} == before_the_lookup
    assert not older.start_listing()


def test_a_list_that_was_read_while_it_was_listed_is_there_once(before_the_lookup):
    lookup.list_subjects(connection.cursor(), [("case", 3, '["2","3","4","5"]')])
    lookup.list_older()
    assert about(5) == before_the_lookup[5]


@pytest.mark.parametrize("change", ["update", "delete", "truncate"])
def test_the_database_refuses_to_take_a_row_away(change):
    lists(2)
    rows = NamedAmong.objects.all()
    statement = {"postgresql": "TRUNCATE audit_namedamong", "sqlite": "DELETE FROM audit_namedamong"}
    attempts = {
        "update": lambda: rows.update(subject_id="9"),
        "delete": rows.delete,
        "truncate": lambda: connection.cursor().execute(statement[connection.vendor]),
    }
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        attempts[change]()
    assert about(1) == [2, 1]


def test_verify_names_the_entries_that_are_not_found_by_all_they_name_and_relist_mends_it():
    lists(5)
    audit.record(None, "case.read", ("case", 4))
    assert audit.verify().intact
    lose_rows(subject_id="4")
    lose_rows(sequence=2)
    NamedAmong.objects.create(subject_type="case", subject_id="never named", sequence=3)  # keeps the count
    report = audit.verify()
    assert [(one.kind, one.sequence) for one in report.findings] == [("lookup", n) for n in (2, 3, 4, 5)]
    assert "4 件" in str(report.findings[0])
    assert " 1 件" in str(report.findings[1])
    assert about(4) == [6]
    older.list_anew(by=None)
    assert about(4) == [6, 5, 4, 3, 2]
    assert audit.verify().intact  # searched as text
    worker.run_waiting()
    assert not Unlisted.objects.exists()
    assert audit.verify().intact
    assert about(4) == [6, 5, 4, 3, 2]
    assert AuditEntry.objects.filter(action="audit.relist", actor="system").count() == 1


def test_verify_misses_rows_also_where_somebody_takes_the_mark_of_what_waits_away(before_the_lookup):
    assert audit.verify().intact
    Unlisted.objects.all().delete()
    assert [one.sequence for one in audit.verify().findings] == list(range(1, 11))


def test_an_entry_that_names_very_much_is_found_at_once_and_listed_by_the_worker():
    most = lookup.MOST_WITH_THE_ENTRY
    audit.read_of(None, "case", range(most))
    assert NamedAmong.objects.count() == most
    audit.read_of(None, "case", range(most + 1))
    lists(1)
    audit.read_of(None, "case", range(most, 2 * most + 1))
    assert NamedAmong.objects.count() == most + 4
    found = {0: [3, 2, 1], most - 1: [2, 1], most: [4, 2], most + 1: [4], 2 * most + 1: []}
    assert {subject: about(subject) for subject in found} == found
    assert about(0, "file") == []
    assert audit.verify().intact
    assert list(Unlisted.objects.order_by("pk").values_list("reached", "until")) == [(1, 2), (3, 4)]
    assert older.start_listing()
    worker.run_waiting()
    assert NamedAmong.objects.count() == 3 * most + 6
    assert not Unlisted.objects.exists()
    assert {subject: about(subject) for subject in found} == found
    assert audit.verify().intact


def test_many_stretches_that_wait_are_searched_as_one(monkeypatch):
    monkeypatch.setattr(lookup, "MOST_WITH_THE_ENTRY", 3)
    monkeypatch.setattr(lookup, "MOST_STRETCHES", 2)
    for _ in range(4):
        lists(1)
        audit.record(None, "case.read", ("case", 9))
    assert Unlisted.objects.count() == 4
    assert about(2) == [7, 5, 3, 1]
    assert audit.verify().intact


def test_what_a_process_of_the_version_before_goes_on_writing_is_listed_too(before_the_lookup):
    lose_rows(sequence__in=[13, 16])  # written without rows, after the upgrade
    assert [one.sequence for one in audit.verify().findings] == [13, 16]
    while lookup.list_older() is not None:
        pass
    assert audit.verify().intact
    assert {subject: about(subject) for subject in before_the_lookup} == before_the_lookup


def plan(entries):
    """How the database finds these entries, a line a step."""
    return [line.strip() for line in entries.explain().splitlines()]


def test_one_case_is_looked_up_by_index_among_very_many():
    for _ in range(4):
        lists(500, size=10)
        audit.record_many([audit.entry(None, "case.read", ("case", n)) for n in range(4000)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    asked = audit.entries_about("case", 77).filter(organisation="", actor__startswith="sys")[:1000]
    steps = plan(asked)
    assert len(asked) == 44
    assert AuditEntry.objects.count() == 18_000
    text = "\n".join(steps)
    if connection.vendor == "postgresql":
        assert "Seq Scan" not in text
        assert "audit_namedamong_pkey" in text
    else:
        scanned = [step for step in steps if "SCAN" in step and "audit_" in step]
        assert not scanned, text
        assert "audit_namedamong" in text
    assert "audit_subject" in text
