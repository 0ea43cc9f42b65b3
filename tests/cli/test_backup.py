"""``kakehashi backup`` and ``restore`` as an operator runs them: what the file holds, what a failure leaves."""

import zipfile

import pytest
from click.testing import CliRunner

from kakehashi.cli import main
from kakehashi.config.environment import SETTINGS, without_secrets
from kakehashi.kernel.backup.archive import Archive

SECRET_WORDS = ("KEY", "SECRET", "PASSWORD", "TOKEN", "DATABASE_URL", "MAIL_URL")


def test_every_setting_that_holds_a_secret_says_so():
    named_so = {one.name for one in SETTINGS if any(word in one.name for word in SECRET_WORDS)}
    assert {one.name for one in SETTINGS if one.secret} == named_so
    assert {"KAKEHASHI_LINKAGE_KEY", "KAKEHASHI_AUDIT_KEY", "KAKEHASHI_SECRET_KEY"} <= named_so
    environment = {one.name: "said" for one in SETTINGS} | {"HOME": "/home/node"}
    assert set(without_secrets(environment)) == {one.name for one in SETTINGS} - named_so


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", [one.name for one in SETTINGS if one.secret])
def test_no_secret_of_the_environment_is_in_a_backup(name, tmp_path, monkeypatch):
    monkeypatch.setenv(name, "clear-and-legible")
    monkeypatch.setenv("KAKEHASHI_NODE_NAME", "North")
    made = CliRunner().invoke(main, ["backup", str(tmp_path / "b.zip"), "--format", "json"])
    assert made.exit_code == 0, made.output
    with Archive(tmp_path / "b.zip") as archive:
        assert archive.manifest.settings["KAKEHASHI_NODE_NAME"] == "North"
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        for part in archive.namelist():
            assert b"clear-and-legible" not in archive.read(part), part
