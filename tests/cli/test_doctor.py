"""``kakehashi doctor`` on files that other accounts of the machine could open."""

import os

import pytest
from django.db import connection

from kakehashi.cli import doctor

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")


@pytest.fixture(autouse=True)
def home(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", "en")
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir(mode=0o700)
    return settings.HOME


@pytest.mark.parametrize(
    ("check", "file"), [(doctor.secret_key, "secret.key"), (doctor.audit_key, "audit.key")], ids=["secret", "audit"]
)
@pytest.mark.parametrize(("mode", "state"), [(0o600, "ok"), (0o640, "failed"), (0o604, "failed"), (0o666, "failed")])
def test_key_that_others_may_read_is_a_failure(home, check, file, mode, state):
    path = home / file
    path.write_text("key")
    path.chmod(mode)
    found = check()
    assert found.state == state
    if state == "failed":
        assert found.to_do == f"Run: chmod 600 {path}"


@pytest.mark.parametrize(("mode", "state"), [(0o700, "ok"), (0o750, "failed"), (0o705, "failed")])
def test_home_that_others_may_enter_is_a_failure(home, mode, state, monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1e12}))
    home.chmod(mode)
    found = doctor.home_folder()
    assert found.state == state
    assert (found.to_do == f"Run: chmod 700 {home}") is (state == "failed")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("folder", "file", "state"), [(0o700, 0o644, "ok"), (0o755, 0o644, "failed"), (0o755, 0o600, "ok")]
)
def test_database_file_that_others_may_read_is_a_failure(home, folder, file, state, monkeypatch):
    path = home / "elsewhere.sqlite3"
    path.touch()
    path.chmod(file)
    home.chmod(folder)
    monkeypatch.setitem(connection.settings_dict, "NAME", str(path))
    if connection.vendor == "sqlite":
        assert doctor.database().state == state


@pytest.mark.parametrize(("outdated", "state"), [(0, "ok"), (1, "warning")])
def test_identities_under_another_linkage_key_are_told(home, monkeypatch, outdated, state):
    monkeypatch.setattr("kakehashi.systems.cases.linkage.queries.identified_under_another_key", lambda: outdated)
    found = doctor.linkage_key()
    assert found.state == state
    assert ("Put your copy of linkage.key back" in found.to_do) == bool(outdated)
