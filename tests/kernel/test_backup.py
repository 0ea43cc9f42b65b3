"""Archives of back-ups: whole or not at all, judged before they are trusted; keys kept apart; what staging refuses."""

import hashlib
import json
import os
import shutil
import signal
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.engines.genes import installed
from kakehashi.kernel.audit import verify
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.backup import keys, postgresql, sqlite, staging
from kakehashi.kernel.backup.archive import UNFINISHED, Archive, _is_a_name, written
from kakehashi.kernel.backup.keys import NodeKeys
from kakehashi.kernel.backup.making import make_backup
from kakehashi.kernel.backup.manifest import FORMAT, Head, Keys, Manifest, Part
from kakehashi.kernel.backup.problems import BackupProblem, UnsettledExchange
from kakehashi.kernel.backup.restoring import insist_on_known_version
from kakehashi.kernel.files import save_file
from kakehashi.kernel.files.store import path_of
from kakehashi.kernel.organisations.models import Organisation
from tests import hgnc

NOBODY = NodeKeys(secret="", audit="")
UPLOADED = hashlib.sha256(b"what was uploaded").hexdigest()


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def hospital(transactional_db):
    return Organisation.objects.create(code="KITA", name="北病院")


@pytest.fixture
def upload(hospital):
    return save_file(by=None, organisation=hospital, name="a.txt", chunks=[b"what was uploaded"])


@pytest.fixture
def backup(upload, tmp_path):
    """The path of a back-up with one upload."""
    return make_backup(tmp_path / "node.backup.zip", variables={"KAKEHASHI_LANGUAGE": "ja"}).path


@pytest.fixture
def archive(tmp_path):
    """The path of an archive that was written without a node."""
    with written(tmp_path / "archive.zip") as (writer, _folder):
        writer.put("files/" + UPLOADED, [b"what was ", b"uploaded"])
        manifest = Manifest(
            format=FORMAT,
            kakehashi="1",
            moment=datetime(2026, 11, 21, tzinfo=UTC),
            database="sqlite",
            migrations=("cases.0001_initial",),
            tables={},
            audit=Head(entries=0, hash=""),
            files=1,
            keys=Keys(secret=keys.recognised_by("s", "secret"), audit=keys.recognised_by("a", "audit"), inside=False),
            settings={},
            parts=writer.parts,
        )
        writer.finish(manifest)
    return tmp_path / "archive.zip"


def test_backup_says_what_it_holds_and_verifies(backup):
    with Archive(backup) as archive:
        archive.verify()
        manifest = archive.manifest
    assert manifest.database == connection.vendor
    assert manifest.rows("organisations_organisation") == manifest.files == 1
    assert manifest.audit.entries == AuditEntry.objects.count()
    assert manifest.audit.hash == AuditEntry.objects.order_by("-sequence").first().hash
    assert AuditEntry.objects.order_by("-sequence").first().action == "node.backup"
    assert manifest.settings["KAKEHASHI_LANGUAGE"] == "ja"
    assert verify().intact
    assert oct(backup.stat().st_mode)[-3:] == "600"


def test_no_key_and_no_password_is_inside_unless_asked_for(backup, settings, tmp_path):
    held = b"".join(zipfile.ZipFile(backup).read(name) for name in zipfile.ZipFile(backup).namelist())
    assert settings.SECRET_KEY.encode() not in held
    assert settings.AUDIT_KEY.encode() not in held
    made = make_backup(tmp_path / "with.zip", variables={}, with_keys=True)
    with Archive(made.path) as archive:
        own = staging.keys_for(archive, tmp_path / "none", named=None, environment=NOBODY, fresh=False)
    assert own == NodeKeys(secret=settings.SECRET_KEY, audit=settings.AUDIT_KEY)


def test_keys_are_asked_for_and_wrong_ones_refused(archive, tmp_path):
    def asked(**options):
        usual = {"named": None, "environment": NOBODY, "fresh": False}
        with Archive(archive) as opened:
            return staging.keys_for(opened, tmp_path / "none", **usual | options)

    with pytest.raises(BackupProblem, match="--keys"):
        asked()
    wrong, right = tmp_path / "wrong.json", tmp_path / "right.json"
    keys.write_keys(wrong, NodeKeys(secret="other", audit="other"))
    keys.write_keys(right, NodeKeys(secret="s", audit="a"))
    with pytest.raises(BackupProblem, match=r"do not belong to this back-up \(secret.key \+ audit.key"):
        asked(named=wrong)
    assert asked(named=right) == NodeKeys(secret="s", audit="a")
    assert oct(right.stat().st_mode)[-3:] == "600"
    with pytest.raises(BackupProblem, match="there already"):
        keys.write_keys(right, NOBODY)
    with pytest.raises(BackupProblem, match="KAKEHASHI_AUDIT_KEY"):
        asked(named=right, environment=NodeKeys(secret="", audit="another"))
    assert asked(fresh=True) == NOBODY


