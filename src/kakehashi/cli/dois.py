"""``kakehashi portfolio doi``: metadata for the DOIs of awards; nothing is deposited."""

import sys
from pathlib import Path

import click

from kakehashi.cli import NodeCommand, counted, say, text
from kakehashi.cli.people import told_plainly


@click.command(
    "doi",
    cls=NodeCommand,
    help=text(
        "Write the metadata of awards' DOIs, for depositing them yourself: Crossref's grant XML or DataCite's JSON. "
        "Nothing is sent. --registered: afterwards, keep the DOIs with the awards.",
        "課題のDOI登録用メタデータ（Crossrefの助成金XML、DataCiteのJSON）を書き出す。登録機関への送信は行わない。"
        "--registered：登録後、DOIを課題に記録する。",
    ),
)
@click.argument("numbers", nargs=-1, metavar="[AWARD]...")
@click.option("--all", "every", is_flag=True, help=text("Every published award.", "公開済みの全課題。"))
@click.option("--format", "shape", type=click.Choice(["crossref", "datacite"]), default="crossref", show_default=True)
@click.option("--funder", default="", metavar="CODE", help=text("The agency, where there are several.", "助成機関。"))
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help=text("File to write.", "書き出すファイル。")
)
@click.option(
    "--registered",
    is_flag=True,
    help=text("Keep the DOIs: they have been registered.", "登録済みとしてDOIを課題に記録する。"),
)
def doi_command(
    numbers: tuple[str, ...], every: bool, shape: str, funder: str, output: Path | None, registered: bool
) -> None:
    from kakehashi.kernel.errors import Invalid, NotFound
    from kakehashi.systems.portfolio.doi import keep_dois, written
    from kakehashi.systems.portfolio.models import Award
    from kakehashi.systems.portfolio.published import published_awards

    with told_plainly():
        if every == bool(numbers):
            raise Invalid(text("Name awards, or say --all.", "課題番号か --all のどちらかを指定してください。"))
        rows = published_awards() if every else Award.objects.filter(number__in=numbers)
        awards = list(rows.select_related("programme", "organisation").order_by("number"))
        if missing := sorted(set(numbers) - {one.number for one in awards}):
            raise NotFound(", ".join(missing))
        if registered:
            kept = keep_dois(awards, by=None)
            say(f"{counted(kept, 'DOI')} kept with the awards.", f"DOI {kept:,} 件を課題に記録しました。")
            return
        content = written(awards, shape, funder=funder)
        if output:
            output.write_bytes(content)
        else:
            sys.stdout.buffer.write(content)
            sys.stdout.flush()
