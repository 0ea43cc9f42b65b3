"""``kakehashi portfolio entries``: many entries of the ledger from a file, and the journal into one."""

import csv
import sys
from pathlib import Path
from typing import Any

import click

from kakehashi.cli import NodeGroup, counted, say, text
from kakehashi.cli.awardfiles import AT_FAULT, handed_in, watched
from kakehashi.cli.people import told_plainly
from kakehashi.kernel.fiscal import FIRST_YEAR, LAST_YEAR


@click.group(cls=NodeGroup, help=text("Entries of the budget ledger.", "予算台帳の仕訳。"))
def entries() -> None:
    pass


@entries.command(
    "import",
    help=text(
        "Book entries from CSV: all or none. Every row at fault is named with what is wrong with it; exit code 1 then.",
        "CSVから仕訳を記帳する。すべて記帳するか、何も記帳しないかのどちらか。問題のある行はすべて理由とともに示し、"
        "終了コード1で終わる。",
    ),
)
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help=text("Look only, write nothing.", "確認のみで、何も記帳しない。"))
def import_entries(file: Any, dry_run: bool) -> None:
    from kakehashi.systems.portfolio.ledger.files import LARGEST_MB, book_rows, look_at

    with told_plainly():
        content = handed_in(file, largest_mb=LARGEST_MB)
        with watched() as told:
            rows = look_at(content, lambda step, done, total: told(step, done, done, total))
        faulty = [row for row in rows if row.faults]
        for row in faulty:
            click.echo(f"{row.line}\t{' '.join(row.faults)}")
        if faulty:
            say(
                f"{counted(len(faulty), 'row')} of {len(rows):,} at fault; nothing was booked.",
                f"{len(rows):,} 行のうち {len(faulty):,} 行に問題があります。何も記帳していません。",
                err=True,
            )
            raise SystemExit(AT_FAULT)
        if dry_run:
            say(
                f"{counted(len(rows), 'row')}, nothing wrong; nothing was booked: this was a preview.",
                f"{len(rows):,} 行に問題はありません。プレビューのため、何も記帳していません。",
            )
            return
        written = book_rows(rows, by=None)
    say(
        f"{counted(len(written), 'entry', 'entries')} booked: {written[0].number:,} to {written[-1].number:,}.",
        f"仕訳 {len(written):,} 件（{written[0].number:,}～{written[-1].number:,}）を記帳しました。",
    )


@entries.command(
    "export",
    help=text("Write the journal as CSV: one row a movement.", "仕訳帳をCSVで書き出す（1行に1件の資金移動）。"),
)
@click.option(
    "--fiscal-year", type=click.IntRange(FIRST_YEAR, LAST_YEAR), help=text("Only this year's.", "この年度のみ。")
)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help=text("File to write.", "書き出すファイル。")
)
def export_entries(fiscal_year: int | None, output: Path | None) -> None:
    from kakehashi.systems.portfolio.ledger.journal import FIELDS, movements_of
    from kakehashi.systems.portfolio.models import Entry

    with told_plainly():
        chosen = Entry.objects.filter(fiscal_year=fiscal_year) if fiscal_year else None
        with output.open("w", encoding="utf-8", newline="") if output else sys.stdout as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(FIELDS)
            writer.writerows(movements_of(chosen))