def test_content_that_is_gone_is_named_and_one_deleted_meanwhile_is_not(upload, tmp_path):
    path_of(upload.sha256).unlink()
    made = make_backup(tmp_path / "b.zip", variables={})
    assert made.lost == (upload.sha256,)
    path_of(upload.sha256).write_bytes(b"something else")
    assert make_backup(tmp_path / "c.zip", variables={}).lost == (upload.sha256,)


def given_up(target):
    """An archive that is begun and not finished."""
    with written(target) as (writer, _folder):
        writer.put("part", [b"some"])
        raise ZeroDivisionError


def test_a_failed_backup_leaves_nothing_and_one_that_is_there_stays(archive, tmp_path):
    before = archive.read_bytes()
    with pytest.raises(BackupProblem, match="there already"):
        given_up(archive)
    assert archive.read_bytes() == before
    (tmp_path / "empty").mkdir()
    with pytest.raises(ZeroDivisionError):
        given_up(tmp_path / "empty" / "x.zip")
    assert list((tmp_path / "empty").iterdir()) == []


def test_leftovers_of_killed_backups_go_and_those_under_way_stay(tmp_path):
    (tmp_path / f"{UNFINISHED}killed").mkdir()
    (tmp_path / f"{UNFINISHED}killed" / "archive").write_bytes(b"half")
    with written(tmp_path / "one.zip") as (_writer, mine):
        assert not (tmp_path / f"{UNFINISHED}killed").exists()
        with pytest.raises(ZeroDivisionError):
            given_up(tmp_path / "two.zip")
        assert mine.exists()


