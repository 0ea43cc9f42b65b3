"""``kakehashi backup`` and ``restore`` as an operator runs them: what the file holds, what a failure leaves."""

import os
import sqlite3
import zipfile
from contextlib import contextmanager
from urllib.parse import quote

import psycopg
import pytest
from click.testing import CliRunner
from django.db import connection, utils

from kakehashi.cli import holding, main, restore
from kakehashi.config.environment import SETTINGS, without_secrets
from kakehashi.kernel.backup import postgresql
from kakehashi.kernel.backup.archive import Archive
from kakehashi.kernel.backup.making import make_backup
from kakehashi.kernel.backup.problems import BackupProblem, UnsettledExchange

SECRET_WORDS = ("KEY", "SECRET", "PASSWORD", "TOKEN", "DATABASE_URL", "MAIL_URL")


def test_every_setting_that_holds_a_secret_says_so():
    named_so = {one.name for one in SETTINGS if any(word in one.name for word in SECRET_WORDS)}
    assert {one.name for one in SETTINGS if one.secret} == named_so
    assert {"KAKEHASHI_LINKAGE_KEY", "KAKEHASHI_AUDIT_KEY", "KAKEHASHI_SECRET_KEY"} <= named_so
    environment = {one.name: "said" for one in SETTINGS} | {"HOME": "/home/node"}
    assert set(without_secrets(environment)) == {one.name for one in SETTINGS} - named_so


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", [one.name for one in SETTINGS if one.secret])
def test_no_secret_of_the_environment_is_in_a_backup(name, tmp_path, monkeypatch):
    monkeypatch.setenv(name, "clear-and-legible")
    monkeypatch.setenv("KAKEHASHI_NODE_NAME", "North")
    made = CliRunner().invoke(main, ["backup", str(tmp_path / "b.zip"), "--format", "json"])
    assert made.exit_code == 0, made.output
    with Archive(tmp_path / "b.zip") as archive:
        assert archive.manifest.settings["KAKEHASHI_NODE_NAME"] == "North"
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        for part in archive.namelist():
            assert b"clear-and-legible" not in archive.read(part), part


