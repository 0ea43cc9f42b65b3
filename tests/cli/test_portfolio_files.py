"""``kakehashi portfolio import`` and ``export``: what is said, and how they end."""

import json

import pytest
from click.testing import CliRunner
from tests.systems.portfolio.agency import make_agency
from tests.systems.portfolio.importing.files import MAP, written

from kakehashi.cli.portfolio import portfolio
from kakehashi.systems.portfolio.models import CollectedAward, ImportRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def command(tmp_path, monkeypatch):
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", "en")
    (tmp_path / "map.yaml").write_text(MAP, encoding="utf-8")
    path = written(tmp_path)
    given = ["import", str(path), "--format", "csv", "--map", str(tmp_path / "map.yaml")]
    return lambda *more: CliRunner().invoke(portfolio, [*given, *more])


def test_an_import_ends_with_its_report(command):
    said = command()
    assert said.exit_code == 0, said.output
    assert "awards.csv: 10 rows read, 3 written, 7 left out" in said.stdout
    assert "patents (n_pat) of 3 awards: 1 agree with the rows, 1 claim more, 1 less." in said.stdout
    assert CollectedAward.objects.count() == 3


def test_an_import_promises_what_it_does():
    said = CliRunner().invoke(portfolio, ["import", "--help"]).output
    assert "All or nothing" not in said
    assert "すべて取り込むか" not in said


def test_an_import_is_told_in_japanese(command, monkeypatch):
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", "ja")
    assert "読み込み 10 行、書き込み 3 行、除外 7 行" in command().stdout


def test_strict_ends_with_one_and_a_preview_writes_nothing(command):
    said = command("--strict", "--dry-run")
    assert said.exit_code == 1
    assert "Nothing was written" in said.stdout
    assert not ImportRun.objects.exists()


def test_what_cannot_be_imported_ends_with_two(command):
    assert command("--format", "360giving").exit_code == 2
    assert command().exit_code == 0
    again = command()
    assert again.exit_code == 2
    assert "--existing update" in again.stderr
    assert "Traceback" not in again.output


def test_awards_are_exported_to_standard_output_and_to_a_file(tmp_path):
    make_agency()
    said = CliRunner().invoke(portfolio, ["export", "--format", "json"])
    assert len(json.loads(said.stdout)["awards"]) == 2
    path = tmp_path / "awards.csv"
    assert CliRunner().invoke(portfolio, ["export", "--format", "csv", "--output", str(path)]).exit_code == 0
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    assert CliRunner().invoke(portfolio, ["export", "--format", "360giving"]).exit_code == 2
