"""``kakehashi portfolio``: the agency's figures of a year, and whether they are the sums of their rows."""

import csv
import json
import sys
from decimal import Decimal
from typing import Any

import click

from kakehashi.cli import NodeGroup, counted, say, text
from kakehashi.cli.awardfiles import export_command, handed_in, import_command
from kakehashi.cli.cooperation import abroad
from kakehashi.cli.dois import doi_command
from kakehashi.cli.entries import entries
from kakehashi.cli.people import told_plainly
from kakehashi.kernel.fiscal import FIRST_YEAR, LAST_YEAR

AT_FAULT = 1


@click.group(cls=NodeGroup, help=text("Budgets, awards, results and goals.", "予算・課題・成果・目標。"))
def portfolio() -> None:
    pass


portfolio.add_command(import_command)
portfolio.add_command(export_command)
portfolio.add_command(entries)
portfolio.add_command(abroad)
portfolio.add_command(doi_command)


@portfolio.command(
    "figures",
    help=text(
        "Budgeted, committed and spent yen, awards, outputs and goals of a fiscal year.",
        "ある年度の予算額・契約額・執行額（円）、課題数、成果、目標。",
    ),
)
@click.option(
    "--fiscal-year", type=click.IntRange(FIRST_YEAR, LAST_YEAR), required=True, help=text("April to March.", "年度。")
)
@click.option("--term", type=int, help=text("Plan term whose scheme is used.", "集計に用いる計画の期。"))
@click.option("--format", "shape", type=click.Choice(["json", "csv"]), default="json", show_default=True)
def figures(fiscal_year: int, term: int | None, shape: str) -> None:
    from kakehashi.systems.portfolio.answers import COLUMNS, plain, table
    from kakehashi.systems.portfolio.figures import book
    from kakehashi.systems.portfolio.models import PlanTerm

    with told_plainly():
        terms = list(PlanTerm.objects.order_by("number").values_list("number", flat=True))
        if term is not None and term not in terms:
            there = ", ".join(map(str, terms)) or text("none", "なし")
            raise click.BadParameter(
                text(
                    f"there is no plan term {term} here; there are: {there}.",
                    f"第{term}期はありません。ある期：{there}。",
                ),
                param_hint="--term",
            )
        told = book(fiscal_year, term)
        if shape == "json":
            click.echo(json.dumps(plain(told), ensure_ascii=False, indent=1))
            return
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(table(told))


@portfolio.command(
    "reconcile",
    help=text(
        "Show every figure that differs from its rows; exit code 1 when there is one.",
        "内訳と一致しない数値をすべて示す。一つでもあれば終了コード1。",
    ),
)
@click.option(
    "--published",
    is_flag=True,
    help=text(
        "Instead: every published total of the documents beside this node's own figure; exit code 1 when one differs "
        "without an explanation.",
        "代わりに、文書の公表値とこのノードの集計値をすべて並べて示す。説明のない差があれば終了コード1。",
    ),
)
def reconcile(published: bool) -> None:
    from kakehashi.systems.portfolio.reconciling import faults

    if published:
        _compare()
        return

    found = 0
    with told_plainly():
        for one in faults():
            found += 1
            click.echo(f"{one.code}\t{one.where}\t{one.text}")
    if found:
        say(f"{counted(found, 'figure')} at odds with the rows.", f"{found} 件の数値が内訳と一致しません。", err=True)
        raise SystemExit(AT_FAULT)
    say("Every figure is the sum of its rows.", "すべての数値が内訳と一致しています。")


def _compare() -> None:
    from kakehashi.systems.portfolio.comparing.comparison import Verdict
    from kakehashi.systems.portfolio.comparing.published import comparisons

    with told_plainly():
        told = comparisons()
    for one in told:
        ours = "" if one.ours is None else _plain(one.ours)
        click.echo(f"{one.verdict.value}\t{one.key}\t{_plain(one.published)}\t{ours}\t{one.why}")
    differing = sum(one.verdict is Verdict.OPEN for one in told)
    agreeing = sum(one.verdict in (Verdict.EQUAL, Verdict.ROUNDING) for one in told)
    say(
        f"{counted(len(told), 'published total')}: {counted(agreeing, 'agrees', 'agree')}, "
        f"{counted(differing, 'differs', 'differ')} without an explanation.",
        f"公表値 {len(told):,} 件のうち、一致 {agreeing:,} 件、説明のない差 {differing:,} 件。",
        err=True,
    )
    if differing:
        raise SystemExit(AT_FAULT)


def _plain(figure: Decimal) -> str:
    """A figure to a hundredth at most, whole ones without a point: 43.79, 225."""
    return f"{figure.quantize(Decimal('0.01')):f}".rstrip("0").rstrip(".") if figure % 1 else f"{figure:.0f}"


