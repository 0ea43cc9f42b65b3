"""``kakehashi check``: every problem with its place, in both languages, and an exit code for scripts."""

import json

import pytest
from click.testing import CliRunner
from tests.cli.conftest import MARFAN, packet

from kakehashi.cli.check import check


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", "en")

    def call(*arguments, code=0, **options):
        result = CliRunner().invoke(check, [str(argument) for argument in arguments], **options)
        assert result.exit_code == code, (result.output, result.exception)
        return result

    return call


@pytest.fixture
def file(tmp_path):
    odd = packet("odd", "HP:9999999")
    odd["subject"]["timeAtLastEncounter"] = {"age": {"iso8601duration": "P200Y"}}
    path = tmp_path / "three.jsonl"
    lines = [json.dumps(packet("good", *MARFAN)), json.dumps(odd), "{broken}"]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_problems_are_told_with_line_path_and_what_to_do(run, file):
    result = run(file, code=2)
    assert f"error: {file}, line 2, $.phenotypicFeatures[0].type.id: HP:9999999 (x) is not in" in result.stdout
    assert 'line 2, $.subject.timeAtLastEncounter.age.iso8601duration: "P200Y" is no possible age' in result.stdout
    assert f"error: {file}, line 3: not valid JSON" in result.stdout
    assert "to do: " in result.stdout
    assert result.stderr.startswith("3 documents: 3 errors, ")


def test_the_same_odd_label_is_told_once_and_then_counted(run, tmp_path):
    path = tmp_path / "alike.jsonl"
    path.write_text("\n".join(json.dumps(packet(name, *MARFAN)) for name in "abc"), encoding="utf-8")
    result = run(path)
    assert result.stdout.count('label here is "x"') == len(MARFAN)
    assert result.stderr.endswith(f"\n{2 * len(MARFAN)} warnings of a label already told\n")
    found = [json.loads(line)["problems"] for line in run(path, "--format", "jsonl").stdout.splitlines()]
    assert [sum(problem["code"] == "label-mismatch" for problem in problems) for problems in found] == [4, 4, 4]


def test_japanese_tells_errors_from_warnings(run, file):
    result = run(file, "--language", "ja", code=2)
    assert f"エラー：{file} 2 行目 $.phenotypicFeatures[0].type.id：" in result.stdout
    assert "警告：" in result.stdout
    assert "警告：" not in run(file, "--language", "ja", "--errors-only", code=2).stdout


def test_json_lines_hold_codes(run, file):
    found = [json.loads(line) for line in run(file, "--format", "jsonl", "--errors-only", code=2).stdout.splitlines()]
    assert [(line["line"], line["id"]) for line in found] == [(1, "good"), (2, "odd"), (3, None)]
    assert [[problem["code"] for problem in line["problems"]] for line in found] == [
        [],
        ["impossible-age", "unknown-term"],
        ["not-json"],
    ]
    assert list(found[1]["problems"][0]) == ["code", "severity", "path", "message", "hint"]


def test_warnings_alone_are_no_failure(run):
    result = run("-", input=json.dumps(packet("good", *MARFAN)))
    assert "warning: standard input, line 1, $.phenotypicFeatures[0].type.label: " in result.stdout


def test_unknown_and_disagreeing_genes_are_warnings_with_what_is_near(run, tmp_path):
    def of_gene(**gene):
        return {"subjectOrBiosampleId": "p", "interpretationStatus": "CANDIDATE", "gene": gene}

    given = packet("p", *MARFAN)
    named = [("NCBIGene:2200", "FBN1"), ("HGNC:3603", "FBN11"), ("HGNC:1", "QQQQ9"), ("NCBIGene:6323", "FBN1")]
    genomic = [of_gene(valueId=value_id, symbol=symbol) for value_id, symbol in named]
    disease = {"id": "OMIM:154700", "label": "Marfan syndrome"}
    diagnosis = {"disease": disease, "genomicInterpretations": genomic}
    given["interpretations"] = [{"id": "i", "progressStatus": "IN_PROGRESS", "diagnosis": diagnosis}]
    path = tmp_path / "genes.json"
    path.write_text(json.dumps(given), encoding="utf-8")
    (line,) = run(path, "--format", "jsonl").stdout.splitlines()
    found = [one for one in json.loads(line)["problems"] if "gene" in one["code"]]
    assert [(one["code"], one["severity"]) for one in found] == [
        ("misspelt-gene", "warning"),
        ("unknown-gene", "warning"),
        ("gene-disagreement", "warning"),
    ]
    assert "near it: FBN1" in found[0]["message"]
    assert found[0]["path"].endswith("genomicInterpretations[1].gene.symbol")
    assert "NCBIGene:6323 (SCN1A)" in found[2]["message"]
