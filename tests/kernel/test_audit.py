"""The audit trail: what is recorded, that the database refuses changes, and that every tampering is found."""

import json
import threading
from contextlib import suppress

import pytest
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kakehashi.kernel import audit
from kakehashi.kernel.audit import chain, naming, triggers
from kakehashi.kernel.audit.models import AuditEntry, AuditHead
from kakehashi.kernel.audit.rules import entries_of
from kakehashi.kernel.errors import NotAllowed
from kakehashi.kernel.files import open_file, save_file
from kakehashi.kernel.people.models import Membership
from kakehashi.kernel.rules import ALLOWED, denied


def test_entry_says_who_did_what_for_whom(hospital, make_person):
    person = make_person(hospital, "clinician")
    person.acting_organisation_id = hospital.pk
    audit.record(person, "case.register", ("case", 5), detail={"findings": 8, "a": 1})
    entry = AuditEntry.objects.get()
    assert (entry.sequence, entry.actor, entry.organisation) == (1, f"person:{person.pk}", str(hospital.pk))
    assert (entry.action, entry.subject_type, entry.subject_id) == ("case.register", "case", "5")
    assert entry.detail == '{"a":1,"findings":8}'
    assert audit.verify().intact


def test_reads_of_many_are_one_entry_that_is_found_by_each(db):
    audit.read_of(None, "case", [3, 14, 15])
    audit.read_of(None, "case", [14])
    audit.read_of(None, "case", [])
    assert [len(json.loads(entry.subject_ids or "[]")) for entry in AuditEntry.objects.all()] == [3, 0]
    assert audit.entries_about("case", 14).count() == 2
    assert audit.entries_about("case", 3).count() == 1
    assert audit.entries_about("case", 1).count() == 0


def test_insist_records_the_refusal(db):
    audit.insist(ALLOWED, by=None, action="x")
    with pytest.raises(NotAllowed) as caught:
        audit.insist(denied("not_member", "No."), by=None, action="case.edit", subject=("case", 1))
    assert caught.value.recorded
    assert AuditEntry.objects.get().detail == '{"reasons":["not_member"]}'


def test_batch_writes_in_order_and_drops_what_failed(db):
    with audit.batch():
        audit.record(None, "one")
        with suppress(ValueError), audit.batch():
            audit.record(None, "never happened")
            raise ValueError("bad")
        with audit.batch():
            audit.record(None, "two")
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["one", "two"]
    assert audit.verify().intact


def test_database_refuses_to_replace_the_table_or_a_row(db):
    audit.record(None, "one")
    statement = {
        "sqlite": "INSERT OR REPLACE INTO audit_auditentry SELECT * FROM audit_auditentry",
        "postgresql": "TRUNCATE audit_auditentry",
    }[connection.vendor]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert audit.verify().entries == 1


@pytest.mark.parametrize("change", ["update", "delete"])
def test_database_refuses_to_change_an_entry(db, change):
    audit.record(None, "one")
    rows = AuditEntry.objects.all()
    attempt = rows.delete if change == "delete" else lambda: rows.update(actor="someone else")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        attempt()
    assert AuditEntry.objects.get().actor == "system"


FIELDS = [field.attname for field in AuditEntry._meta.fields if field.attname not in {"sequence", "at"}]
tamperings = st.one_of(
    st.tuples(st.just("change"), st.integers(1, 6), st.sampled_from(FIELDS)),
    st.tuples(st.just("drop"), st.integers(1, 6), st.integers(1, 3)),
    st.tuples(st.just("swap"), st.integers(1, 6), st.integers(1, 6)).filter(lambda t: t[1] != t[2]),
    st.tuples(st.just("insert"), st.integers(-2, 9), st.sampled_from(["copy", "blank"])).filter(
        lambda t: not 1 <= t[1] <= 6
    ),
    st.tuples(st.just("empty"), st.just(0), st.sampled_from(["entries", "head"])),
    st.tuples(st.just("head"), st.integers(0, 9).filter(lambda n: n != 6), st.just("")),
    st.tuples(st.just("time"), st.integers(1, 6), st.integers(1, 10**9)),
)


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tampering=tamperings)
def test_any_single_tampering_is_found(tampering):
    with transaction.atomic():
        audit.record_many([audit.entry(None, f"step.{n}", ("case", n), detail={"n": n}) for n in range(6)])
        assert audit.verify().intact
        triggers.remove(connection)
        tamper(*tampering)
        report = audit.verify()
        assert not report.intact, tampering
        transaction.set_rollback(True)


def tamper(how, where, what):
    rows = AuditEntry.objects
    if how == "change":
        row = rows.get(pk=where)
        rows.filter(pk=where).update(**{what: "0" * 63 + "1" if "hash" in what else getattr(row, what) + "x"})
    elif how == "time":
        from datetime import timedelta

        rows.filter(pk=where).update(at=rows.get(pk=where).at + timedelta(microseconds=what))
    elif how == "drop":
        rows.filter(pk__gte=where, pk__lt=where + what).delete()
    elif how == "swap":
        a, b = rows.get(pk=where), rows.get(pk=what)
        rows.filter(pk__in=[where, what]).delete()
        a.pk, b.pk = what, where
        rows.bulk_create([a, b])
    elif how == "insert":
        row = rows.get(pk=6)
        row.pk = where
        if what == "blank":
            row.hash = row.previous_hash = "0" * 64
        rows.bulk_create([row])
    elif how == "empty":
        (rows if what == "entries" else AuditHead.objects).all().delete()
    elif how == "head":
        AuditHead.objects.update(sequence=where)


