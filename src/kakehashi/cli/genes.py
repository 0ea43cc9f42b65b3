"""``kakehashi genes …``: which table of gene names is in use, putting another in place, looking a name up."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click

from kakehashi.cli import counted, noted, say, text
from kakehashi.cli.ontology import answering
from kakehashi.engines.genes import installed as tables

ADDRESS = "https://storage.googleapis.com/public-download-files/hgnc/tsv/tsv/hgnc_complete_set.txt"


@click.group(help=text("Install and read the table of gene names.", "遺伝子名の表の導入と照会。"))
def genes() -> None:
    pass


@genes.command(
    help=text(
        "Use HGNC's complete set FILE (hgnc_complete_set.txt, plain or .gz), so that Ensembl, HGNC and Entrez ids, "
        "previous symbols and aliases lead to the current symbol. 'previous' returns to the table before.",
        "HGNC の全件ファイル FILE（hgnc_complete_set.txt、.gz 可）を使い、Ensembl・HGNC・Entrez の id、旧記号、"
        "別名を現在の記号に読み替える。previous は一つ前の表に戻す。",
    )
)
@click.argument("file")
@answering
def install(file: str) -> None:
    found = tables.install(file, today=datetime.now(UTC).date().isoformat())
    say(
        f"In use now: {counted(found.genes, 'gene')} of {found.source}; old names that several genes had, and that "
        f"name none: {found.ambiguous:,}",
        f"使用中：{found.source} の {found.genes:,} 遺伝子。複数の遺伝子に使われた旧名・別名 {found.ambiguous:,} 個は"
        "読み替えません",
    )
    if found.genes < tables.USUAL_COUNT:
        say(
            "This is not the whole of HGNC's genes; those that are missing stay as they are written.",
            "HGNC の全遺伝子ではありません。この表にない遺伝子は書かれたままになります。",
            err=True,
        )
    say(
        "The worker reads the cases already here by it, after the next start of the node or within the hour; at once "
        "with: kakehashi cases rebuild-index",
        "既存の症例はジョブ処理が次回起動後（再起動しなければ1時間以内）に順次読み直します。"
        "kakehashi cases rebuild-index を実行するとすぐに反映されます。",
    )


@genes.command("list", help=text("List the tables on this node.", "このノードにある表の一覧。"))
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
@answering
def listed(shape: str) -> None:
    found = tables.installed()
    if shape == "json":
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
        return
    for one in found:
        genes_en = counted(one.genes, "gene")
        use = text("in use", "使用中") if one.current else text("the one before", "一つ前")
        click.echo(
            text(
                f"{one.name}  {one.installed_on}  {one.source}  {genes_en} ({one.with_ensembl:,} with Ensembl "
                f"id, {one.with_entrez:,} with Entrez id)  {use}",
                f"{one.name}  {one.installed_on}  {one.source}  {one.genes:,} 遺伝子（Ensembl id あり "
                f"{one.with_ensembl:,}、Entrez id あり {one.with_entrez:,}）  {use}",
            )
        )
    if not found:
        say(
            f"None: genes are known by the HPO's tables only, and Ensembl ids are compared as they are written. Get "
            f"{ADDRESS} and run: kakehashi genes install FILE",
            f"なし。遺伝子は HPO の表にあるものだけが分かり、Ensembl id は書かれたまま比較されます。{ADDRESS} を入手し "
            "kakehashi genes install FILE を実行してください。",
        )


@genes.command(
    help=text("Say what NAMES mean: symbols, old ones, aliases, ids.", "NAME の意味を示す（記号・旧記号・別名・id）。")
)
@click.argument("names", nargs=-1, required=True)
@answering
def search(names: tuple[str, ...]) -> None:
    table = tables.load()
    if table is None:
        say(
            f"No gene table is installed. Get {ADDRESS} and run: kakehashi genes install FILE",
            f"遺伝子表は導入されていません。{ADDRESS} を入手し kakehashi genes install FILE を実行してください。",
            err=True,
        )
        raise SystemExit(1)
    words = {
        "symbol": ("approved symbol", "承認済みの記号"),
        "id": ("by its id", "id による"),
        "previous": ("previous symbol", "旧記号"),
        "alias": ("alias", "別名"),
    }
    for name in names:
        found = table.read(name)
        if found.gene is not None:
            en, ja = words[found.kind]
            gene = found.gene
            entrez = gene.entrez_id and f"NCBIGene:{gene.entrez_id}"
            ids = "  ".join(filter(None, (f"HGNC:{gene.hgnc_id}", entrez, gene.ensembl_id)))
            click.echo(f"{name}: {gene.symbol}  {ids}  {noted(gene.name, text(en, ja))}")
        elif found.candidates:
            many = ", ".join(found.candidates)
            say(f"{name}: several genes had this name: {many}", f"{name}：複数の遺伝子の旧名・別名です：{many}")
        else:
            say(f"{name}: not in the table", f"{name}：表にありません")


genes.add_command(listed, "status")
