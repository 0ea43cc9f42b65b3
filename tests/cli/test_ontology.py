"""``kakehashi ontology …`` as a person runs it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kakehashi.cli import main


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs a command with a home of its own; `language` as an environment would say it."""
    release = tmp_path / "release"
    release.mkdir()
    (release / "hp.obo").write_text(
        "data-version: hp/releases/2030-02-03\n\n[Term]\nid: HP:0000001\nname: All\n\n"
        "[Term]\nid: HP:0000118\nname: Phenotypic abnormality\nis_a: HP:0000001\n\n"
        "[Term]\nid: HP:0001250\nname: Seizure\nis_a: HP:0000118\n"
    )
    (release / "phenotype.hpoa").write_text(
        "database_id\tdisease_name\tqualifier\thpo_id\treference\tevidence\tonset\tfrequency\tsex\tmodifier\taspect\t"
        "biocuration\nOMIM:1\tA syndrome\t\tHP:0001250\tPMID:1\tPCS\t\t\t\t\tP\tx\n"
    )
    (release / "genes_to_disease.txt").write_text(
        "ncbi_gene_id\tgene_symbol\tassociation_type\tdisease_id\tsource\nNCBIGene:7\tAB\tMENDELIAN\tOMIM:1\tx\n"
    )
    (tmp_path / "ja.tsv").write_text(
        "translation_language\tsubject_id\tpredicate_id\ttranslation_value\ttranslation_status\n"
        "ja\tHP:0001250\trdfs:label\t試験用発作名\tOFFICIAL\n"
    )
    monkeypatch.setenv("KAKEHASHI_HOME", str(tmp_path / "home"))

    def call(*arguments: str, language: str = "en") -> Result:
        return CliRunner().invoke(main, ["ontology", *arguments], env={"KAKEHASHI_CLI_LANGUAGE": language})

    assert call("install", str(release)).exit_code == 0
    return call


def test_status_says_what_is_in_use_and_where_labels_come_from(run) -> None:
    english, japanese = run("status"), run("status", language="ja")
    assert "HPO 2030-02-03 (installed)" in english.output
    assert "kakehashi ontology labels FILE" in english.output
    assert "日本語ラベル：なし" in japanese.output
    found = json.loads(run("status", "--format", "json").output)
    assert (found["terms"], found["diseases"], found["labels_ja"]) == (3, {"OMIM": 1}, 0)


def test_labels_are_put_in_place_and_searched(run, tmp_path: Path) -> None:
    assert run("search", "試験用発作名").exit_code == 1
    assert "日本語ラベルは未導入" in run("search", "試験用", language="ja").stderr
    assert run("labels", str(tmp_path / "ja.tsv")).output == "1 term with a Japanese label now.\n"
    assert run("search", "試験用", language="ja").output == "HP:0001250  試験用発作名\n"
    assert run("search", "試験用").output == "HP:0001250  Seizure (試験用発作名)\n"
    (row,) = [json.loads(line) for line in run("search", "AB", "--diseases", "--format", "jsonl").output.splitlines()]
    assert (row["id"], row["rank"]) == ("OMIM:1", "gene")
    assert run("search", "all").exit_code == 1
    assert run("search", "all", "--everything").output == "HP:0000001  All\n"
    assert run("labels", "none").exit_code == 0
    assert run("search", "試験用").exit_code == 1
    assert run("search", "けいれん", language="ja").output == "HP:0001250  発作（けいれん）\n"


@pytest.mark.parametrize("command", [("install", "no/such/folder"), ("labels", "no/such/file")])
def test_what_cannot_be_used_is_said_in_both_languages(run, command: tuple[str, str]) -> None:
    english, japanese = run(*command), run(*command, language="ja")
    assert english.exit_code == japanese.exit_code == 2
    assert command[1] in english.stderr
    assert command[1] in japanese.stderr
    assert english.stderr != japanese.stderr
    assert english.stdout == ""
    assert run("status").exit_code == 0
