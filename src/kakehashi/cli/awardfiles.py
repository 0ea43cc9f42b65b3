"""``kakehashi portfolio import`` and ``export``: awards from files and into files."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import click

from kakehashi.cli import NodeCommand, labelled, noted, say, text
from kakehashi.cli.people import told_plainly

if TYPE_CHECKING:
    from kakehashi.systems.portfolio.importing.collecting import Told
    from kakehashi.systems.portfolio.importing.running import Existing

AT_FAULT = 1


def handed_in(file: IO[bytes], *, largest_mb: int) -> bytes:
    """A file's bytes; where it is not UTF-8 it is told how it was read. Raises Invalid."""
    from kakehashi.systems.portfolio.uploads import read_text

    content = file.read()
    if note := read_text(content, largest_mb=largest_mb).note:
        click.echo(note, err=True)
    return content


@click.command(
    "import",
    cls=NodeCommand,
    help=text(
        "Import awards by a map: the agency's own, or another funder's as a collection. Rows at fault are left out, "
        "told and kept; all others are written in one transaction. Ends with a report of what does not agree; "
        "exit code 2 where nothing was written, with --strict 1 where a row was at fault.\n\n"
        "MAP: a YAML file, or one that comes with Kakehashi: nih, 360giving, kakehashi.",
        "対応表に従って課題を取り込む。自機関の課題、または他の助成機関の課題（コレクション）。問題のある行は除外して"
        "理由を示し、記録に残す。それ以外の行は一つのトランザクションでまとめて書き込む。最後に、合わない点の報告を示す。"
        "何も書き込まなかったときは終了コード2、--strict を付けて問題のある行があったときは終了コード1。\n\n"
        "MAP：YAMLファイル、または付属の nih、360giving、kakehashi。",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "shape", type=click.Choice(["csv", "360giving"]), required=True)
@click.option(
    "--map", "map_name", required=True, metavar="MAP", help=text("Which column is what.", "列と項目の対応表。")
)
@click.option(
    "--existing",
    type=click.Choice(["skip", "update", "refuse"]),
    default="refuse",
    show_default=True,
    help=text("What to do with what is here already.", "すでにあるものの扱い。"),
)
@click.option("--name", default="", help=text("Name of the collection.", "コレクションの名称。"))
@click.option("--dry-run", is_flag=True, help=text("Report only, write nothing.", "報告のみで、何も書き込まない。"))
@click.option(
    "--strict", is_flag=True, help=text("Exit code 1 when a row is at fault.", "問題のある行があれば終了コード1。")
)
def import_command(
    file: Path, shape: str, map_name: str, existing: str, name: str, dry_run: bool, strict: bool
) -> None:
    from django.utils.translation import gettext as _

    from kakehashi.kernel.errors import Invalid
    from kakehashi.kernel.snapshots import on_a_copy
    from kakehashi.systems.portfolio.importing.mapping import read_map
    from kakehashi.systems.portfolio.importing.running import import_awards
    from kakehashi.systems.portfolio.importing.telling import lines

    with told_plainly():
        chosen = read_map(map_name)
        if chosen.format != shape:
            values = {"map": map_name, "format": chosen.format}
            raise Invalid(_("The map %(map)s is for --format %(format)s.") % values)
        with on_a_copy() if dry_run else nullcontext(), watched() as told:
            done = import_awards(
                file,
                chosen,
                by=None,
                existing=cast("Existing", existing),
                name=name,
                dry_run=dry_run,
                told=told,
            )
        for line in lines(done.report):
            click.echo(line)
    if dry_run:
        say("Nothing was written: this was a preview.", "プレビューのため、何も書き込んでいません。")
    if strict and done.report.faulty:
        raise SystemExit(AT_FAULT)


@contextmanager
def watched() -> "Iterator[Told]":
    """A progress bar on a terminal's standard error, and what moves it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, Any] = {}

        def told(file: str, rows: int, read: int, size: int) -> None:
            if file not in tasks:
                tasks[file] = progress.add_task(file, total=size)
            progress.update(tasks[file], completed=read, description=noted(file, f"{rows:,}"))

        yield told


@click.command(
    "export",
    cls=NodeCommand,
    help=text(
        "Write the agency's awards to standard output: 360Giving JSON, CSV (one row an award) or JSON (all of it).",
        "自機関の課題を標準出力に書き出す。360Giving JSON、CSV（1課題1行）、JSON（全項目）。",
    ),
)
@click.option("--format", "shape", type=click.Choice(["360giving", "csv", "json"]), required=True)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help=text("File to write.", "書き出すファイル。")
)
@click.option("--funder", default="", metavar="CODE", help=text("The agency (360Giving).", "助成機関（360Giving）。"))
@click.option(
    "--prefix",
    default="360G-kakehashi",
    show_default=True,
    help=text("Your 360Giving prefix.", "360Givingから与えられた接頭辞。"),
)
def export_command(shape: str, output: Path | None, funder: str, prefix: str) -> None:
    from kakehashi.systems.portfolio.exporting.grants import write_grants
    from kakehashi.systems.portfolio.exporting.tables import write_csv, write_json

    with told_plainly():
        out = output.open("w", encoding="utf-8", newline="") if output else sys.stdout
        try:
            if shape == "360giving":
                write_grants(out, by=None, prefix=prefix, funder=funder)
            elif shape == "csv":
                write_csv(out, by=None)
            else:
                write_json(out, by=None)
        finally:
            if output:
                out.close()
    if output:
        said = labelled(text("Written", "書き出し先"), str(output))
        say(said, said, err=True)
