"""``kakehashi peers``: the nodes of the Matchmaker Exchange that we ask and that may ask us."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kakehashi.cli import NodeGroup, preferred_language, say, text
from kakehashi.cli.people import SHAPE, show, told_plainly

if TYPE_CHECKING:
    from kakehashi.systems.exchange.models import Question

COUNTRY = click.option("--country", default="", metavar="CC", help=text("ISO 3166-1 alpha-2.", "国（2文字）。"))


@click.group(cls=NodeGroup, help=text("Peers of the Matchmaker Exchange.", "Matchmaker Exchange の相手ノード。"))
def peers() -> None:
    pass


@peers.command(
    "add", help=text("Ask this node too, with the token it gave us.", "受け取ったトークンで、このノードにも照会する。")
)
@click.argument("name")
@click.argument("base_url")
@click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help=text("File that holds the token they gave us.", "相手から受け取ったトークンのファイル。"),
)
@COUNTRY
@click.option(
    "--timeout",
    "timeout_s",
    type=click.IntRange(1, 300),
    default=20,
    show_default=True,
    help=text("Longest wait, seconds.", "最長の待ち時間（秒）。"),
)
def add_peer(name: str, base_url: str, token_file: Path, country: str, timeout_s: int) -> None:
    from kakehashi.systems.exchange import actions

    with told_plainly():
        token = token_file.read_text(encoding="utf-8", errors="replace")
        peer = actions.add_peer(
            by=None, name=name, base_url=base_url, token=token, country=country, timeout_s=timeout_s
        )
    say(f"{peer.name} is asked from now on.", f"今後 {peer.name} にも照会します。")


@peers.command(
    "grant",
    help=text(
        "Let this node ask us; prints its token once. A token it had ends.",
        "このノードからの照会を許可し、トークンを一度だけ表示する。以前のトークンは無効になる。",
    ),
)
@click.argument("name")
@COUNTRY
def grant(name: str, country: str) -> None:
    from kakehashi.systems.exchange import actions

    with told_plainly():
        _peer, token = actions.grant_peer(by=None, name=name, country=country)
    click.echo(token)


@peers.command("revoke", help=text("This node may no longer ask us.", "このノードからの照会を取り消す。"))
@click.argument("name")
def revoke(name: str) -> None:
    from kakehashi.systems.exchange import actions

    with told_plainly():
        peer = actions.revoke_peer(by=None, name=name)
    say(f"{peer.name} may no longer ask us.", f"{peer.name} からの照会を取り消しました。")


@peers.command("remove", help=text("Ask this node no more.", "このノードには照会しない。"))
@click.argument("name")
def remove(name: str) -> None:
    from kakehashi.systems.exchange import actions

    with told_plainly():
        peer = actions.stop_asking(by=None, name=name)
    say(f"{peer.name} is no longer asked.", f"{peer.name} には照会しません。")


@peers.command("list", help=text("List the peers.", "相手ノードの一覧。"))
@SHAPE
def list_peers(shape: str) -> None:
    from kakehashi.systems.exchange.models import Peer

    rows = [
        {
            "name": peer.name,
            "country": peer.country,
            "asked": peer.base_url if peer.asked else "",
            "may_ask_us": peer.granted_at.date().isoformat() if peer.granted_at else "",
            "paused_until": peer.paused_until.isoformat() if peer.paused and peer.paused_until else "",
        }
        for peer in Peer.objects.all()
    ]
    show(rows, shape)


@peers.command(
    "match",
    help=text(
        "Ask all peers for patients like a case. Exit code 1 when none of them answered.",
        "症例に似た患者をすべての相手ノードに照会する。応答したノードがなければ終了コード1。",
    ),
)
@click.argument("case_id")
@SHAPE
def match(case_id: str, shape: str) -> None:
    from kakehashi.systems.cases.public import case_keys
    from kakehashi.systems.exchange.questions import ask_peers

    with told_plainly():
        key = case_keys([case_id.strip().upper()]).get(case_id.strip().upper())
        if key is None:
            from kakehashi.kernel.errors import NotFound

            raise NotFound(case_id)
        questions = ask_peers(by=None, case_id=key, told=None if shape == "json" else _tell)
        if shape == "json":
            click.echo(json.dumps(_answers(case_id.strip().upper(), questions), ensure_ascii=False, indent=1))
    if not any(not one.why for one in questions):
        say(*_why_nothing(questions), err=True)
        raise SystemExit(1)


def _why_nothing(questions: "list[Question]") -> tuple[str, str]:
    """Why no peer answered at all."""
    if not questions:
        return (
            "No peer is asked yet. Add one with: kakehashi peers add NAME ADDRESS --token-file FILE",
            "照会先のノードがありません。kakehashi peers add NAME ADDRESS --token-file FILE で追加してください。",
        )
    from django.utils import translation

    from kakehashi.kernel.punctuation import labelled

    said = []
    for language in ("en", "ja"):
        with translation.override(language):
            said.append("; ".join(labelled(one.peer.name, one.why_text) for one in questions))
    return f"No peer answered. {said[0]}", f"応答したノードはありません。{said[1]}"


def _tell(question: "Question") -> None:
    """One peer's line, as it ends."""
    peer = question.peer
    if question.why:
        click.echo(f"{peer.name}\t{question.get_state_display()}\t{question.why_text}")
        return
    click.echo(f"{peer.name}\t{question.get_state_display()}\t{question.results}\t{question.took_ms} ms")


def _answers(case_id: str, questions: "list[Question]") -> dict[str, Any]:
    from django.utils import translation

    from kakehashi.systems.exchange.models import ForeignMatch

    matches = ForeignMatch.objects.filter(case__public_id=case_id).select_related("peer").order_by("-score", "pk")
    with translation.override(preferred_language()):
        told = [
            {
                "peer": question.peer.name,
                "state": question.state,
                "why": question.why,
                "message": question.why_text,
                "results": question.results,
                "unreadable": question.unreadable,
                "took_ms": question.took_ms,
            }
            for question in questions
        ]
    found = [
        {"rank": rank, "peer": one.peer.name, "score": one.score, "patient": one.patient}
        for rank, one in enumerate(matches, 1)
    ]
    return {"id": case_id, "peers": told, "matches": found}