def test_verify_says_which_entry(db):
    audit.record_many([audit.entry(None, "step") for _ in range(9)])
    triggers.remove(connection)
    AuditEntry.objects.filter(pk=4).update(actor="person:1")
    AuditEntry.objects.filter(pk__in=[7, 9]).delete()
    assert [(finding.kind, finding.sequence) for finding in audit.verify().findings] == [
        ("changed", 4),
        ("dropped", 7),
        ("dropped", 9),
    ]


def test_who_has_the_database_alone_cannot_seal(db, settings):
    settings.AUDIT_KEY = "another key"
    audit.record(None, "forged")
    settings.AUDIT_KEY = "the node's key"
    assert {finding.kind for finding in audit.verify().findings} == {"changed", "head"}


@pytest.mark.django_db(transaction=True)
def test_putting_back_an_older_database_is_noticed():
    audit.record(None, "one")
    older = AuditHead.objects.get()
    audit.record(None, "two")
    assert chain.read_checkpoint()[0] == 2
    triggers.remove(connection)
    AuditEntry.objects.filter(pk=2).delete()
    AuditHead.objects.update(sequence=1, hash=older.hash, seal=older.seal)
    assert [finding.kind for finding in audit.verify().findings] == ["checkpoint"]
    chain.checkpoint_path().write_text("0 forged forged\n")
    assert [finding.kind for finding in audit.verify().findings] == ["checkpoint"]


@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_make_one_chain():
    errors = []

    def write(name):
        try:
            for n in range(25):
                with transaction.atomic():
                    audit.record(name, "step", detail={"n": n})
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(f"writer:{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    assert not errors
    report = audit.verify()
    assert (report.entries, report.findings) == (100, ())
    assert chain.read_checkpoint()[0] == 100


def test_five_thousand_entries_are_appended_at_once(db):
    audit.record_many([audit.entry(None, "case.register", ("case", n), detail={"findings": 8}) for n in range(5077)])
    report = audit.verify()
    assert (report.entries, report.findings) == (5077, ())


@pytest.fixture
def of_two(hospital, other_hospital, make_person):
    """Someone of two hospitals who acts for the other one."""
    person = make_person(hospital, "clinician")
    Membership.objects.create(person=person, organisation=other_hospital, role="clinician")
    person.acting_organisation_id = other_hospital.pk
    return person


def test_entry_goes_to_the_holder_of_what_it_is_about_and_says_for_whom_it_was_done(
    of_two, hospital, other_hospital, tmp_path, settings
):
    settings.MEDIA_ROOT = tmp_path
    file = save_file(by=None, organisation=hospital, name="a", chunks=[b"a"])
    open_file(file, by=of_two).close()
    audit.record(of_two, "file.save", ("storedfile", file.pk))
    audit.refused(of_two, "file.delete", file)
    audit.record("command-line", "file.save", file)
    for organisation in (hospital, other_hospital):
        audit.record(of_two, "audit.read", organisation)
    theirs = list(entries_of(hospital).values_list("action", "organisation", "detail"))
    held = str(hospital.pk)
    elsewhere = f'{{"acting":"{other_hospital.pk}"}}'
    assert theirs[1:] == [
        ("file.read", held, elsewhere),
        ("file.save", held, elsewhere),
        ("file.delete", held, elsewhere),
        ("file.save", held, ""),
        ("audit.read", held, elsewhere),
    ]
    seen = [entry.action for entry in entries_of(other_hospital)]
    assert seen == ["file.read", "file.save", "file.delete", "audit.read", "audit.read"]
    assert audit.verify().intact


def test_reads_of_what_several_hold_are_an_entry_for_each_holder(of_two, hospital, other_hospital):
    ours = [save_file(by=None, organisation=hospital, name=name, chunks=[b"a"]) for name in "ab"]
    other = save_file(by=None, organisation=other_hospital, name="c", chunks=[b"c"])
    audit.read_of(of_two, "storedfile", [ours[0], other, ours[1].pk, 999_999], action="file.read")
    entries = AuditEntry.objects.filter(action="file.read")
    assert [(one.organisation, one.subjects) for one in entries] == [
        (str(hospital.pk), [str(ours[0].pk), str(ours[1].pk)]),
        (str(other_hospital.pk), [str(other.pk)]),
        (str(other_hospital.pk), ["999999"]),
    ]


def test_organisation_acted_for_is_named_in_words(of_two, hospital, other_hospital, make_person):
    audit.record(of_two, "audit.read", hospital, detail={"entries": 3})
    entries = list(entries_of(hospital))
    reader = make_person(hospital, "auditor")
    said = {"en": "entries: 3 · acting for: South Hospital", "ja": "記録数：3 · 操作時の所属機関：南病院"}
    for language, words in said.items():
        with translation.override(language):
            naming.say(entries, reader=reader, organisation=hospital)
            assert naming.detail_words(entries[0]) == words


def test_details_are_read_in_words():
    entry = AuditEntry(detail=json.dumps({"role": "clinician", "methods": ["password"], "other": [1, 2]}))
    with translation.override("ja"):
        assert naming.detail_words(entry).startswith("役割：")
        assert "方法：パスワード" in naming.detail_words(entry)
    with translation.override("en"):
        assert naming.detail_words(entry) == "role: Clinician · by means of: password · other: 1, 2"
