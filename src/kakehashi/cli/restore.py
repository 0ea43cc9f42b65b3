"""``kakehashi restore``: a node from its back-up, beside the one in use until all is well, then in its place."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kakehashi.cli import counted, holding, say, start_django, text, unready
from kakehashi.cli.backup import bar_of, report, told_plainly
from kakehashi.config.environment import value
from kakehashi.kernel.backup import postgresql, staging
from kakehashi.kernel.backup.archive import Archive
from kakehashi.kernel.backup.keys import NodeKeys
from kakehashi.kernel.backup.problems import BackupProblem, UnsettledExchange

if TYPE_CHECKING:
    from rich.progress import Progress

    from kakehashi.kernel.backup.restoring import Brought


@click.command(
    help=text(
        "Restore the node in KAKEHASHI_HOME (and KAKEHASHI_DATABASE_URL) from FILE. The node must be stopped. What is "
        "there is never deleted: with --force it is put aside.",
        "KAKEHASHI_HOME（とKAKEHASHI_DATABASE_URL）のノードをFILEから復元する。ノードは停止しておくこと。"
        "既にあるものは削除せず、--force を付けたときに脇へ移す。",
    )
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help=text("Put a node that is there aside.", "既にあるノードを脇へ移す。"))
@click.option(
    "--keys",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help=text("File written by backup --keys-to.", "backup --keys-to で書き出した鍵ファイル。"),
)
@click.option(
    "--without-keys",
    is_flag=True,
    help=text(
        "Restore although the keys are lost: the audit trail cannot be verified then.",
        "鍵を失った場合の復元（監査記録は検証できない）。",
    ),
)
def restore(file: Path, force: bool, keys: Path | None, without_keys: bool) -> None:
    started = time.perf_counter()
    home = unready.home()
    with told_plainly(), _failures_told(home), Archive(file) as archive, bar_of() as bar:
        staging.insist_on_space(archive, home)
        _step(bar, archive, text("Verifying", "検査中"), archive.verify)
        url = _database_url(archive)
        holding.hold_home_alone()
        _insist_on_room(home, url, force)
        environment = NodeKeys(secret=value("KAKEHASHI_SECRET_KEY"), audit=value("KAKEHASHI_AUDIT_KEY"))
        own = staging.keys_for(archive, home, named=keys, environment=environment, fresh=without_keys)
        made = staging.Staging(home)
        try:
            _step(bar, archive, text("Files", "ファイル"), lambda progress: made.fill(archive, own, progress))
            brought, indexed = _bring_up(archive, made.folder, url, bar, verified=bool(own.audit))
            aside = f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
            kept_schema: list[str] = []
            old = made.put_in_place(aside, exchange_database=lambda: _exchange(url, aside, kept_schema))
        except BaseException:
            made.drop()
            if url:
                _drop_staging(url)
            raise
    report(file, archive.manifest, file.stat().st_size, "table")
    _say_done(home, brought, indexed, own, time.perf_counter() - started)
    for place in [str(one) for one in (old,) if one] + kept_schema:
        say(
            f"What was there before is kept: {place}. Delete it when it is no longer needed.",
            f"以前の内容は残してあります：{place}。不要になったら削除してください。",
        )


@contextmanager
def _failures_told(home: Path) -> Iterator[None]:
    """What a database, a disk or a file system refuses becomes a BackupProblem."""
    import psycopg
    from django.db import Error

    try:
        yield
    except (Error, psycopg.Error, sqlite3.Error, OSError) as error:
        reason = _reason(error)
        if staging.was_cut_off(home):
            raise BackupProblem(
                f"The restoration failed while the parts were exchanged ({reason}). Nothing starts here until it is "
                f"given again with --force; what was there is in {home} or in its newest folder before-restore-….",
                f"入れ替えの途中で復元に失敗しました（{reason}）。"
                "--force を付けてもう一度実行するまで、ここでは何も起動しません。"
                f"以前の内容は {home} か、その中の最新の before-restore-… フォルダにあります。",
            ) from error
        raise BackupProblem(
            f"The restoration failed ({reason}). Nothing was put in place: what was there is as it was. Mend the "
            "cause and give the command again.",
            f"復元に失敗しました（{reason}）。何も置き換えておらず、既存のものはそのままです。"
            "原因を取り除いてから、もう一度実行してください。",
        ) from error


def _reason(error: BaseException) -> str:
    """The error by its kind; the driver's words are left out, they may quote what stands in a patient's row."""
    cause = error.__cause__ or error  # Django's errors come from the driver's
    if isinstance(cause, OSError):
        return ": ".join(filter(None, [os.fsdecode(cause.filename or ""), cause.strerror or type(cause).__name__]))
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    return ", ".join(filter(None, [type(cause).__name__, code]))


def _step(bar: "Progress", archive: Archive, name: str, work: Any) -> None:
    task = bar.add_task(name, total=archive.size)
    work(lambda done: bar.advance(task, done))
    bar.update(task, completed=archive.size)


def _database_url(archive: Archive) -> str:
    """The database to restore into, "" for SQLite. Raises BackupProblem when the back-up is of the other kind."""
    url: str = value("KAKEHASHI_DATABASE_URL")
    kind = "postgresql" if url.startswith("postgres") else "sqlite"
    if kind != archive.manifest.database:
        raise BackupProblem(
            f"The back-up is of a node on {archive.manifest.database}, KAKEHASHI_DATABASE_URL names {kind}. Set it to "
            f"a database of the same kind{' (unset: SQLite)' if kind == 'postgresql' else ''}.",
            f"バックアップ元は {archive.manifest.database}、KAKEHASHI_DATABASE_URL は {kind} です。"
            "同じ種類のデータベースを指定してください（未設定ならSQLite）。",
        )
    if url and kind == "sqlite":
        raise BackupProblem(
            "An SQLite database is restored into the home folder; unset KAKEHASHI_DATABASE_URL, then move the file.",
            "SQLiteはホームフォルダに復元します。KAKEHASHI_DATABASE_URLの設定を外し、復元後にファイルを移してください。",
        )
    return url


@contextmanager
def _opened(url: str) -> Iterator[Any]:
    """A connection of our own to PostgreSQL. Raises BackupProblem when it cannot be reached."""
    import psycopg

    try:
        connection = psycopg.connect(url, autocommit=True)
    except psycopg.OperationalError as error:
        raise BackupProblem(
            "The database cannot be reached. Check KAKEHASHI_DATABASE_URL and that the server runs.",
            "データベースに接続できません。KAKEHASHI_DATABASE_URLとサーバーの稼働を確認してください。",
        ) from error
    with connection:
        yield connection


def _insist_on_room(home: Path, url: str, force: bool) -> None:
    occupied = staging.holds_a_node(home)
    if url:
        with _opened(url) as connection:
            occupied = occupied or not postgresql.is_empty(connection)
    if occupied and not force:
        raise BackupProblem(
            f"There is a node already ({home}{', and its database' if url else ''}). Restore into an empty folder, or "
            "give --force: then the old one is put aside, not deleted.",
            f"既にノードがあります（{home}{'とデータベース' if url else ''}）。空のフォルダに復元するか、--force を"
            "付けてください（既存のものは削除せず脇へ移します）。",
        )


def _bring_up(archive: Archive, folder: Path, url: str, bar: "Progress", *, verified: bool) -> tuple["Brought", int]:
    """Bring the restored node to this version inside its folder, and judge it: rows, references, trail, index."""
    os.environ["KAKEHASHI_HOME"] = str(folder)
    if url:
        with _opened(url) as connection:
            postgresql.make_staging(connection)
        os.environ["KAKEHASHI_DATABASE_URL"] = postgresql.in_staging(url)
    start_django(prepared=False)
    from django.db import connections

    from kakehashi.kernel.backup import restoring
    from kakehashi.systems.cases.public import rebuild_index

    try:
        restoring.insist_on_known_version(archive.manifest)
        if url:
            _step(
                bar,
                archive,
                text("Database", "データベース"),
                lambda progress: restoring.load_postgresql(archive, progress),
            )
        restoring.insist_on_agreement(archive.manifest, None if url else folder / staging.DATABASE)
        bar.add_task(text("Migrations, index, audit trail", "移行・索引・監査記録"), total=None)
        brought = restoring.bring_to_this_version(archive.manifest)
        if verified and not brought.trail.intact:
            raise BackupProblem(
                f"The audit trail of the back-up does not verify: {brought.trail.findings[0]} Nothing was put in "
                "place. Keep this back-up and use another.",
                f"バックアップの監査記録が検証に失敗しました：{brought.trail.findings[0]} 何も置き換えていません。"
                "このバックアップは保全し、別のものを使ってください。",
            )
        return brought, rebuild_index()
    finally:
        connections.close_all()


def _exchange(url: str, aside: str, kept: list[str]) -> None:
    """PostgreSQL: give the restored schema its place. Raises psycopg.Error when it did not, UnsettledExchange."""
    if not url:
        return
    import psycopg

    schema = aside.replace("-", "_").lower()
    try:
        with _opened(url) as connection:
            keeps = postgresql.put_in_place(connection, schema)
    except psycopg.OperationalError:  # lost: before the commit, or after?
        try:
            with _opened(url) as connection:
                if postgresql.holds(connection, postgresql.STAGING):
                    raise
                keeps = postgresql.holds(connection, schema)
        except BackupProblem as error:
            raise UnsettledExchange(
                "The database was lost while its schemas were exchanged. Nothing starts here until it can be reached "
                "and the command is given again with --force.",
                "スキーマの入れ替え中にデータベースとの接続が失われました。"
                "接続を回復し、--force を付けてもう一度実行するまで、ここでは何も起動しません。",
            ) from error
    if keeps:
        kept.append(text(f"schema {schema}", f"スキーマ {schema}"))


def _drop_staging(url: str) -> None:
    """Take the schema away that was being filled: a second copy of every patient."""
    import psycopg

    try:
        with _opened(url) as connection:
            postgresql.drop_staging(connection)
    except (BackupProblem, psycopg.Error):
        say(
            f"The schema {postgresql.STAGING} could not be removed and may hold patients' data of the back-up. Restore "
            f"again, or ask the database: DROP SCHEMA {postgresql.STAGING} CASCADE.",
            f"スキーマ {postgresql.STAGING} を削除できませんでした。"
            "バックアップの患者データが残っている可能性があります。"
            f"もう一度復元するか、データベースで DROP SCHEMA {postgresql.STAGING} CASCADE を実行してください。",
            err=True,
        )


def _say_done(home: Path, brought: "Brought", indexed: int, own: NodeKeys, seconds: float) -> None:
    entries = counted(brought.trail.entries, "audit entry", "audit entries")
    trail = ("verified", "検証済み") if own.audit else ("not verifiable without their key", "鍵がないため検証不可")
    say(
        f"Restored into {home} in {seconds:.1f} s: {entries} {trail[0]}, {counted(indexed, 'case')} indexed anew, "
        f"{counted(brought.migrations, 'migration')} applied, {counted(brought.sessions, 'session')} ended.",
        f"{home} に {seconds:.1f} 秒で復元しました：監査記録 {brought.trail.entries:,} 件（{trail[1]}）、索引 "
        f"{indexed:,} 症例、適用した移行 {brought.migrations:,}、終了したセッション {brought.sessions:,}。",
    )
    if not own.secret:
        say(
            "The secret key is new: give the tokens of peers again (kakehashi peers add).",
            "秘密鍵は新規です。相手ノードのトークンを登録し直してください（kakehashi peers add）。",
        )
    say(
        "What was revoked or locked after the back-up was made is valid again: look through it, then start the node.",
        "バックアップ後に取り消した権限・トークン・ロックは元に戻っています。確認してからノードを起動してください。",
    )
