"""``kakehashi ontology …``: which release and labels are in use, putting others in place, looking terms up."""

import functools
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import ParamSpec, TypeVar

import click

from kakehashi.cli import counted, labelled, noted, preferred_language, say, text
from kakehashi.engines.phenotype import knowledge
from kakehashi.engines.phenotype.download import OFFICIAL_LABELS_JA
from kakehashi.engines.phenotype.problems import KnowledgeError

BAD_INPUT = 2
P = ParamSpec("P")
R = TypeVar("R")


def answering(command: Callable[P, R]) -> Callable[P, R]:
    """Turns a KnowledgeError into its message on stderr and exit code 2."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except KnowledgeError as error:
            say(error.en, error.ja, err=True)
            raise SystemExit(BAD_INPUT) from error

    return run


@click.group(help=text("Install, inspect and search the ontology.", "オントロジーの導入・確認・検索。"))
def ontology() -> None:
    pass


@ontology.command(
    help=text(
        "Use another HPO release. SOURCE: a folder or address with hp.obo, phenotype.hpoa and genes_to_disease.txt "
        "(or genes_to_phenotype.txt); a release date such as 2025-05-06; 'latest'; or 'embedded' to return to the "
        "release that comes with Kakehashi.",
        "別の HPO リリースに切り替える。SOURCE：hp.obo・phenotype.hpoa・genes_to_disease.txt（または "
        "genes_to_phenotype.txt）のあるフォルダーかアドレス、2025-05-06 のようなリリース日、latest、"
        "または内蔵リリースに戻す embedded。",
    )
)
@click.argument("source")
@answering
def install(source: str) -> None:
    fingerprint = knowledge.install(source)
    say(f"In use now: HPO {fingerprint}", f"使用中のリリース：HPO {fingerprint}")


@ontology.command(
    help=text(
        "Use the Japanese labels of FILE (Babelon TSV, plain or .gz, or its address); 'official' fetches the table of "
        "the HPO translations project, 'none' returns to English labels.",
        "FILE（Babelon TSV、.gz 可、アドレス可）の日本語ラベルを使う。official は HPO 翻訳プロジェクトの表を取得し、"
        "none は英語表示に戻す。",
    )
)
@click.argument("file")
@answering
def labels(file: str) -> None:
    if file == "none":
        knowledge.remove_labels()
        say("Labels are English now.", "英語のラベルに戻しました。")
        return
    count = knowledge.install_labels(file)
    say(f"{counted(count, 'term')} with a Japanese label now.", f"{count:,} 語に日本語ラベルが付きました。")


@ontology.command(help=text("Say which release and labels are in use.", "使用中のリリースとラベルを示す。"))
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
@answering
def status(shape: str) -> None:
    found = knowledge.status()
    if shape == "json":
        click.echo(json.dumps({**asdict(found), "folder": str(found.folder)}, ensure_ascii=False, indent=1))
        return
    origin = text("embedded", "内蔵") if found.embedded else text("installed", "導入済み")
    diseases = ", ".join(f"{source} {count:,}" for source, count in found.diseases.items())
    rows = [
        (text("release", "リリース"), noted(f"HPO {found.release}", origin)),
        (text("annotations", "注釈"), f"{found.annotation_version}, {found.annotations:,}"),
        (text("terms", "用語"), f"{found.terms:,}"),
        (text("diseases", "疾患"), diseases),
        (text("genes", "遺伝子"), f"{found.genes:,}"),
        (text("Japanese labels", "日本語ラベル"), _labels_line(found)),
        (text("folder", "フォルダー"), f"{found.folder} ({found.compiled_bytes / 1e6:.0f} MB)"),
        (text("fingerprint", "識別子"), found.fingerprint),
    ]
    for name, value in rows:
        click.echo(labelled(name, value))
    if found.unplaced_rows_count:
        say(
            f"{counted(found.unplaced_rows_count, 'annotation')} not used, of terms that this release does not know:",
            f"このリリースにない用語の注釈 {found.unplaced_rows_count:,} 行は使われません：",
        )
        for line in found.unplaced_rows[:10]:
            click.echo(f"  {line}")


def _labels_line(found: knowledge.Status) -> str:
    if not found.labels_ja:
        return text(
            f"none. Get {OFFICIAL_LABELS_JA} and run: kakehashi ontology labels FILE (or, with internet: official)",
            f"なし。{OFFICIAL_LABELS_JA} を入手し kakehashi ontology labels FILE を実行"
            "（インターネットがあれば official）",
        )
    share = 100 * found.labels_ja / found.terms
    known = counted(found.labels_ja, "term")
    made_for = found.labels_ja_release or text("unknown release", "リリース不明")
    return text(
        f"{known} ({share:.0f} %), made for {made_for}; {found.labels_ja_unplaced:,} unknown here",
        f"{found.labels_ja:,} 語（{share:.0f} %）、{made_for} 用。このリリースにない語 {found.labels_ja_unplaced:,}",
    )


@ontology.command(
    help=text(
        "Look up terms (or, with --diseases, diseases) by name, synonym, id or gene.",
        "用語（--diseases で疾患）を名称・同義語・id・遺伝子で探す。",
    )
)
@click.argument("query", nargs=-1, required=True)
@click.option("--top", default=10, show_default=True, type=click.IntRange(1, 1000), help=text("How many.", "件数。"))
@click.option("--diseases", is_flag=True, help=text("Look up diseases.", "疾患を探す。"))
@click.option(
    "--everything", is_flag=True, help=text("Onset, inheritance and modifiers too.", "発症・遺伝形式・修飾も含める。")
)
@click.option("--format", "shape", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@answering
def search(query: tuple[str, ...], top: int, diseases: bool, everything: bool, shape: str) -> None:
    import numpy as np

    from kakehashi.engines.phenotype.search import Search

    known = knowledge.load()
    finder, language, wording = Search(known), preferred_language(), " ".join(query)
    within = np.arange(known.ontology.n, dtype=np.int32) if everything else None
    hits = (
        finder.diseases(wording, limit=top, language=language)
        if diseases
        else finder.terms(wording, limit=top, language=language, within=within)
    )
    for hit in hits:
        if shape == "jsonl":
            row = {name: value for name, value in asdict(hit).items() if name != "index"}
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            found_by = hit.matched not in (hit.label, hit.id)
            click.echo(f"{hit.id}  {noted(hit.label, hit.matched) if found_by else hit.label}")
    if not hits:
        hint = "" if finder.has_japanese else "日本語ラベルは未導入です（kakehashi ontology status 参照）。"
        say("Nothing found.", f"見つかりませんでした。{hint}", err=True)
        raise SystemExit(1)
