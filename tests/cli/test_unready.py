"""Commands on a node that is not set up: a message in the person's language, exit code 2, nothing made."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kakehashi.cli import counted, doctor, node, unready

ROOT = Path(__file__).resolve().parents[2]


def run(folder, home, *arguments, language="en"):
    """The command in a process of its own; its exit code, standard output and standard error."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("KAKEHASHI_", "DJANGO_"))}
    environment |= {"PYTHONPATH": str(ROOT / "src"), "KAKEHASHI_CLI_LANGUAGE": language}
    if home is not None:
        environment["KAKEHASHI_HOME"] = str(home)
    command = [sys.executable, "-m", "kakehashi", *arguments]
    result = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=120
    )
    assert "Traceback" not in result.stderr
    return result.returncode, result.stdout, result.stderr


def test_a_command_without_its_node_says_so_and_makes_nothing(tmp_path):
    code, _, said = run(tmp_path, None, "people", "list")
    assert (code, "kakehashi up" in said) == (2, True)
    code, _, said = run(tmp_path, tmp_path / "home", "cases", "export", language="ja")
    assert (code, "準備されていない" in said) == (2, True)
    assert not list(tmp_path.iterdir())


def test_help_needs_no_node(tmp_path):
    assert run(tmp_path, None, "people", "list", "--help")[0] == 0
    assert not list(tmp_path.iterdir())


def test_an_empty_database_is_not_prepared(tmp_path):
    (tmp_path / "kakehashi.sqlite3").touch()
    code, _, said = run(tmp_path, tmp_path, "audit", "verify")
    assert (code, "not prepared" in said) == (2, True)


def test_a_home_that_is_a_file_is_said(tmp_path):
    file = tmp_path / "file"
    file.touch()
    code, _, said = run(tmp_path, file, "up")
    assert (code, "KAKEHASHI_HOME" in said) == (2, True)


def test_doctor_looks_at_a_missing_home_without_making_it(tmp_path):
    code, said, _ = run(tmp_path, tmp_path / "home", "doctor", language="ja")
    assert code == 1
    assert said.startswith("異常  ホームフォルダ")
    assert "kakehashi manage migrate" in said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("path", "said"), [("/nonexist/x", "/nonexist/x cannot be used"), ("{home}/x", "KAKEHASHI_HOME")]
)
def test_a_file_that_cannot_be_used_is_named(tmp_path, monkeypatch, capsys, path, said):
    monkeypatch.setenv("KAKEHASHI_HOME", str(tmp_path))
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", "en")
    with pytest.raises(SystemExit) as ended, unready.told():
        raise PermissionError(13, "Permission denied", path.format(home=tmp_path))
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_other_mistakes_are_not_hidden():
    with pytest.raises(ZeroDivisionError), unready.told():
        raise ZeroDivisionError


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "said"), [("en", "no worker runs"), ("ja", "ジョブ処理が動いていません")])
def test_doctor_warns_when_jobs_wait_for_nobody(monkeypatch, language, said):
    from django.core.cache import cache
    from django.utils import timezone

    from kakehashi.kernel.jobs.models import Job
    from kakehashi.kernel.jobs.running import WORKER_SEEN

    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", language)
    Job.objects.create(kind="import", function="x")
    cache.delete(WORKER_SEEN)
    found = doctor.jobs()
    assert (found.state, said in found.said, "kakehashi worker" in found.to_do) == ("warning", True, True)
    cache.set(WORKER_SEEN, timezone.now())
    assert doctor.jobs().state == "ok"
    cache.delete(WORKER_SEEN)


def test_doctor_is_read_in_japanese(monkeypatch):
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", "ja")
    lines = [doctor._line(doctor.Check(name, "ok", "x")) for name in doctor.CHECKS]
    assert lines[1].startswith("正常  秘密鍵")
    assert not any(name in line for name, line in zip(doctor.CHECKS, lines, strict=True))


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "http://127.0.0.1:8901"), ("0.0.0.0", "http://127.0.0.1:8901"), ("::1", "http://[::1]:8901")],
)
def test_served_address_is_the_default_of_mails(monkeypatch, host, address):
    monkeypatch.setenv("KAKEHASHI_BASE_URL", "")
    monkeypatch.delenv("KAKEHASHI_BASE_URL")
    node.take_address(host, 8901)
    assert os.environ["KAKEHASHI_BASE_URL"] == address
    node.take_address(host, 8902)
    assert os.environ["KAKEHASHI_BASE_URL"] == address


def test_one_is_singular():
    assert [counted(1, "finding"), counted(0, "finding"), counted(2000, "entry", "entries")] == [
        "1 finding",
        "0 findings",
        "2,000 entries",
    ]
