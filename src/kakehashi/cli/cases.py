"""``kakehashi cases``: import and export phenopackets, make the indexes anew.

Exit codes of import: 0 every packet stands; 2 some were refused (each told on standard error, the others stand) or the
command was used wrongly; 130 interrupted. Interrupted or killed at any moment, the same command goes on where it was.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import click

from kakehashi.cli import NodeGroup, counted, preferred_language, say, text
from kakehashi.cli.people import organisation_of, told_plainly
from kakehashi.protocols.phenopacket import Entry, Phenopacket, patients

if TYPE_CHECKING:
    from kakehashi.kernel.people.models import Person
    from kakehashi.systems.cases.packets.importing import ImportSummary, Progress

INTERRUPTED: Final = 130
REACH = click.Choice(["institution", "network", "domestic", "abroad"])
PROBLEMS_TOLD: Final = 50


@click.group(cls=NodeGroup, help=text("Import and export cases.", "症例の取り込みと書き出し。"))
def cases() -> None:
    pass


@cases.command(
    "import",
    help=text(
        "Import phenopackets (.json .jsonl .yaml, each also .gz, or a folder; - reads standard input) as registered "
        "cases of an organisation. A known packet id with other content is a new revision, with the same content "
        "nothing to do; so an import that was stopped is simply started again.",
        "Phenopacket（.json .jsonl .yaml、いずれも .gz 可、またはフォルダ。- は標準入力）を"
        "機関の登録症例として取り込む。既知のIDで内容が異なれば新しい版、同じなら何もしない。中断した取り込みは、もう一度実行すれば続きから進む。",
    ),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option(
    "--organisation", required=True, metavar="CODE", help=text("Who holds the cases.", "症例を保有する機関。")
)
@click.option(
    "--by",
    "email",
    metavar="EMAIL",
    help=text("Who imports; default: the node's operator.", "取り込む人。既定はノード運用者。"),
)
@click.option(
    "--keep-going/--stop-at-first",
    default=True,
    show_default=True,
    help=text(
        "Go on past packets that cannot be used, or stop at the first (what came before it stands).",
        "使えないパケットがあっても続ける、または最初の一つで止まる（それ以前のものは残る）。",
    ),
)
@click.option(
    "--synthetic", is_flag=True, help=text("Mark new cases as synthetic.", "新しい症例を合成として印付ける。")
)
@click.option(
    "--reach",
    type=REACH,
    default="institution",
    show_default=True,
    help=text(
        "How far new cases may be seen; you attest that the patients consented to that.",
        "新しい症例の公開範囲。患者の同意がそこまで得られていることを確認した上で指定する。",
    ),
)
@click.option(
    "--award",
    default="",
    metavar="NUMBER",
    help=text(
        "The award that paid for them: of new cases, and of known ones that name none yet.",
        "症例を支援した課題の課題管理番号。新しい症例と、課題が未指定の既存症例に設定する。",
    ),
)
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
def import_cases(
    files: tuple[str, ...],
    organisation: str,
    email: str | None,
    keep_going: bool,
    synthetic: bool,
    reach: str,
    award: str,
    shape: str,
) -> None:
    from kakehashi.kernel.sharing.states import Reach
    from kakehashi.systems.cases.packets.importing import import_packets

    started = time.perf_counter()
    with told_plainly(), _progress(files) as tell:
        holder, person = organisation_of(organisation), _person(email)
        try:
            summary = import_packets(
                _entries(files),
                by=person,
                organisation=holder,
                keep_going=keep_going,
                synthetic=synthetic,
                reach=Reach.named(reach),
                award=award,
                progress=tell,
            )
        except KeyboardInterrupt:
            say(
                "Stopped. What was imported stands; the same command goes on from there.",
                "中断しました。取り込んだ分は残っています。同じコマンドで続きから進みます。",
                err=True,
            )
            raise SystemExit(INTERRUPTED) from None
    _report(summary, time.perf_counter() - started, shape)
    raise SystemExit(2 if summary.refused else 0)


def _entries(files: tuple[str, ...]) -> Iterator[Entry[Phenopacket]]:
    for name in files:
        yield from patients(sys.stdin.buffer, "-") if name == "-" else patients(Path(name))


def _person(email: str | None) -> "Person | None":
    """The person of this address. Raises NotFound naming it."""
    from kakehashi.kernel.errors import NotFound
    from kakehashi.kernel.people.models import Person

    if email is None:
        return None
    found = Person.objects.filter(email=email.strip().lower()).first()
    if found is None:
        raise NotFound(email)
    return found


@contextmanager
def _progress(files: tuple[str, ...]) -> Iterator["Progress | None"]:
    """A bar on a terminal (packets so far, a share where they can be counted beforehand); silence elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text("Importing", "取り込み中"), total=_countable(files))

        def tell(summary: "ImportSummary") -> None:
            bar.update(task, completed=summary.done)

        yield tell


def _countable(files: tuple[str, ...]) -> int | None:
    """How many packets there are, where counting is cheap: lines of plain .jsonl files."""
    paths = [Path(name) for name in files]
    if not all(path.is_file() and path.suffix in {".jsonl", ".ndjson"} for path in paths):
        return None
    total = 0
    for path in paths:
        with path.open("rb") as stream:
            total += sum(1 for line in stream if line.strip())
    return total


