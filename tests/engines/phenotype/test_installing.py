"""Ontology and gene table: one installation at a time, and both say so alike."""

from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from kakehashi.engines.genes import installed
from kakehashi.engines.phenotype import install, installing
from kakehashi.engines.phenotype.problems import InstallError

Install = Callable[[str, Path], object]
BOTH = pytest.mark.parametrize("begin", [install.install, installed.install], ids=["ontology", "genes"])


@BOTH
def test_a_second_installation_waits_and_then_says_why(
    begin: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installing, "WAIT_SECONDS", 0.01)
    with FileLock(tmp_path / ".install.lock"), pytest.raises(InstallError, match="another installation") as refused:
        begin("previous", tmp_path)
    assert "別の導入処理" in refused.value.ja


@BOTH
def test_a_folder_that_cannot_be_made_is_named(begin: Install, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InstallError, match="file/here"):
        begin("previous", tmp_path / "file" / "here")
