"""``kakehashi check``: what is wrong with phenopackets, before anybody relies on them.

Exit codes: 0 nothing but warnings; 2 errors; 130 interrupted.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

import click

from kakehashi.cli import counted, say, text
from kakehashi.cli.inputs import BadInput, Progress, language_option, quiet_end, spoken, told
from kakehashi.protocols.phenopacket.problems import Language, Problem
from kakehashi.protocols.phenopacket.reading import Entry, documents

FORMATS: Final = ("text", "jsonl")


@click.command(
    help=text(
        "Check phenopackets: structure, terms, contradictions, ages, variants, families. Each problem is told with its "
        "JSON path and what to do.\n\nFILE: .json, .jsonl, .yaml (each also .gz), a folder, or - for standard input.",
        "フェノパケットを検査する。構造・用語・矛盾・年齢・バリアント・家系を調べ、"
        "問題ごとに JSON パスと対処を示す。\n\n"
        "FILE: .json、.jsonl、.yaml（それぞれ .gz 可）、フォルダー、または標準入力を表す -。",
    )
)
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help=text("Text for people; jsonl: one line a document.", "人が読む文、または 1 行 1 文書の jsonl。"),
)
@click.option("--errors-only", is_flag=True, help=text("Leave warnings out.", "警告を省く。"))
@language_option
def check(files: tuple[str, ...], form: str, errors_only: bool, language: str | None) -> None:
    speech = spoken(language)
    with quiet_end(speech):
        from kakehashi.engines.genes import installed
        from kakehashi.engines.genes.naming import GeneNaming
        from kakehashi.engines.phenotype import knowledge
        from kakehashi.protocols.phenopacket.validation import validate

        known = knowledge.load()
        ontology, genes = known.ontology, GeneNaming(known.diseases, installed.load())
        progress = Progress(speech)
        counts = Counter[str]()
        labels = Counter[str]()  # a label that another release gives is in every file: said once, then counted
        for name in files:
            for entry in documents(sys.stdin.buffer, "-") if name == "-" else documents(Path(name)):
                found = list(entry.problems)
                if entry.document is not None:
                    found = [
                        problem.beneath(entry.path).at_line(entry.line)
                        for problem in validate(entry.document, ontology, genes=genes)
                        if problem.severity == "error" or not errors_only
                    ]
                counts["documents"] += 1
                for problem in found:
                    counts[problem.severity] += 1
                if form == "text":
                    found = [problem for problem in found if _is_new(problem, labels)]
                _write(entry, found, form, speech, "en" if form == "jsonl" and language is None else speech)
                progress.step()
        progress.done()
        read, errors, warnings = counts["documents"], counts["error"], counts["warning"]
        say(
            f"{counted(read, 'document')}: {counted(errors, 'error')}, {counted(warnings, 'warning')}",
            f"{read:,} 文書：エラー {errors:,} 件、警告 {warnings:,} 件",
            language=speech,
            err=True,
        )
        if again := labels.total() - len(labels):
            say(
                f"{counted(again, 'warning')} of a label already told",
                f"うち {again:,} 件は、上記と同じラベルに関する警告のため省略",
                language=speech,
                err=True,
            )
        if counts["error"]:
            raise BadInput


def _is_new(problem: Problem, labels: Counter[str]) -> bool:
    """Whether a problem is anything but a label that was told before; counts labels."""
    if problem.code != "label-mismatch":
        return True
    labels[problem.en] += 1
    return labels[problem.en] == 1


def _write(entry: Entry[Any], found: list[Problem], form: str, speech: Language, written: Language) -> None:
    if form == "text":
        for problem in found:
            click.echo(told(entry.source, problem, speech))
        return
    plain = {
        "source": entry.source,
        "line": entry.line,
        "id": entry.document.id if entry.document is not None else None,
        "problems": [
            {
                "code": problem.code,
                "severity": problem.severity,
                "path": problem.path,
                "message": problem.text(written),
                "hint": problem.hint(written),
            }
            for problem in found
        ],
    }
    click.echo(json.dumps(plain, ensure_ascii=False).encode("utf-8", "backslashreplace"))
