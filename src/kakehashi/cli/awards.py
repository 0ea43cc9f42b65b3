"""``kakehashi awards``: the projects that pay for cases, by their award numbers."""

from datetime import datetime

import click

from kakehashi.cli import NodeGroup, say, text
from kakehashi.cli.people import SHAPE, organisation_of, show, told_plainly

DAY = click.DateTime(["%Y-%m-%d"])


@click.group(cls=NodeGroup, help=text("Awards that pay for cases.", "症例を支援する課題。"))
def awards() -> None:
    pass


@awards.command("add", help=text("Register an award by its number.", "課題を課題管理番号で登録する。"))
@click.argument("number")
@click.option("--title", required=True, help=text("Title.", "課題名。"))
@click.option("--title-en", default="", help=text("Title in English.", "課題名（英語）。"))
@click.option("--programme", default="", help=text("Programme.", "事業名。"))
@click.option("--programme-en", default="", help=text("Programme in English.", "事業名（英語）。"))
@click.option(
    "--organisation", required=True, metavar="CODE", help=text("The institution that holds it.", "課題を実施する機関。")
)
@click.option("--begins", required=True, type=DAY, metavar="YYYY-MM-DD", help=text("First day.", "開始日。"))
@click.option("--ends", required=True, type=DAY, metavar="YYYY-MM-DD", help=text("Last day.", "終了日。"))
def add(
    number: str,
    title: str,
    title_en: str,
    programme: str,
    programme_en: str,
    organisation: str,
    begins: datetime,
    ends: datetime,
) -> None:
    from kakehashi.systems.portfolio.actions import register_award

    with told_plainly():
        made = register_award(
            by=None,
            number=number,
            title=title,
            title_en=title_en,
            programme=programme,
            programme_en=programme_en,
            organisation=organisation_of(organisation),
            begins=begins.date(),
            ends=ends.date(),
        )
    say(f"Registered the award {made.number}.", f"課題 {made.number} を登録しました。")


@awards.command("list", help=text("List the awards.", "課題の一覧。"))
@SHAPE
def list_awards(shape: str) -> None:
    from kakehashi.systems.portfolio.models import Award

    rows = [
        {
            "number": one.number,
            "title": one.title,
            "title_en": one.title_en,
            "programme": one.programme.name if one.programme else "",
            "programme_en": one.programme.name_en if one.programme else "",
            "organisation": one.organisation.code,
            "begins": one.begins.isoformat(),
            "ends": one.ends.isoformat(),
        }
        for one in Award.objects.select_related("organisation", "programme")
    ]
    show(rows, shape)
