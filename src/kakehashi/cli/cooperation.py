"""``kakehashi portfolio abroad``: co-operation abroad from a file, into one, and as the documents tell it."""

import csv
import sys
from pathlib import Path
from typing import Any

import click

from kakehashi.cli import NodeGroup, counted, say, text
from kakehashi.cli.awardfiles import AT_FAULT, handed_in
from kakehashi.cli.people import told_plainly


@click.group(cls=NodeGroup, help=text("What is done together with partners abroad.", "海外との協力。"))
def abroad() -> None:
    pass


@abroad.command(
    "install",
    help=text(
        "Write what the published documents tell of partners abroad; what stands already is left as it is.",
        "公表資料にある海外との協力を書き込む。すでにある行はそのまま残す。",
    ),
)
def install() -> None:
    from kakehashi.systems.portfolio.installing import install_published_cooperation

    with told_plainly():
        number = install_published_cooperation(by=None)
    say(f"{counted(number, 'row')} written.", f"{number:,} 行を書き込みました。")


@abroad.command(
    "import",
    help=text(
        "Record and correct rows from CSV: all or none. Every row at fault is named; exit code 1 then.",
        "CSVから記録・訂正する。すべて書き込むか、何も書き込まないかのどちらか。問題のある行はすべて示し、終了コード1で終わる。",
    ),
)
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help=text("Look only, write nothing.", "確認のみで、何も書き込まない。"))
def import_rows(file: Any, dry_run: bool) -> None:
    from kakehashi.systems.portfolio.abroad.files import LARGEST_MB, Fate, import_cooperation, look_at

    with told_plainly():
        rows = look_at(handed_in(file, largest_mb=LARGEST_MB))
        faulty = [row for row in rows if row.fate == Fate.FAULTY]
        for row in faulty:
            click.echo(f"{row.line}\t{' '.join(row.faults)}")
        if faulty:
            say(
                f"{counted(len(faulty), 'row')} of {len(rows):,} at fault; nothing was written.",
                f"{len(rows):,} 行のうち {len(faulty):,} 行に問題があります。何も書き込んでいません。",
                err=True,
            )
            raise SystemExit(AT_FAULT)
        if dry_run:
            fates = {fate: sum(row.fate == fate for row in rows) for fate in Fate}
        else:
            fates = import_cooperation(rows, by=None)
    say(
        f"New: {fates[Fate.NEW]:,}, corrected: {fates[Fate.CORRECTED]:,}, nothing different: {fates[Fate.SAME]:,}."
        + " Nothing was written: this was a preview." * dry_run,
        f"新規 {fates[Fate.NEW]:,} 件、訂正 {fates[Fate.CORRECTED]:,} 件、変更なし {fates[Fate.SAME]:,} 件。"
        + "プレビューのため、何も書き込んでいません。" * dry_run,
    )


@abroad.command("export", help=text("Write every row as CSV.", "すべての行をCSVで書き出す。"))
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help=text("File to write.", "書き出すファイル。")
)
def export_rows(output: Path | None) -> None:
    from kakehashi.systems.portfolio.abroad.files import COLUMNS, rows_of

    with told_plainly(), output.open("w", encoding="utf-8", newline="") if output else sys.stdout as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows_of())
