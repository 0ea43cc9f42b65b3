"""The table of gene names: what each name means today, how a file is read, put in place and kept."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import hgnc

from kakehashi.engines.genes import installed
from kakehashi.engines.genes.hgnc import parse_hgnc
from kakehashi.engines.genes.naming import GeneNaming
from kakehashi.engines.phenotype.problems import KnowledgeError, ParseError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "hgnc_complete_set.txt"
    path.write_text(hgnc.table(), encoding="utf-8")
    return path


@pytest.fixture
def home(tmp_path: Path, file: Path) -> Path:
    installed.install(file, tmp_path / "genes", today="2026-11-21")
    return tmp_path / "genes"


@pytest.mark.parametrize(
    ("written", "kind", "symbol"),
    [
        ("FBN1", "symbol", "FBN1"),
        (" fbn1 ", "symbol", "FBN1"),
        ("ＦＢＮ１", "symbol", "FBN1"),
        ("c9ORF72", "symbol", "C9orf72"),
        ("SEPT9", "previous", "SEPTIN9"),
        ("MADH3", "previous", "SMAD3"),
        ("ABCC7", "alias", "CFTR"),
        ("P53", "alias", "TP53"),
        ("ENSG00000166147", "id", "FBN1"),
        ("ensembl:ENSG00000166147.17", "id", "FBN1"),
        ("HGNC:3603", "id", "FBN1"),
        ("NCBIGene:2200", "id", "FBN1"),
        ("Entrez:2200", "id", "FBN1"),
    ],
)
def test_every_name_leads_to_the_symbol_of_today(home: Path, written: str, kind: str, symbol: str) -> None:
    table = installed.load(home)
    assert table is not None
    read = table.read(written)
    assert (read.kind, read.gene and read.gene.symbol) == (kind, symbol)


@pytest.mark.parametrize("written", ["", "NONE1", "2200", "ENSG00000000000", "HGNC:1", "FBN1 ", "\x00"])
def test_what_is_not_in_the_table_stays_as_it_is_written(home: Path, written: str) -> None:
    table = installed.load(home)
    assert table is not None
    assert table.current(written) == ("FBN1" if written.strip() == "FBN1" else written)


@pytest.mark.parametrize("written", ["MLL2", "mll4"])
def test_a_name_that_several_genes_had_is_told_and_never_guessed(home: Path, written: str) -> None:
    table = installed.load(home)
    assert table is not None
    read = table.read(written)
    assert (read.kind, read.gene, read.candidates) == ("ambiguous", None, ("KMT2B", "KMT2D"))
    assert table.current(written) == written
    assert table.ambiguous_names == 2


def test_an_approved_symbol_means_its_gene_even_where_another_gene_once_had_it(tmp_path: Path) -> None:
    file = tmp_path / "hgnc.txt"
    file.write_text(hgnc.table(hgnc.line(hgnc_id="HGNC:9", symbol="NEWER1", name="x", prev_symbol="FBN1,CFTR")))
    installed.install(file, tmp_path / "genes")
    table = installed.load(tmp_path / "genes")
    assert table is not None
    assert table.read("FBN1").gene.symbol == "FBN1"
    assert table.ambiguous_names == 2  # MLL2 and MLL4 only


def test_genes_are_offered_by_symbol_then_by_older_names(home: Path) -> None:
    table = installed.load(home)
    assert table is not None
    assert [(one.symbol, one.matched, one.kind) for one in table.find("smad")][:2] == [
        ("SMAD2", "SMAD2", "symbol"),
        ("SMAD3", "SMAD3", "symbol"),
    ]
    assert [(one.symbol, one.matched, one.kind) for one in table.find("madh3")] == [("SMAD3", "MADH3", "previous")]
    assert {one.symbol for one in table.find("MLL2")} == {"KMT2B", "KMT2D"}
    assert table.find("ENSG000001661")[0].symbol == "FBN1"
    assert table.find(" ") == []


@given(st.text(max_size=30))
def test_any_text_is_read_without_failing(text: str) -> None:
    table = _compiled_once()
    assert table.read(text).kind in {"symbol", "id", "previous", "alias", "ambiguous", "unknown"}
    assert len(table.find(text)) <= 20


def _compiled_once(kept: list = []):  # noqa: B006  one table for all examples
    if not kept:
        import tempfile

        folder = Path(tempfile.mkdtemp())
        (folder / "hgnc.txt").write_text(hgnc.table())
        installed.install(folder / "hgnc.txt", folder / "genes")
        kept.append(installed.load(folder / "genes"))
    return kept[0]


def test_the_disease_models_are_asked_by_their_own_symbol(home: Path, knowledge) -> None:
    naming = GeneNaming(knowledge.diseases, installed.load(home))
    assert naming.of_diseases("ENSG00000166147") == "FBN1"
    assert naming.known("NCBIGene:2200") == "FBN1"
    assert naming.known("MLL2") is None
    assert GeneNaming(knowledge.diseases, None).known("ENSG00000166147") is None


def _broken(change) -> str:
    rows = hgnc.table().splitlines()
    change(rows)
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("", 0, "holds no gene"),
        ("a\tb\n1\t2\n", 1, "the columns hgnc_id, symbol, name"),
        ("\t".join(hgnc.COLUMNS) + "\n", 0, "holds no gene"),
        (_broken(lambda rows: rows.__setitem__(5, rows[5][:40])), 6, "cut off"),
        (_broken(lambda rows: rows.__setitem__(3, rows[3].replace("HGNC:15840", "15840x"))), 4, "hgnc_id '15840x'"),
        (_broken(lambda rows: rows.__setitem__(2, rows[2].replace("ENSG00000167548", "ENST1"))), 3, "ensembl_gene_id"),
        (_broken(lambda rows: rows.append(rows[1])), 33, "is given already in line 2"),
    ],
)
def test_a_wrong_file_is_told_with_its_line_and_changes_nothing(
    home: Path, tmp_path: Path, content: str, line: int, said: str
) -> None:
    wrong = tmp_path / "wrong.txt"
    wrong.write_text(content)
    with pytest.raises(ParseError) as told:
        installed.install(wrong, home)
    assert told.value.line == line
    assert said in told.value.en
    assert told.value.ja
    table = installed.load(home)
    assert table is not None
    assert table.count == 31


def test_withdrawn_entries_name_no_gene() -> None:
    genes = parse_hgnc(hgnc.table(hgnc.line(hgnc_id="HGNC:9", symbol="GONE1", status="Entry Withdrawn")).encode())
    assert "GONE1" not in {gene.symbol for gene in genes}


def test_the_table_before_is_kept_and_can_come_back(home: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.txt"
    newer.write_text(hgnc.table(hgnc.line(hgnc_id="HGNC:9", symbol="NEWER1", name="x")))
    assert installed.install(newer, home).genes == 32
    assert installed.load(home).read("NEWER1").kind == "symbol"
    assert [(one.genes, one.current) for one in installed.installed(home)] == [(32, True), (31, False)]
    installed.install("previous", home)
    assert installed.load(home).read("NEWER1").kind == "unknown"
    assert [(one.genes, one.current) for one in installed.installed(home)] == [(31, True), (32, False)]


def test_damage_is_healed_from_the_file_and_a_missing_file_is_told(home: Path) -> None:
    name = json.loads((home / "current.json").read_text())["table"]
    next((home / "compiled").glob("*/keys.block.npy")).write_bytes(b"rubbish")
    installed._in_force.clear()
    assert installed.load(home).read("FBN1").kind == "symbol"
    next((home / "compiled").glob("*/manifest.json")).unlink()
    (home / "tables" / f"{name}.tsv.gz").unlink()
    installed._in_force.clear()
    with pytest.raises(KnowledgeError, match="install it again"):
        installed.load(home)


def test_without_a_table_nothing_is_known(tmp_path: Path) -> None:
    assert installed.load(tmp_path) is None
    assert installed.installed(tmp_path) == []
    with pytest.raises(KnowledgeError, match="no gene table before"):
        installed.install("previous", tmp_path)
