"""``kakehashi exchange``: what the queue of matches has come to."""

from typing import Any

import click

from kakehashi.cli import NodeGroup, say, text
from kakehashi.cli.people import SHAPE, organisation_of, show, told_plainly


@click.group(cls=NodeGroup, help=text("The queue of matches.", "マッチの一覧。"))
def exchange() -> None:
    pass


@exchange.command(
    "precision",
    help=text(
        "Of the matches that were reviewed, how many were confirmed: by score and shared gene.",
        "判断したマッチのうち一致を確定した数を、スコアと共通遺伝子の有無ごとに示す。",
    ),
)
@click.option("--organisation", "code", metavar="CODE", help=text("Of one institution only.", "この機関の判断のみ。"))
@SHAPE
def precision(code: str | None, shape: str) -> None:
    from kakehashi.kernel.organisations.models import Organisation
    from kakehashi.systems.exchange.precision import Share, precision_of

    with told_plainly():
        holders = [organisation_of(code).pk] if code else list(Organisation.objects.values_list("pk", flat=True))
        found = precision_of(holders)

    def row(group: str, name: str, share: Share) -> dict[str, Any]:
        low, high = share.interval
        figures = {"share": share.share, "low": low, "high": high} if share.enough else dict.fromkeys(NO_FIGURES)
        rounded = {key: None if one is None else round(one, 4) for key, one in figures.items()}
        return {"group": group, "name": name, "reviewed": share.reviewed, "confirmed": share.confirmed} | rounded

    with_gene, without = found.by_gene()
    rows = [row("overall", "all", found.share())]
    rows += [row("score", f"{band:.1f}-{band + 0.1:.1f}", share) for band, share in found.by_band()]
    rows += [row("gene", "shared", with_gene), row("gene", "none", without)]
    dismissed = [
        {"group": "dismissed", "name": reason.value, "reviewed": number, "confirmed": 0} | dict.fromkeys(NO_FIGURES)
        for reason, number in found.reasons()
    ]
    if shape == "json" or found.decided:
        show(rows + dismissed if shape == "json" else [_in_words(one) for one in rows + dismissed], shape)
    else:
        say("No match has been confirmed or dismissed yet.", "確定または対象外とされたマッチはまだありません。")


def _in_words(row: dict[str, Any]) -> dict[str, Any]:
    """A row for people: where too few were reviewed for a share, that; where there is none (of reasons), a dash."""
    nothing = "–" if row["group"] == "dismissed" else text("too few", "件数不足")
    return {key: nothing if one is None else one for key, one in row.items()}


NO_FIGURES = ("share", "low", "high")
