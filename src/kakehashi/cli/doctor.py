"""``kakehashi doctor``: looks at a node and says, check by check, what is well and what to do about the rest."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import click

from kakehashi.cli import counted, start_django, text, unready

State = Literal["ok", "warning", "failed"]
CATALOGUES = Path(__file__).parents[1] / "locale" / "ja" / "LC_MESSAGES"
"""Built with the package; in a source tree by hand."""
SIGNS = {"ok": ("OK", "正常"), "warning": ("CARE", "注意"), "failed": ("FAIL", "異常")}


@dataclass(frozen=True)
class Check:
    """The outcome of one check: what was looked at, how it is, and what to do."""

    name: str
    state: State
    said: str
    to_do: str = ""


def _prepare() -> str:
    return text(
        "Run: kakehashi up (or without serving: kakehashi manage migrate), or set KAKEHASHI_HOME.",
        "kakehashi up（起動せずに行うなら kakehashi manage migrate）を実行するか、KAKEHASHI_HOMEを設定してください。",
    )


def home_folder() -> Check:
    from django.conf import settings

    home = settings.HOME
    if not home.is_dir() or not os.access(home, os.W_OK):
        return Check(
            "home",
            "failed",
            str(home),
            text(
                "Make the folder writable or set KAKEHASHI_HOME.",
                "書き込めるようにするかKAKEHASHI_HOMEを設定してください。",
            ),
        )
    if open_to_others(home):
        return Check("home", "failed", *_readable(home, "700"))
    free_gb = shutil.disk_usage(home).free / 1e9
    said = text(f"{home}, {free_gb:.0f} GB free", f"{home}、空き {free_gb:.0f} GB")
    if free_gb < 2:
        return Check("home", "warning", said, text("Free some disk space.", "ディスクの空きを増やしてください。"))
    return Check("home", "ok", said)


def open_to_others(path: Path) -> bool:
    """Whether other accounts of this machine may read or write it; on POSIX, where a mode says so."""
    return os.name == "posix" and path.exists() and bool(path.stat().st_mode & 0o077)


def _readable(path: Path, mode: str) -> tuple[str, str]:
    """What is said and what to do about a path that others may open."""
    return (
        text(f"{path} is open to other accounts of this machine", f"{path} がこの機械の他のアカウントに開かれています"),
        text(f"Run: chmod {mode} {path}", f"chmod {mode} {path} を実行してください。"),
    )


def _key(name: str, file: str) -> Check:
    from django.conf import settings

    path = settings.HOME / file
    if open_to_others(path):
        return Check(name, "failed", *_readable(path, "600"))
    return Check(name, "ok", text("kept from others", "他者からは読めません"))


def secret_key() -> Check:
    return _key("secret key", "secret.key")


def audit_key() -> Check:
    return _key("audit key", "audit.key")


def linkage_key() -> Check:
    from kakehashi.systems.cases.linkage.queries import identified_under_another_key

    found, outdated = _key("linkage key", "linkage.key"), identified_under_another_key()
    if found.state == "failed" or not outdated:
        return found
    return Check(
        "linkage key",
        "warning",
        text(
            f"{counted(outdated, 'case')} with identifying items keyed under another linkage key",
            f"別の名寄せ鍵で作られた照合キーのある症例 {outdated:,}",
        ),
        text(
            "Put your copy of linkage.key back and restart, or enter the identifying items again (kakehashi linkage "
            "import).",
            "控えの linkage.key を戻して再起動するか、識別項目を入力し直してください（kakehashi linkage import）。",
        ),
    )


def safe_settings() -> Check:
    from django.conf import settings

    if settings.DEBUG:
        return Check(
            "settings",
            "warning",
            "KAKEHASHI_DEBUG=1",
            text("Never where strangers reach.", "外部から届く場所では使わないでください。"),
        )
    public = [host for host in settings.ALLOWED_HOSTS if host not in {"127.0.0.1", "localhost", "[::1]"}]
    if public and not settings.SESSION_COOKIE_SECURE:
        return Check(
            "settings",
            "warning",
            text("answers to public names without HTTPS settings", "HTTPS設定なしで公開名に応答しています"),
            text("Set KAKEHASHI_SECURE=1 behind HTTPS.", "HTTPSの背後で KAKEHASHI_SECURE=1 を設定してください。"),
        )
    return Check("settings", "ok", text("safe for where it answers", "公開範囲に対して安全です"))


def database() -> Check:
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return Check(
            "database",
            "failed",
            text("cannot be reached", "接続できません"),
            text(
                "Check KAKEHASHI_DATABASE_URL and that the server runs.",
                "KAKEHASHI_DATABASE_URLとサーバーの稼働を確認してください。",
            ),
        )
    if waiting:
        return Check(
            "database",
            "failed",
            text(f"{counted(len(waiting), 'migration')} not applied", f"未適用の移行 {len(waiting)} 件"),
            _prepare(),
        )
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        if open_to_others(file) and open_to_others(file.parent):
            return Check("database", "failed", *_readable(file, "600"))
    return Check("database", "ok", connection.vendor)


def ontology() -> Check:
    from kakehashi.engines.phenotype import knowledge

    known = knowledge.load()
    held = f"{counted(known.ontology.n, 'term')}, {counted(len(known.diseases.ids), 'disease')}"
    said = text(
        f"HPO {known.ontology.release}, {held}",
        f"HPO {known.ontology.release}、用語 {known.ontology.n:,}、疾患 {len(known.diseases.ids):,}",
    )
    return Check("ontology", "ok", said)


def japanese_labels() -> Check:
    from kakehashi.engines.phenotype import knowledge

    count = knowledge.load().ontology.japanese_label_count
    if not count:
        return Check(
            "Japanese labels",
            "warning",
            text("not installed; most findings are shown in English", "未導入（多くの所見は英語で表示されます）"),
            text(
                "Get hp-ja.babelon.tsv of the HPO translations, then: kakehashi ontology labels FILE",
                "HPO翻訳の hp-ja.babelon.tsv を入手し kakehashi ontology labels FILE を実行してください。",
            ),
        )
    return Check("Japanese labels", "ok", text(counted(count, "term"), f"{count:,} 語"))


def catalogues() -> Check:
    if (CATALOGUES / "django.mo").exists():
        return Check("catalogues", "ok", text("Japanese is built", "日本語は作成済み"))
    to_do = text(
        "In the source tree run: make messages (or python -m kakehashi.locale.build)",
        "ソースのフォルダで make messages（または python -m kakehashi.locale.build）を実行してください。",
    )
    said = text("Japanese is not built: pages show English", "日本語が未作成です（画面は英語で表示されます）")
    return Check("catalogues", "warning", said, to_do)


def case_index() -> Check:
    from kakehashi.systems.cases.public import index_agreement

    found = index_agreement()
    to_do = text("Run: kakehashi cases rebuild-index", "kakehashi cases rebuild-index を実行してください。")
    if not found.readable:
        said = text(
            "cannot be read (damaged, or of another release); made anew at the next start",
            "読めません（破損、または別のリリース用）。次回の起動時に作り直します",
        )
        return Check("index", "warning", said, to_do)
    wrong = len(found.missing) + len(found.strangers) + len(found.different)
    if wrong:
        named = " ".join((*found.missing, *found.strangers, *found.different)[:3])
        said = text(
            f"{counted(wrong, 'case')} not as in the database ({named} …)",
            f"データベースと異なる症例 {wrong:,}（{named} …）",
        )
        return Check("index", "failed", said, to_do)
    said = text(f"{counted(found.indexed, 'case')}, as in the database", f"{found.indexed:,} 症例、データベースと一致")
    if found.waiting:
        said += text(f", {found.waiting:,} to follow at the next search", f"、次の検索で反映 {found.waiting:,}")
    return Check("index", "ok", said)


def search() -> Check:
    from kakehashi.kernel.jobs import queries
    from kakehashi.systems.cases.public import waiting_to_be_read

    waiting = waiting_to_be_read()
    if not waiting:
        return Check("search", "ok", text("made with what is in force", "現在の用語で作成済み"))
    said = text(f"{counted(waiting, 'case')} still to be read anew", f"読み直しを待つ症例 {waiting:,}")
    to_do = text("The worker does it beside the site.", "サイトの稼働中にジョブ処理が行います。")
    if not queries.worker_is_alive():
        to_do = text("Run: kakehashi up, or kakehashi worker", "kakehashi up か kakehashi worker を実行してください。")
    return Check("search", "warning", said, to_do)


def audit_trail() -> Check:
    from kakehashi.kernel.audit import verify

    report = verify()
    if report.intact:
        return Check(
            "audit",
            "ok",
            text(f"{counted(report.entries, 'entry', 'entries')}, unbroken", f"{report.entries:,} 件、改変なし"),
        )
    return Check(
        "audit",
        "failed",
        str(report.findings[0]),
        text("Run: kakehashi audit verify", "kakehashi audit verify を実行してください。"),
    )


def jobs() -> Check:
    from kakehashi.kernel.jobs import queries

    waiting, failed = queries.waiting_count(), queries.failed_count()
    said = text(f"{waiting} waiting, {failed} failed", f"待機 {waiting}、失敗 {failed}")
    if waiting and not queries.worker_is_alive():
        said += text(", no worker runs", "、ジョブ処理が動いていません")
        to_do = text("Run: kakehashi up, or kakehashi worker", "kakehashi up か kakehashi worker を実行してください。")
        return Check("jobs", "warning", said, to_do)
    return Check("jobs", "warning" if failed else "ok", said)


def events() -> Check:
    from kakehashi.kernel.events import queries

    failing, given_up = queries.failing_count(), queries.given_up_count()
    said = text(
        f"{counted(failing, 'handler')} to retry, {given_up} given up",
        f"イベント処理の再試行 {failing}、中止 {given_up}",
    )
    to_do = text("Look at the node's log for the cause.", "原因をノードのログで確認してください。") if given_up else ""
    return Check("events", "warning" if failing or given_up else "ok", said, to_do)


CHECKS: dict[str, tuple[str, Callable[[], Check]]] = {  # name → (Japanese name, check)
    "home": ("ホームフォルダ", home_folder),
    "secret key": ("秘密鍵", secret_key),
    "audit key": ("監査鍵", audit_key),
    "linkage key": ("名寄せ鍵", linkage_key),
    "settings": ("設定", safe_settings),
    "database": ("データベース", database),
    "ontology": ("オントロジー", ontology),
    "Japanese labels": ("日本語ラベル", japanese_labels),
    "catalogues": ("表示言語", catalogues),
    "index": ("症例索引", case_index),
    "search": ("サイト内検索", search),
    "audit": ("監査記録", audit_trail),
    "jobs": ("ジョブ", jobs),
    "events": ("イベント", events),
}


def examine() -> Iterator[Check]:
    """Run every check; one that cannot run at all is itself a failed check. Without a home folder nothing is made."""
    if not unready.home().exists():
        yield Check(
            "home", "failed", text(f"{unready.home()} is not there", f"{unready.home()} がありません"), _prepare()
        )
        return
    start_django(prepared=False)
    for name, (_, check) in CHECKS.items():
        try:
            yield check()
        except Exception as error:  # a doctor reports what it meets, whatever it is
            yield _not_run(name, error)


def _not_run(name: str, error: Exception) -> Check:
    from django.db import DatabaseError

    from kakehashi.engines.phenotype.problems import KnowledgeError

    if isinstance(error, DatabaseError):
        return Check(name, "failed", text("the database cannot be read", "データベースを読めません"))
    if isinstance(error, KnowledgeError):
        return Check(name, "failed", text(error.en, error.ja))
    return Check(name, "failed", type(error).__name__)


@click.command(
    help=text(
        "Check this node and say what to do. Exit code 1 when something failed.",
        "ノードを点検し対処を示す。異常があれば終了コード1。",
    )
)
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
def doctor(shape: str) -> None:
    found = list(examine())
    if shape == "json":
        click.echo(json.dumps([asdict(check) for check in found], ensure_ascii=False, indent=1))
    else:
        for check in found:
            click.echo(_line(check))
    raise SystemExit(1 if any(check.state == "failed" for check in found) else 0)


def _line(check: Check) -> str:
    from rich.cells import set_cell_size

    sign = set_cell_size(text(*SIGNS[check.state]), 5)
    name = set_cell_size(text(check.name, CHECKS[check.name][0]), 16)
    line = f"{sign} {name} {check.said}"
    return f"{line}\n{'':22} → {check.to_do}" if check.to_do else line