def _award(number: str) -> Any:
    """The award of a number. Raises NotFound naming it."""
    from kakehashi.kernel.errors import NotFound
    from kakehashi.systems.portfolio.models import Award

    found = Award.objects.filter(number=number).first()
    if found is None:
        raise NotFound(text(f"Award {number}", f"課題 {number} "))
    return found


@portfolio.command(
    "publish",
    help=text(
        "Show awards to everybody: all, or those of one programme. Amounts are not published. What was taken from "
        "public view stays so, unless --award names it.",
        "課題を一般に公開する（全件、または一つの事業の課題）。金額は公開しない。公開を取りやめた課題は、"
        "--awardで指定したときだけ再び公開する。",
    ),
)
@click.option("--programme", default="", metavar="CODE", help=text("Only this programme's.", "この事業の課題のみ。"))
@click.option("--award", default="", metavar="NUMBER", help=text("Only this award.", "この課題のみ。"))
def publish(programme: str, award: str) -> None:
    from kakehashi.kernel.errors import NotFound
    from kakehashi.systems.portfolio.models import Award, Programme
    from kakehashi.systems.portfolio.publication.actions import publish_awards

    with told_plainly():
        found = Award.objects.filter(pk=_award(award).pk) if award else Award.objects.all()
        if programme:
            if not Programme.objects.filter(code=programme).exists():
                raise NotFound(text(f"Programme {programme}", f"事業 {programme} "))
            found = found.filter(programme__code=programme)
        number = publish_awards(by=None, awards=found, again=bool(award))
    say(f"{counted(number, 'award')} published.", f"課題 {number:,} 件を公開しました。")


@portfolio.command(
    "withdraw",
    help=text(
        "Take a published award from public view: its page, the finder, the sitemap and open data.",
        "公開中の課題の公開を取りやめる（課題のページ、検索、サイトマップ、オープンデータ）。",
    ),
)
@click.argument("number")
@click.option("--reason", required=True, help=text("Why; kept in its history.", "理由（履歴に残る）。"))
def withdraw(number: str, reason: str) -> None:
    from kakehashi.systems.portfolio.publication.actions import withdraw_award

    with told_plainly():
        withdraw_award(by=None, award=_award(number), reason=reason)
    say(f"Award {number} is taken from public view.", f"課題 {number} の公開を取りやめました。")


@portfolio.group("outputs", help=text("What came of awards.", "課題の成果。"))
def outputs() -> None:
    pass


@outputs.command(
    "import",
    help=text(
        "Write outputs from CSV, BibTeX or Crossref's JSON; what is known is credited to more awards.",
        "CSV・BibTeX・CrossrefのJSONから成果を取り込む。登録済みの成果には課題への計上を追加する。",
    ),
)
@click.argument("file", type=click.File("rb"))
@click.option("--format", "shape", type=click.Choice(["csv", "bibtex", "crossref"]), required=True)
@click.option(
    "--award",
    "numbers",
    multiple=True,
    metavar="NUMBER",
    help=text("Award that all of them came from.", "すべての成果の計上先とする課題の番号。"),
)
@click.option(
    "--preview", "only_look", is_flag=True, help=text("Only show what would be done.", "内容の確認のみ行う。")
)
def import_outputs(file: Any, shape: str, numbers: tuple[str, ...], only_look: bool) -> None:
    from kakehashi.kernel.errors import NotFound
    from kakehashi.systems.portfolio.outputs import importing
    from kakehashi.systems.portfolio.outputs.reading import LARGEST_MB, read
    from kakehashi.systems.portfolio.outputs.recognising import Recogniser

    with told_plainly():
        awards = Recogniser(numbers).awards
        for number in numbers:
            if number not in awards:
                raise NotFound(number)
        rows = importing.preview(read(handed_in(file, largest_mb=LARGEST_MB), shape), list(awards.values()))
        for row in rows:
            if only_look or row.fate == importing.Fate.LEFT_OUT:
                credited = ",".join(award.number for award in row.awards)
                reference = row.told.reference if row.told else ""
                notes = " ".join([*row.notes, *row.strange])
                click.echo(f"{row.place}\t{row.fate.value}\t{reference}\t{credited}\t{notes}", err=not only_look)
        if only_look:
            return
        fates = importing.import_outputs(rows, by=None)
    new, credited_too, known, left_out = fates.values()
    say(
        f"New: {new:,}, credited to more awards: {credited_too:,}, nothing to add: {known:,}, left out: {left_out:,}.",
        f"新規 {new:,} 件、計上を追加 {credited_too:,} 件、変更なし {known:,} 件、除外 {left_out:,} 件。",
    )
    if left_out:
        raise SystemExit(AT_FAULT)
