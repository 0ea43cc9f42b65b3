"""The gene table that a node uses: put in place whole or not at all, the one before kept.

<KAKEHASHI_HOME>/genes/
  current.json                 {"table": name, "previous": name or null}
  tables/<name>.tsv.gz         HGNC's file as it was given
  compiled/<name>-f1/          what `load` maps; may be deleted at any time
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from kakehashi.engines.genes.hgnc import parse_hgnc
from kakehashi.engines.genes.table import FORMAT, GeneTable, compiled, count_ambiguous
from kakehashi.engines.phenotype import cachefolder
from kakehashi.engines.phenotype.installing import installing_alone
from kakehashi.engines.phenotype.problems import DamagedCache, InstallError
from kakehashi.engines.phenotype.sources import write_whole
from kakehashi.engines.phenotype.textfile import read_bytes

USUAL_COUNT = 40_000  # HGNC's complete set holds some 44,000 genes

_in_force: dict[Path, tuple[tuple[int, int], GeneTable]] = {}
_opening = threading.Lock()


@dataclass(frozen=True, slots=True)
class Installed:
    """A table on this node. `current`: the one in use; else the one before it."""

    name: str
    source: str
    installed_on: str
    genes: int
    ambiguous: int
    with_ensembl: int
    with_entrez: int
    current: bool


def genes_folder(folder: Path | None = None) -> Path:
    """Where tables lie: `folder` itself, else KAKEHASHI_HOME/genes, else var/genes."""
    return Path(folder) if folder is not None else Path(os.environ.get("KAKEHASHI_HOME") or "var") / "genes"


def install(source: Path | str, folder: Path | None = None, *, today: str = "") -> Installed:
    """Use the table of a file (plain or gzip), or "previous": the one before; `today` is kept as its day.

    Errors: ParseError (file and line), InstallError; the table in use then stays in use.
    """
    home = genes_folder(folder)
    with installing_alone(home, _unwritable):
        chosen = _chosen(home)
        if str(source) == "previous":
            if not chosen["previous"]:
                raise InstallError("there is no gene table before the one in use", "一つ前の遺伝子表がありません。")
            name = chosen["previous"]
        else:
            name = _take_in(home, Path(source), today)
        table = _open(home, name)
        before = chosen["table"] if chosen["table"] != name else chosen["previous"]
        write_whole(home / "current.json", json.dumps({"table": name, "previous": before}).encode())
        _prune(home, keep={name, before})
        return _described(name, table, current=True)


def load(folder: Path | None = None) -> GeneTable | None:
    """The table in use, mapped and kept for the process; None where none is installed.

    One that another process installs is seen by the next call. Errors: InstallError (its file is gone or unreadable).
    """
    home = genes_folder(folder).absolute()
    try:
        state = (home / "current.json").stat()
    except OSError:
        return None
    stamp = (state.st_mtime_ns, state.st_ino)
    kept = _in_force.get(home)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    with _opening:
        name = _chosen(home)["table"]
        if not name:
            return None
        table = _open(home, name)
        _in_force[home] = (stamp, table)
        return table


def installed(folder: Path | None = None) -> list[Installed]:
    """The table in use and the one before it, as far as there are any. Errors: InstallError."""
    home = genes_folder(folder)
    chosen = _chosen(home)
    return [
        _described(name, _open(home, name), current=place == "table")
        for place in ("table", "previous")
        if (name := chosen[place])
    ]


def installed_files(folder: Path | None = None) -> list[Path]:
    """The files of the table in use and of the one before it, and what chooses them; not what is compiled from them.

    Empty where none is installed. Errors: InstallError.
    """
    home = genes_folder(folder)
    chosen = _chosen(home)
    names = sorted({name for name in chosen.values() if name})
    if not names:
        return []
    files = [home / "tables" / f"{name}{ending}" for name in names for ending in (".tsv.gz", ".json")]
    return [home / "current.json", *(file for file in files if file.is_file())]


def _described(name: str, table: GeneTable, *, current: bool) -> Installed:
    meta = table.meta
    return Installed(
        name,
        str(meta["source"]),
        str(meta["installed_on"]),
        table.count,
        table.ambiguous_names,
        int(meta["with_ensembl"]),
        int(meta["with_entrez"]),
        current,
    )


def _take_in(home: Path, source: Path, today: str) -> str:
    content = read_bytes(source)
    parse_hgnc(content, source=source.name)
    name = f"hgnc-{hashlib.sha256(content).hexdigest()[:16]}"
    write_whole(home / "tables" / f"{name}.tsv.gz", gzip.compress(content, mtime=0))
    write_whole(home / "tables" / f"{name}.json", json.dumps({"source": source.name, "on": today}).encode())
    return name


def _open(home: Path, name: str) -> GeneTable:
    """The compiled table, made anew from its file where it is missing, damaged or of another format."""
    target = home / "compiled" / f"{name}-f{FORMAT}"
    try:
        return GeneTable(cachefolder.open_folder(target))
    except FileNotFoundError:
        pass
    except DamagedCache:
        cachefolder.discard(target)
    file = home / "tables" / f"{name}.tsv.gz"
    if not file.is_file():
        raise InstallError(
            f"the installed gene table {file} is gone; install it again: kakehashi genes install FILE",
            f"導入済みの遺伝子表 {file} がありません。kakehashi genes install FILE で入れ直してください。",
        )
    genes = parse_hgnc(read_bytes(file), source=file.name)
    about = json.loads((home / "tables" / f"{name}.json").read_text(encoding="utf-8"))
    arrays, tables = compiled(genes)
    meta = {
        "fingerprint": name,
        "source": about["source"],
        "installed_on": about["on"],
        "ambiguous": count_ambiguous(genes),
        "with_ensembl": sum(1 for gene in genes if gene.ensembl_id),
        "with_entrez": sum(1 for gene in genes if gene.entrez_id),
    }
    cachefolder.write(target, arrays=arrays, tables=tables, meta=meta)
    return GeneTable(cachefolder.open_folder(target))


def _chosen(home: Path) -> dict[str, str | None]:
    path = home / "current.json"
    try:
        said = json.loads(path.read_bytes())
        chosen = {place: said.get(place) for place in ("table", "previous")}
    except FileNotFoundError:
        return {"table": None, "previous": None}
    except OSError as error:
        raise _unwritable(home, error) from error
    except (ValueError, AttributeError) as error:
        raise _unreadable(path) from error
    if any(name is not None and (not isinstance(name, str) or name != Path(name).name) for name in chosen.values()):
        raise _unreadable(path)
    return chosen


def _prune(home: Path, *, keep: set[str | None]) -> None:
    for file in (home / "tables").iterdir():
        if file.name.split(".", 1)[0] not in keep:
            file.unlink(missing_ok=True)
    for folder in (home / "compiled").iterdir():
        if not folder.name.startswith(".") and folder.name not in {f"{name}-f{FORMAT}" for name in keep}:
            cachefolder.discard(folder)


def _unreadable(path: Path) -> InstallError:
    return InstallError(
        f"{path} cannot be read; delete it, then install the gene table again: kakehashi genes install FILE",
        f"{path} を読めません。削除してから kakehashi genes install FILE で入れ直してください。",
    )


def _unwritable(home: Path, error: OSError) -> InstallError:
    reason = error.strerror or type(error).__name__
    return InstallError(
        f"gene tables cannot be kept in {home} ({reason}); make the folder writable or free some disk space",
        f"遺伝子表を {home} に置けません（{reason}）。書き込み権限とディスクの空きを確かめてください。",
    )
