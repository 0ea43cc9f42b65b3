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


def test_japanese_tells_errors_from_warnings(run, file):
    result = run(file, "--language", "ja", code=2)
    assert f"エラー: {file} 2 行目 $.phenotypicFeatures[0].type.id: " in result.stdout
    assert "警告: " in result.stdout
    assert "警告: " not in run(file, "--language", "ja", "--errors-only", code=2).stdout


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
