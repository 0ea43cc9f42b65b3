"""``kakehashi audit``: verify the trail and read it."""

import json
from datetime import datetime
from difflib import get_close_matches

import click

from kakehashi.cli import NodeGroup, counted, preferred_language, say, text


@click.group(cls=NodeGroup, help=text("Verify and list the audit trail.", "監査記録の検証と一覧。"))
def audit() -> None:
    pass


@audit.command(
    help=text(
        "Find any changed, dropped, reordered or inserted entry. Exit code 1 when there is one.",
        "改変・欠落・入れ替え・挿入を見つける。あれば終了コード1。",
    )
)
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
def verify(shape: str) -> None:
    from django.utils import translation

    from kakehashi.kernel.audit import verify as verify_trail

    with translation.override(preferred_language()):
        report = verify_trail()
        findings = [
            {"kind": finding.kind, "sequence": finding.sequence, "text": str(finding.text)}
            for finding in report.findings
        ]
    entries = counted(report.entries, "entry", "entries")
    if shape == "json":
        click.echo(json.dumps({"entries": report.entries, "findings": findings}, ensure_ascii=False, indent=1))
    elif report.intact:
        say(f"{entries}, unbroken.", f"{report.entries:,} 件、改変なし。")
    else:
        for finding in findings:
            click.echo(finding["text"], err=True)
        say(
            f"{entries}, {counted(len(findings), 'finding')}. Keep this database as it is and find out who had access "
            "to it.",
            f"{report.entries:,} 件中、問題 {len(findings)} 件。データベースを保全し、アクセスした者を調べてください。",
            err=True,
        )
    raise SystemExit(0 if report.intact else 1)


@audit.command(
    help=text(
        "Make missing rows of the trail's look-up anew, from the entries; the worker does it. Until then nothing is "
        "left out of an answer.",
        "監査記録の索引の欠けた行を、記録から作り直す（バックグラウンド処理）。完了までの間も、検索結果に漏れはない。",
    )
)
def relist() -> None:
    from kakehashi.kernel.audit.older import list_anew

    list_anew(by=None)
    say(
        "The worker makes the rows anew. Run “kakehashi audit verify” again when the job is done.",
        "索引の作り直しを開始しました。処理の完了後に「kakehashi audit verify」を再度実行してください。",
    )


@audit.command("list", help=text("Show entries, newest first.", "記録を新しい順に表示する。"))
@click.option(
    "--actor",
    default=None,
    help=text(
        "person:12, person:E-MAIL, system, visitor …", "person:12、person:メールアドレス、system、visitor など。"
    ),
)
@click.option("--action", default=None, help=text("case.register, login …", "case.register、login など。"))
@click.option(
    "--subject",
    default=None,
    help=text("TYPE:ID, as case:K-… or person:E-MAIL.", "TYPE:ID（例 case:K-…、person:メールアドレス）。"),
)
@click.option("--refused", is_flag=True, help=text("Only refusals.", "拒否のみ。"))
@click.option("--since", default=None, type=click.DateTime(), help=text("Not before.", "この日時以降。"))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--format", "shape", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
def list_entries(
    actor: str | None,
    action: str | None,
    subject: str | None,
    refused: bool,
    since: datetime | None,
    limit: int,
    shape: str,
) -> None:
    from django.utils import timezone

    from kakehashi.kernel.audit import entries_about
    from kakehashi.kernel.audit.models import AuditEntry, Outcome

    found = AuditEntry.objects.order_by("-sequence")
    if subject is not None:
        found = entries_about(*_thing(subject, "--subject"))
    if actor:
        found = found.filter(actor=":".join(_thing(actor, "--actor")) if "@" in actor else actor)
    if action:
        _insist_on_action(action)
        found = found.filter(action=action)
    if refused:
        found = found.filter(outcome=Outcome.REFUSED)
    if since:
        found = found.filter(at__gte=timezone.make_aware(since) if timezone.is_naive(since) else since)
    for entry in found[:limit]:
        subjects = f"{entry.subject_type}:{entry.subject_id or entry.subject_ids}" if entry.subject_type else ""
        if shape == "jsonl":
            row = {
                "sequence": entry.sequence,
                "at": entry.at.isoformat(),
                "actor": entry.actor,
                "organisation": entry.organisation,
                "action": entry.action,
                "subject": subjects,
                "outcome": entry.outcome,
                "detail": json.loads(entry.detail or "{}"),
            }
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            at = timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M:%S")
            click.echo(
                "\t".join([str(entry.sequence), at, entry.actor, entry.action, subjects, entry.outcome, entry.detail])
            )


def _thing(said: str, option: str) -> tuple[str, str]:
    """The thing that the operator means, as (type, id). Raises BadParameter when there is none."""
    from kakehashi.kernel.audit.naming import subject_written

    found = subject_written(said)
    if found is None:
        raise click.BadParameter(
            text(
                f"this node holds no {said}, and its trail names none; write TYPE:ID, as case:5, case:K-… or "
                "person:E-MAIL",
                f"{said} はこのノードになく、監査記録にもありません。TYPE:ID の形で指定してください"
                "（例 case:5、case:K-…、person:メールアドレス）",
            ),
            param_hint=option,
        )
    return found


def _insist_on_action(action: str) -> None:
    """Raise BadParameter, with the names that are near, for an action of which the trail knows nothing."""
    from kakehashi.kernel.audit.verbs import known_actions

    known = known_actions()
    if action not in known:
        near = get_close_matches(action, known, n=3)
        raise click.BadParameter(
            text(
                f"the trail holds no action {action}" + (f"; near it: {', '.join(near)}" if near else ""),
                f"操作 {action} は監査記録にありません" + (f"。近い名前：{'、'.join(near)}" if near else ""),
            ),
            param_hint="--action",
        )
