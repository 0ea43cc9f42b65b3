"""``kakehashi genes …`` as a person runs it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests import hgnc

from kakehashi.cli import main


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KAKEHASHI_HOME", str(tmp_path / "home"))

    def call(*arguments: str, language: str = "en") -> Result:
        return CliRunner().invoke(main, ["genes", *arguments], env={"KAKEHASHI_CLI_LANGUAGE": language})

    return call


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "hgnc_complete_set.txt"
    path.write_text(hgnc.table(), encoding="utf-8")
    return path


def test_a_table_is_installed_listed_and_asked(run, file: Path) -> None:
    assert "None" in run("status").output
    done = run("install", str(file))
    assert done.exit_code == 0, done.output
    assert "31 genes" in done.output
    assert "not the whole of HGNC" in done.output
    assert "31 遺伝子" in run("install", str(file), language="ja").output
    (row,) = json.loads(run("list", "--format", "json").output)
    assert (row["genes"], row["current"], row["with_ensembl"]) == (31, True, 31)
    found = run("search", "SEPT9", "MLL2", "ENSG00000166147", "NONE1").output.splitlines()
    assert found[0].startswith("SEPT9: SEPTIN9  HGNC:7323  NCBIGene:10801  ENSG00000184640")
    assert found[1] == "MLL2: several genes had this name: KMT2B, KMT2D"
    assert found[2].startswith("ENSG00000166147: FBN1")
    assert found[3] == "NONE1: not in the table"


def test_a_wrong_file_is_told_with_its_line(run, file: Path, tmp_path: Path) -> None:
    run("install", str(file))
    wrong = tmp_path / "wrong.txt"
    wrong.write_text(hgnc.table("one\ttwo"))
    told = run("install", str(wrong))
    assert told.exit_code == 2
    assert "wrong.txt, line 33: number of columns: 2 instead of 54" in told.output
    assert "33 行目" in run("install", str(wrong), language="ja").output
    assert run("install", str(tmp_path / "absent.txt")).exit_code == 2
    assert "31 genes" in run("status").output
