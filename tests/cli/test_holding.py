"""Who works in the home folder: many processes of a node together, a restoration alone."""

import os

import pytest

from kakehashi.cli import holding, unready
from kakehashi.kernel.backup import staging


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", "en")
    monkeypatch.setattr(unready, "home", lambda: tmp_path / "home")
    monkeypatch.setattr(holding, "_held", {})
    yield tmp_path / "home"
    for descriptor in holding._held.values():
        os.close(descriptor)


def other_process(monkeypatch):
    """What was held so far is another process's: flock tells two opened files apart, also within one process."""
    monkeypatch.setattr(holding, "_held", {})


def test_a_running_node_keeps_restorations_out(home, monkeypatch, capsys):
    home.mkdir()
    holding.hold_home()
    other_process(monkeypatch)
    holding.hold_home()
    other_process(monkeypatch)
    with pytest.raises(SystemExit) as ended:
        holding.hold_home_alone()
    assert ended.value.code == 2
    assert "Stop it, then restore" in capsys.readouterr().err


def test_a_restoration_keeps_the_node_out(home, monkeypatch, capsys):
    holding.hold_home_alone()
    other_process(monkeypatch)
    with pytest.raises(SystemExit):
        holding.hold_home()
    assert "is being restored" in capsys.readouterr().err


def test_nothing_starts_where_a_restoration_was_cut_off(home, capsys):
    home.mkdir()
    (home / staging.MARK).touch()
    with pytest.raises(SystemExit):
        holding.hold_home()
    assert "restore with --force again" in capsys.readouterr().err
    holding.hold_home_alone()


def test_a_home_that_is_not_there_holds_nobody_up_and_is_not_made(home):
    holding.hold_home()
    assert not home.exists()