def _report(summary: "ImportSummary", seconds: float, shape: str) -> None:
    """Each refused packet on standard error, the figures on standard output."""
    japanese = preferred_language() == "ja"
    for problem in summary.problems[:PROBLEMS_TOLD]:
        click.echo(f"{problem.place}: {problem.ja if japanese else problem.en}", err=True)
    if (more := summary.refused - min(len(summary.problems), PROBLEMS_TOLD)) > 0:
        say(f"… and {more:,} more", f"… ほか {more:,} 件", err=True)
    figures: dict[str, Any] = {
        "new": summary.new,
        "updated": summary.updated,
        "unchanged": summary.unchanged,
        "refused": summary.refused,
        "overwritten": summary.overwritten,
        "seconds": round(seconds, 1),
    }
    if shape == "json":
        click.echo(json.dumps(figures))
        return
    say(
        "{new:,} new, {updated:,} updated, {unchanged:,} unchanged, {refused:,} refused; {seconds} s".format(**figures),
        "新規 {new:,}、更新 {updated:,}、変更なし {unchanged:,}、拒否 {refused:,}、{seconds} 秒".format(**figures),
    )
    if summary.overwritten:
        say(
            f"{summary.overwritten:,} of the updated cases had been edited here; their history keeps the edits.",
            f"更新した症例のうち {summary.overwritten:,} 件はここで編集されていました。編集内容は履歴に残っています。",
        )


@cases.command(
    "export",
    help=text(
        "Write the registered cases as phenopackets, one JSON a line; imported ones keep all they came with.",
        "登録症例をPhenopacket（1行1件のJSON）として書き出す。取り込んだものは元の内容をすべて保つ。",
    ),
)
@click.option("--organisation", metavar="CODE", help=text("Of one organisation only.", "一つの機関に限る。"))
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help=text("File; default: standard output.", "ファイル。既定は標準出力。"),
)
def export_cases(organisation: str | None, output: Path | None) -> None:
    from kakehashi.systems.cases.packets.exporting import export_packets

    with told_plainly():
        holder = organisation_of(organisation) if organisation else None
        if output is None:
            count = export_packets(sys.stdout.buffer, organisation=holder)
        else:
            with _written_whole(output) as stream:
                count = export_packets(stream, organisation=holder)
    say(counted(count, "case"), f"{count:,} 症例", err=True)


@contextmanager
def _written_whole(output: Path) -> Iterator[BinaryIO]:
    """A file that is there when all is written, and only its owner reads it; before that the old one stays as it is."""
    if output.exists() and not output.is_file():  # a pipe or a device: nothing to keep
        with output.open("wb") as stream:
            yield stream
        return
    output = output.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{output.name}.", dir=output.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, output)
    finally:
        Path(name).unlink(missing_ok=True)


@cases.command(
    "reach",
    help=text(
        "Let a case be seen this far, from the next search on; no further than its consent.",
        "症例の公開範囲を変える（次の検索から有効。同意の範囲まで）。",
    ),
)
@click.argument("case_id")
@click.argument("level", type=REACH)
def set_reach(case_id: str, level: str) -> None:
    from kakehashi.kernel.errors import NotFound
    from kakehashi.kernel.sharing.states import Reach
    from kakehashi.systems.cases.models import Case
    from kakehashi.systems.cases.terms import set_reach as widen_or_narrow

    with told_plainly():
        found = Case.objects.filter(public_id=case_id.strip().upper()).first()
        if found is None:
            raise NotFound(case_id)
        changed = widen_or_narrow(by=None, case=found, reach=Reach.named(level))
        say(f"{changed.public_id}: {level}", f"{changed.public_id}：{changed.get_reach_display()}")


@cases.command(
    "reread",
    help=text(
        "Read the kept phenopackets of imported cases anew, after an upgrade that reads them better. A case that reads "
        "otherwise gets a new revision; one that people edited since its import stays and is named.",
        "取り込んだ症例のPhenopacketを読み直す（読み取りが改善された更新の後に実行）。"
        "読み取り結果が変わった症例は新しい版になる。取り込み後に人が編集した症例は変更せず、IDを表示する。",
    ),
)
@click.option("--organisation", metavar="CODE", help=text("Of one organisation only.", "一つの機関に限る。"))
def reread_cases(organisation: str | None) -> None:
    from kakehashi.systems.cases.packets.rereading import reread_packets

    with told_plainly():
        done = reread_packets(organisation=organisation_of(organisation) if organisation else None)
    say(f"{counted(done.changed, 'case')} read anew", f"{done.changed:,} 症例を読み直しました")
    if done.left:
        named = " ".join(done.left)
        say(
            f"{counted(len(done.left), 'case')} would read otherwise and stayed, look at each: {named}",
            f"読み取り結果が異なるものの変更しなかった {len(done.left):,} 症例（個別に確認してください）：{named}",
        )


@cases.command(
    "rebuild-index",
    help=text(
        "Make the case index and the site's search anew from the cases.", "症例から症例索引とサイト内検索を作り直す。"
    ),
)
def rebuild_index() -> None:
    from kakehashi.systems.cases import rows
    from kakehashi.systems.cases.matching import similar

    started = time.perf_counter()
    with told_plainly():
        count = similar.rebuild()
        rows.reindex_outdated(everything=True)
    seconds = time.perf_counter() - started
    say(f"{counted(count, 'case')} indexed in {seconds:.1f} s", f"{count:,} 症例を {seconds:.1f} 秒で索引付けしました")
