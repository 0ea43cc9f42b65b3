"""What a back-up says of the keys it leaves out."""

import pytest

from kakehashi.cli import backup
from kakehashi.kernel.backup import making


class Made:
    """A back-up that was made."""

    lost = ()
    manifest = None

    def __init__(self, path):
        self.path = path


@pytest.mark.parametrize("written", [True, False])
def test_linkage_key_is_said_to_be_left_out_where_keys_are_written(tmp_path, monkeypatch, capsys, written):
    made = tmp_path / "made.zip"
    made.write_bytes(b"")
    monkeypatch.setattr(making, "make_backup", lambda *args, **kwargs: Made(made))
    monkeypatch.setattr(backup, "report", lambda *args, **kwargs: None)
    backup._make(tmp_path, False, tmp_path / "keys.json" if written else None, "table")
    assert ("linkage.key" in capsys.readouterr().err) == written