NO_FOLDER = {
    "en": "The folder {} is not there; make it or name another.\n",
    "ja": "フォルダ {} がありません。作成するか別の場所を指定してください。\n",
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("missing", ["target", "keys"])
def test_a_folder_that_is_not_there_is_named_and_nothing_is_written(missing, language, tmp_path):
    away = tmp_path / "away"
    target, keys = (away, tmp_path) if missing == "target" else (tmp_path, away)
    asked = ["backup", str(target / "b.zip"), "--keys-to", str(keys / "keys.json")]
    refused = CliRunner().invoke(main, asked, env={"KAKEHASHI_CLI_LANGUAGE": language})
    assert (refused.exit_code, refused.output) == (2, NO_FOLDER[language].format(away))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_a_misspelt_folder_is_not_written_as_a_file(tmp_path):
    asked = ["backup", str(tmp_path / "bakcups")]
    refused = CliRunner().invoke(main, asked, env={"KAKEHASHI_CLI_LANGUAGE": "en"})
    assert (refused.exit_code, refused.output) == (2, NO_FOLDER["en"].format(tmp_path / "bakcups"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("beside", [True, False])
def test_keys_that_lie_beside_the_backup_are_warned_of(beside, tmp_path):
    keys = tmp_path if beside else tmp_path / "elsewhere"
    keys.mkdir(exist_ok=True)
    asked = ["backup", str(tmp_path / "b.zip"), "--keys-to", str(keys / "keys.json")]
    made = CliRunner().invoke(main, asked, env={"KAKEHASHI_CLI_LANGUAGE": "en"})
    assert made.exit_code == 0, made.output
    assert ("lie beside the back-up" in made.output) is beside


@pytest.mark.django_db
def test_keys_that_cannot_be_written_are_told_with_their_place(tmp_path):
    name = tmp_path / ("k" * 300)
    refused = CliRunner().invoke(main, ["backup", str(tmp_path / "b.zip"), "--keys-to", str(name)])
    assert refused.exit_code == 2
    assert f"cannot be written to {name} (" in refused.output
    assert list(tmp_path.iterdir()) == []


def let_go():
    """As if the process that held a home had ended."""
    while holding._held:
        os.close(holding._held.popitem()[1])


class Restoring:
    """A back-up of the test's own node, restored into a home of its own: what fails is put into its way."""

    def __init__(self, home, file, url):
        self.home, self.file, self.url = home, file, url

    def __call__(self, language="en"):
        let_go()
        return CliRunner().invoke(
            main,
            ["restore", str(self.file), "--force"],
            env={
                "KAKEHASHI_HOME": str(self.home),
                "KAKEHASHI_DATABASE_URL": self.url,
                "KAKEHASHI_CLI_LANGUAGE": language,
            },
        )

    def schema_is_left(self):
        with psycopg.connect(self.url, autocommit=True) as opened:
            return postgresql.holds(opened, postgresql.STAGING)


@pytest.fixture
def restoring(transactional_db, tmp_path, monkeypatch):
    monkeypatch.setattr(holding, "_held", {})
    home, url = tmp_path / "home", ""
    home.mkdir()
    (home / "audit.checkpoint").write_text("in use")
    if connection.vendor == "postgresql":
        said = connection.get_connection_params()
        url = f"postgresql://{said.get('user', '')}@/{said['dbname']}?host={quote(str(said.get('host', '')), safe='')}"
        url += f"&port={said['port']}" if said.get("port") else ""
    yield Restoring(home, make_backup(tmp_path / "b.zip", variables={}, with_keys=True).path, url)
    let_go()


def failing(monkeypatch, error, *, at):
    """Have the restoration fail with ``error`` while the database is filled, or while it is exchanged."""

    def bring_up(archive, folder, url, bar, *, verified):
        if url:
            with psycopg.connect(url, autocommit=True) as opened:
                postgresql.make_staging(opened)
                opened.execute(f"CREATE TABLE {postgresql.STAGING}.patients AS SELECT 1 AS id")
        if at == "filled":
            raise error
        return None, 0

    def exchanged(*_):
        raise error

    monkeypatch.setattr(restore, "_bring_up", bring_up)
    monkeypatch.setattr(restore, "_exchange", exchanged)


@pytest.mark.parametrize("at", ["filled", "exchanged"])
@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.UniqueViolation("a patient's row"),
        utils.OperationalError("a patient's row"),
        sqlite3.DatabaseError("a patient's row"),
        OSError(28, "No space left on device"),
        BackupProblem("It will not do.", "復元に失敗しました。"),
        KeyboardInterrupt(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_restoration_that_fails_leaves_nothing_of_the_backup_and_says_so(restoring, monkeypatch, error, at):
    failing(monkeypatch, error, at=at)
    for language, word in (
        ("en", "It will not do" if isinstance(error, BackupProblem) else "as it was"),
        ("ja", "復元に失敗"),
    ):
        ended = restoring(language)
        if isinstance(error, KeyboardInterrupt):
            assert ended.exit_code == 1
        else:
            assert ended.exit_code == 2, ended.output
            assert word in ended.output
            assert "a patient's row" not in ended.output
            assert isinstance(ended.exception, SystemExit)
        assert {path.name for path in restoring.home.iterdir()} == {"audit.checkpoint", holding.LOCK}
        assert (restoring.home / "audit.checkpoint").read_text() == "in use"
        assert not restoring.url or not restoring.schema_is_left()


def test_a_schema_that_cannot_be_removed_is_named(restoring, monkeypatch):
    if not restoring.url:
        pytest.skip("PostgreSQL only")
    failing(monkeypatch, ZeroDivisionError(), at="filled")

    def refused(opened):
        raise psycopg.errors.InsufficientPrivilege

    monkeypatch.setattr(postgresql, "drop_staging", refused)
    assert f"DROP SCHEMA {postgresql.STAGING} CASCADE" in restoring().output


class Lost:
    """A database that is lost while it exchanges schemas: before its commit, after it, or for good."""

    def __init__(self, monkeypatch, *schemas, reachable=True):
        self.asked = 0

        @contextmanager
        def opened(url):
            self.asked += 1
            if self.asked > 1 and not reachable:
                raise BackupProblem("The database cannot be reached.", "接続できません。")
            yield None

        def lost(opened, aside):
            raise psycopg.OperationalError("server closed the connection")

        monkeypatch.setattr(restore, "_opened", opened)
        monkeypatch.setattr(postgresql, "put_in_place", lost)
        monkeypatch.setattr(postgresql, "holds", lambda opened, schema: schema in schemas)


def test_a_database_lost_in_the_exchange_is_asked_how_it_ended(monkeypatch):
    kept: list[str] = []
    Lost(monkeypatch, postgresql.STAGING, "public")
    with pytest.raises(psycopg.OperationalError):
        restore._exchange("postgresql://", "before-restore-1", kept)
    Lost(monkeypatch, "public")
    restore._exchange("postgresql://", "before-restore-1", kept)
    assert kept == []
    Lost(monkeypatch, "before_restore_1")
    restore._exchange("postgresql://", "before-restore-1", kept)
    assert len(kept) == 1
    Lost(monkeypatch, reachable=False)
    with pytest.raises(UnsettledExchange):
        restore._exchange("postgresql://", "before-restore-1", kept)
