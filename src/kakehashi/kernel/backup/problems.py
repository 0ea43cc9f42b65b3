"""What can be wrong with a back-up or with where it should go, said in English and Japanese."""

from __future__ import annotations

from pathlib import Path


class BackupProblem(Exception):
    """A back-up cannot be made, read or restored; ``en`` and ``ja`` say what, where and what to do."""

    def __init__(self, en: str, ja: str) -> None:
        super().__init__(en)
        self.en = en
        self.ja = ja


class UnsettledExchange(BackupProblem):
    """Nobody knows whether the database was exchanged: its server was lost at that moment."""


def folder_missing(folder: Path) -> BackupProblem:
    """What to say where a file is to be written into a folder that is not there."""
    return BackupProblem(
        f"The folder {folder} is not there; make it or name another.",
        f"フォルダ {folder} がありません。作成するか別の場所を指定してください。",
    )
