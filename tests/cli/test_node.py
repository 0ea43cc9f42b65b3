"""Preparing and running a node."""

import os
import socket

import pytest
from click import ClickException

from kakehashi.cli.node import insist_on_free_port, prepare


def test_a_taken_port_is_said_before_anything_starts():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ClickException, match=str(port + 1)):
            insist_on_free_port("127.0.0.1", port)


def test_a_free_port_is_accepted():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    insist_on_free_port("127.0.0.1", port)


@pytest.mark.django_db
@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
@pytest.mark.parametrize(("prepared_before", "mode"), [(False, 0o700), (True, 0o750)])
def test_home_of_a_fresh_node_is_closed_to_others_and_a_chosen_mode_stays(
    settings, tmp_path, monkeypatch, knowledge, prepared_before, mode
):
    settings.HOME, settings.AUDIT_CHECKPOINT = tmp_path / "home", tmp_path / "home" / "audit.checkpoint"
    settings.HOME.mkdir()
    settings.HOME.chmod(0o750)
    if prepared_before:
        settings.AUDIT_CHECKPOINT.touch()
    monkeypatch.setattr("django.core.management.call_command", lambda *arguments, **options: None)
    monkeypatch.setattr("kakehashi.engines.phenotype.knowledge.load", lambda: knowledge)
    prepare(quiet=True)
    assert settings.HOME.stat().st_mode & 0o777 == mode
