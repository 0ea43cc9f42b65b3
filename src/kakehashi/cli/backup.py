"""``kakehashi backup``: one file that holds the node, taken while it runs; ``--verify`` reads one and judges it."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kakehashi.cli import counted, preferred_language, say, start_django, text
from kakehashi.config.environment import without_secrets
from kakehashi.kernel.backup.archive import Archive
from kakehashi.kernel.backup.keys import NodeKeys, write_keys
from kakehashi.kernel.backup.manifest import Manifest
from kakehashi.kernel.backup.problems import BackupProblem

if TYPE_CHECKING:
    from rich.progress import Progress

BAD = 2
STEPS = {"database": ("Database", "データベース"), "files": ("Files", "ファイル")}


@contextmanager
def told_plainly() -> Iterator[None]:
    """A BackupProblem ends the command with exit code 2 and its text."""
    try:
        yield
    except BackupProblem as error:
        say(error.en, error.ja, err=True)
        raise SystemExit(BAD) from error


@contextmanager
def bar_of() -> Iterator["Progress"]:
    """A progress bar on standard error, gone at the end; none where nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield bar


WITHOUT_LINKAGE = (
    "linkage.key is not among the keys, on purpose: who holds it beside the database can try names until a key fits. "
    "Keep a copy of your own, away from the back-ups and from these keys.",
    "linkage.key は意図的に鍵に含めていません。"
    "データベースとあわせて入手した者が、鍵が一致するまで氏名を試せてしまうためです。"
    "バックアップともこれらの鍵とも別の場所に、控えを保管してください。",
)
"""What is said where keys are written."""


@click.command(
    help=text(
        "Back up the node while it runs, to a new FILE or into a FOLDER: database, uploaded files, installed ontology "
        "and gene table. "
        "The file holds patients' data: keep it as safe as the node. The keys are not inside unless asked for; without "
        "them a back-up cannot be restored in full, so keep them apart (--keys-to) once.",
        "動作中のノードをバックアップする。TARGETは新しいファイル名、またはフォルダ。データベース、添付ファイル、"
        "導入済みのオントロジーと遺伝子表を含む。患者データを含むため、ノードと同じく厳重に保管すること。鍵は指定しない限り含まない。"
        "完全な復元には鍵が必要なので、--keys-to で一度書き出し、別の場所に保管する。",
    )
)
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--verify", is_flag=True, help=text("Only check the back-up TARGET.", "TARGETのバックアップを検査するだけ。")
)
@click.option(
    "--with-keys",
    is_flag=True,
    help=text(
        "Put the keys inside: who holds the file then holds everything.",
        "鍵も含める（ファイルを持つ人がすべてを読める）。",
    ),
)
@click.option(
    "--keys-to",
    type=click.Path(dir_okay=False, path_type=Path),
    help=text(
        "Write the keys into a file of their own, to be kept elsewhere.",
        "鍵を別ファイルに書き出す（別の場所に保管する）。",
    ),
)
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
def backup(target: Path, verify: bool, with_keys: bool, keys_to: Path | None, shape: str) -> None:
    with told_plainly():
        if verify:
            verify_backup(target, shape)
        else:
            _make(target, with_keys, keys_to, shape)


def verify_backup(path: Path, shape: str) -> None:
    """Read a back-up whole and compare it with its manifest."""
    with Archive(path) as archive:
        with bar_of() as bar:
            task = bar.add_task(text("Verifying", "検査中"), total=archive.size)
            archive.verify(lambda done: bar.advance(task, done))
        manifest, size = archive.manifest, path.stat().st_size
    report(path, manifest, size, shape)
    if shape == "table":
        say("Whole: every part is what the manifest says.", "正常：すべての部分が目録と一致します。")