def changed(source, target, change):
    """A copy of an archive with ``change(name, content)`` in place of each member, None leaving it out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target


def flipped(name, content):
    return content if name == "manifest.json" or not content else bytes([content[0] ^ 1]) + content[1:]


@pytest.mark.parametrize(
    "change",
    [
        flipped,
        lambda name, content: None if name.startswith("files/") else content,
        lambda name, content: None if name == "manifest.json" else content,
        lambda name, content: content + b"more" if name.startswith("files/") else content,
        lambda name, content: b"{}" if name == "manifest.json" else content,
        lambda name, content: content.replace(b'"files/', b'"../files/') if name == "manifest.json" else content,
    ],
    ids=["altered", "part missing", "no manifest", "longer", "empty manifest", "another name"],
)
def test_what_was_tampered_with_is_refused(archive, tmp_path, change):
    other = changed(archive, tmp_path / "other.zip", change)
    with pytest.raises(BackupProblem), Archive(other) as opened:
        opened.verify()


def test_what_was_cut_off_or_is_no_archive_is_refused(archive, tmp_path):
    for number, content in enumerate((archive.read_bytes()[:-200], b"text", b"")):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(content)
        with pytest.raises(BackupProblem, match="cut off"):
            Archive(path)
    with pytest.raises(BackupProblem, match="not there"):
        Archive(tmp_path / "nowhere.zip")


def claiming(source, target, name, *, content=b"x", **said):
    """An archive with the one part ``name``, of which the manifest says ``said``."""
    with zipfile.ZipFile(source) as old:
        manifest = json.loads(old.read("manifest.json"))
    manifest["parts"] = {name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()} | said}
    with zipfile.ZipFile(target, "w") as new:
        new.writestr(name, content)
        new.writestr("manifest.json", json.dumps(manifest))
    return target


X = hashlib.sha256(b"x").hexdigest()


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "/outside",
        "outside",
        "files//outside",
        "files//etc/cron.d/outside",
        "files/../outside",
        f"files/{X}/",
        f"files/{X.upper()}",
        "files/" + "0" * 64,  # not the hash of what it holds
        f"files/./{X}",
        "files/",
        "ontology//outside",
        "ontology/releases//outside/hp.obo",
        "ontology/releases/../hp.obo",
        "ontology/releases/1/../../../outside",
        "ontology/labels/..",
        "ontology/labels/a\\b",
        "ontology/labels/a\nb",
        "ontology/compiled/anything",
        "ontology/other",
        "genes/tables/../../outside",
        "genes/tables//outside",
        "genes/compiled/anything",
        "database/../outside.copy",
        "database//outside.copy",
        "secret.key",
    ],
)
def test_part_of_a_name_that_no_backup_has_is_refused(archive, tmp_path, name):
    with pytest.raises(BackupProblem, match="no back-up has") as refused:
        Archive(claiming(archive, tmp_path / "o.zip", name))
    assert "不正な名前" in refused.value.ja


@given(
    st.text(alphabet="./\\ab\0f:~", max_size=12), st.sampled_from(["", "files/", "ontology/", "ontology/labels/", "/"])
)
def test_no_name_that_is_accepted_leads_out_of_the_folder(rest, folder):
    part = Part(size=1, sha256=X)
    name = folder + rest
    if _is_a_name(name, part):
        assert Path("/home/node", name).resolve().is_relative_to("/home/node")
        assert "//" not in name


def test_staging_writes_nothing_through_a_link_that_leads_out(archive, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "outside").mkdir()
    with Archive(archive) as opened:
        made = staging.Staging(tmp_path / "home")
        (made.folder / "files").symlink_to(tmp_path / "outside")
        with pytest.raises(BackupProblem, match="outside the home"):
            made.fill(opened, NOBODY)
    assert list((tmp_path / "outside").iterdir()) == []


def test_sizes_are_the_directorys_and_must_fit_the_disk(archive, tmp_path, monkeypatch):
    with pytest.raises(BackupProblem, match="size"):
        Archive(claiming(archive, tmp_path / "larger.zip", f"files/{X}", size=10**15))
    with pytest.raises(BackupProblem, match="size"):
        Archive(claiming(archive, tmp_path / "keys.zip", "keys.json", content=b"k" * 100_000))
    usage = shutil.disk_usage(tmp_path)
    with Archive(archive) as opened:
        staging.insist_on_space(opened, tmp_path / "not" / "there")
        monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=10))
        with pytest.raises(BackupProblem, match="Free some disk space") as refused:
            staging.insist_on_space(opened, tmp_path / "not" / "there")
    assert "空き" in refused.value.ja
    assert not (tmp_path / "not").exists()


def test_a_part_that_is_missing_is_named(archive):
    with Archive(archive) as opened, pytest.raises(BackupProblem, match=r"lacks keys\.json"):
        opened.content("keys.json")


def test_backup_of_a_later_version_is_refused(archive):
    with Archive(archive) as opened:
        insist_on_known_version(opened.manifest)
        later = opened.manifest.model_copy(update={"migrations": ("cases.9999_from_the_future",)})
    with pytest.raises(BackupProblem, match="later version"):
        insist_on_known_version(later)


def test_staging_changes_nothing_until_it_is_put_in_place(backup, settings, tmp_path, upload):
    home = tmp_path / "home"
    home.mkdir()
    (home / "kakehashi.sqlite3").write_text("old")
    (home / "static").mkdir()
    assert staging.holds_a_node(home)
    with Archive(backup) as archive:
        made = staging.Staging(home)
        made.fill(archive, NodeKeys(secret="s", audit="a"))
        assert (home / "kakehashi.sqlite3").read_text() == "old"
        old = made.put_in_place("before", exchange_database=lambda: None)
    assert (old / "kakehashi.sqlite3").read_text() == "old"
    assert (home / "secret.key").read_text() == "s"
    assert (home / "static").is_dir()
    kept = home / "files" / path_of(upload.sha256).relative_to(settings.MEDIA_ROOT)
    assert kept.read_bytes() == b"what was uploaded"
    assert (home / "kakehashi.sqlite3").exists() is (connection.vendor == "sqlite")
    assert not staging.was_cut_off(home)
    assert list(home.glob(".restoring-*")) == []


def restored_over(archive, home, exchange_database):
    """Restore an archive over a home that holds an old node; every part of it has the content "old"."""
    home.mkdir()
    for name in ("audit.key", "secret.key", "audit.checkpoint", "kakehashi.sqlite3"):
        (home / name).write_text("old")
    for name in ("files", "ontology", "genes", "case-index"):
        (home / name).mkdir()
        (home / name / "content").write_text("old")
    with Archive(archive) as opened:
        made = staging.Staging(home)
        made.fill(opened, NodeKeys(secret="s", audit="a"))
        made.put_in_place("before", exchange_database=exchange_database)


def contents(folder):
    """Path → content of every file."""
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("failure", [ZeroDivisionError, KeyboardInterrupt, OSError, UnsettledExchange])
def test_what_was_in_use_comes_back_when_the_database_cannot_be_exchanged(archive, tmp_path, failure):
    home = tmp_path / "home"

    def fails():
        assert contents(home / "before")
        raise failure("en", "ja")

    with pytest.raises(failure):
        restored_over(archive, home, fails)
    (hidden,) = home.glob(f"{staging.PREFIX}*")
    assert (hidden / "files" / UPLOADED[:2] / UPLOADED[2:4] / UPLOADED).exists()
    shutil.rmtree(hidden)
    assert staging.was_cut_off(home) is (failure is UnsettledExchange)
    (home / staging.MARK).unlink(missing_ok=True)
    assert set(contents(home).values()) == {"old"}
    assert len(contents(home)) == 8
    assert not (home / "before").exists()


def test_a_part_that_cannot_be_moved_brings_the_others_back(archive, tmp_path, monkeypatch):
    home, rename = tmp_path / "home", Path.rename

    def refused(path, target):
        if path.name == "secret.key" and path.parent.name.startswith(staging.PREFIX):
            raise PermissionError(13, "Permission denied", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", lambda path, target: refused(path, target))
    with pytest.raises(PermissionError):
        restored_over(archive, home, lambda: None)
    monkeypatch.undo()
    assert {path.name for path in home.iterdir() if not path.name.startswith(staging.PREFIX)} == {
        "audit.key", "secret.key", "audit.checkpoint", "kakehashi.sqlite3", "files", "ontology", "genes", "case-index",
    }  # fmt: skip
    assert (home / "secret.key").read_text() == "old"
    assert not staging.was_cut_off(home)


def test_a_mark_of_an_earlier_restoration_outlives_a_failure(archive, tmp_path):
    home = tmp_path / "home"

    def fails():
        raise ZeroDivisionError

    home.mkdir()
    (home / staging.MARK).touch()
    with Archive(archive) as opened:
        made = staging.Staging(home)
        made.fill(opened, NOBODY)
        with pytest.raises(ZeroDivisionError):
            made.put_in_place("before", exchange_database=fails)
    assert staging.was_cut_off(home)


def test_killed_while_it_exchanged_the_parts_it_says_so(archive, tmp_path):
    home = tmp_path / "home"
    child = os.fork()
    if child == 0:
        restored_over(archive, home, lambda: os.kill(os.getpid(), signal.SIGKILL))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert staging.was_cut_off(home)
    assert (home / "before" / "audit.key").read_text() == "old"


def test_gene_tables_are_restored_and_those_in_use_put_aside(upload, tmp_path, monkeypatch):
    (tmp_path / "hgnc.txt").write_text(hgnc.table(), encoding="utf-8")
    (tmp_path / "later.txt").write_text(hgnc.table() + "\n", encoding="utf-8")
    monkeypatch.setenv("KAKEHASHI_HOME", str(tmp_path / "here"))
    installed.install(tmp_path / "hgnc.txt")
    installed.install(tmp_path / "later.txt", today="2026-11-21")
    here = installed.installed()
    made = make_backup(tmp_path / "genes.zip", variables={})
    there = tmp_path / "there"
    (there / "genes").mkdir(parents=True)
    (there / "genes" / "current.json").write_text("old")
    with Archive(made.path) as archive:
        archive.verify()
        staged = staging.Staging(there)
        staged.fill(archive, NOBODY)
        staged.put_in_place("before")
    assert installed.installed(there / "genes") == here
    assert [one.current for one in here] == [True, False]
    assert installed.load(there / "genes").current("SEPT9") == "SEPTIN9"
    assert (there / "before" / "genes" / "current.json").read_text() == "old"
    assert installed.installed_files(tmp_path / "nowhere") == []


def test_sqlite_copy_shows_one_moment_however_others_write(tmp_path):
    import sqlite3

    source = tmp_path / "source.sqlite3"
    writing = sqlite3.connect(source, isolation_level=None)
    writing.execute("PRAGMA journal_mode=WAL")
    writing.execute("CREATE TABLE numbers (n INTEGER PRIMARY KEY, text TEXT)")
    writing.execute("BEGIN")
    writing.executemany("INSERT INTO numbers VALUES (?, ?)", [(n, "x" * 2000) for n in range(20_000)])
    writing.execute("COMMIT")
    told = []

    def others_write(done, total):
        told.append(done)
        writing.execute("INSERT INTO numbers (text) VALUES ('later')")
        writing.execute("UPDATE numbers SET text = 'changed' WHERE n = 1")

    sqlite.copy(source, tmp_path / "copy.sqlite3", others_write)
    assert len(told) > 3
    assert sqlite.row_counts(tmp_path / "copy.sqlite3") == {"numbers": 20_000}
    copied = sqlite3.connect(tmp_path / "copy.sqlite3")
    assert copied.execute("SELECT text FROM numbers WHERE n = 1").fetchone() == ("x" * 2000,)
    assert sqlite.damage(tmp_path / "copy.sqlite3") == []


def test_addresses_of_staging_keep_what_they_say():
    url = "postgresql://a:b%40c@host:5/name?sslmode=require&options=-cstatement_timeout%3D5"
    assert postgresql.in_staging(url) == (
        "postgresql://a:b%40c@host:5/name?sslmode=require&options=-cstatement_timeout%3D5%20-csearch_path%3Dkakehashi_restoring"
    )