def _make(target: Path, with_keys: bool, keys_to: Path | None, shape: str) -> None:
    start_django()
    from kakehashi.kernel.backup.making import make_backup, named

    target = named(target, datetime.now(UTC))  # before the keys are written: refused later, they would lie there
    if keys_to is not None:
        from django.conf import settings

        write_keys(keys_to, NodeKeys(secret=settings.SECRET_KEY, audit=settings.AUDIT_KEY))
    started = time.perf_counter()
    with bar_of() as bar:
        tasks = {step: bar.add_task(text(*names), total=None) for step, names in STEPS.items()}
        made = make_backup(
            target,
            variables=without_secrets(os.environ),
            with_keys=with_keys,
            told=lambda step, done, total: bar.update(tasks[step], completed=done, total=total),
        )
    report(made.path, made.manifest, made.path.stat().st_size, shape, seconds=time.perf_counter() - started)
    for sha256 in made.lost:
        say(
            f"The uploaded file {sha256[:12]}… is gone or damaged on this node and is not in the back-up; look for it "
            "in an earlier one.",
            f"添付ファイル {sha256[:12]}… はこのノード上で失われているか破損しており、バックアップに含まれません。"
            "以前のバックアップを確認してください。",
            err=True,
        )
    if not with_keys and keys_to is None and shape == "table":
        say(
            "The keys are not inside. Keep them apart from the back-ups: kakehashi backup … --keys-to FILE, once.",
            "鍵は含まれていません。kakehashi backup … --keys-to FILE で一度書き出し、別の場所に保管してください。",
            err=True,
        )
    if with_keys or keys_to is not None:
        say(*WITHOUT_LINKAGE, err=True)
    if keys_to is not None and keys_to.resolve().parent == made.path.resolve().parent:
        say(
            f"CARE: the keys ({keys_to}) lie beside the back-up. Who takes the folder reads everything: "
            "move them elsewhere.",
            f"注意：鍵（{keys_to}）がバックアップと同じフォルダにあります。"
            "フォルダを入手した人がすべてを読めるため、別の場所へ移してください。",
            err=True,
        )
    if made.lost:
        raise SystemExit(1)


def report(path: Path, manifest: Manifest, size: int, shape: str, *, seconds: float | None = None) -> None:
    """What a back-up holds."""
    cases, revisions = manifest.rows("cases_case"), manifest.rows("cases_revision")
    if shape == "json":
        facts = {
            "file": str(path),
            "bytes": size,
            "kakehashi": manifest.kakehashi,
            "moment": manifest.moment.isoformat(),
            "database": manifest.database,
            "migrations": len(manifest.migrations),
            "cases": cases,
            "revisions": revisions,
            "audit_entries": manifest.audit.entries,
            "audit_head": manifest.audit.hash,
            "files": manifest.files,
            "keys_inside": manifest.keys.inside,
        }
        if seconds is not None:
            facts["seconds"] = round(seconds, 1)
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    moment = f"{manifest.moment.astimezone():%Y-%m-%d %H:%M:%S %z}"
    click.echo(str(path))
    said_en, said_ja = (f", {seconds:.1f} s", f"、{seconds:.1f} 秒") if seconds is not None else ("", "")
    say(
        f"{moment}, kakehashi {manifest.kakehashi}, {manifest.database}, {size / 1e6:,.1f} MB{said_en}",
        f"{moment}、kakehashi {manifest.kakehashi}、{manifest.database}、{size / 1e6:,.1f} MB{said_ja}",
    )
    keys = ("with the keys", "鍵を含む") if manifest.keys.inside else ("without the keys", "鍵を含まない")
    audit = f"{counted(manifest.audit.entries, 'audit entry', 'audit entries')} (… {manifest.audit.hash[:16]})"
    files = counted(manifest.files, "file")
    say(
        f"{counted(cases, 'case')}, {counted(revisions, 'revision')}, {audit}, {files}, {keys[0]}",
        f"症例 {cases:,}、版 {revisions:,}、監査記録 {manifest.audit.entries:,}（… {manifest.audit.hash[:16]}）、"
        f"ファイル {manifest.files:,}、{keys[1]}",
    )
    if preferred_language() == "ja" and manifest.files_removed:
        click.echo(f"作成中に削除されたファイル {manifest.files_removed:,}")
    elif manifest.files_removed:
        click.echo(f"{counted(manifest.files_removed, 'file')} deleted while it was made")
