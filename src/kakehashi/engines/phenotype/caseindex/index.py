"""The index on disk: cases come, change and go one at a time; readers always see a whole, committed state.

A folder holds immutable segment files, lists of withdrawn rows, and `index.json`, which names what counts. A change
writes new files, syncs them, then puts a new `index.json` in place by renaming: killed at any moment, the index opens
at the state before or after, never between. Segments are merged as they come (each at least four times the next), so
adding n cases one at a time costs n·log n. One writer at a time (a file lock); any number of readers, who pick up a
new generation at their next search. Nothing here is the truth about a patient: it can always be rebuilt from the
registered cases.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from kakehashi.engines.phenotype.caseindex import columns as case_columns
from kakehashi.engines.phenotype.caseindex import segmentfile
from kakehashi.engines.phenotype.caseindex.model import CaseModel
from kakehashi.engines.phenotype.caseindex.problems import IndexDamaged, IndexOutdated
from kakehashi.engines.phenotype.caseindex.profile import Profile
from kakehashi.engines.phenotype.caseindex.segment import Segment
from kakehashi.engines.phenotype.caseindex.snapshot import CaseMask, LivePart, Match, Rows, Snapshot

FORMAT = 3
MANIFEST = "index.json"
GROWTH = 4  # a segment is merged with the next one unless it is this many times as large
DEAD_SHARE = 0.25  # a segment is rewritten once this share of it is withdrawn
NO_ROWS: Rows = np.zeros(0, dtype=np.uint32)


class CaseIndex:
    """The case index in a folder. Threads and processes may share the folder; the object is safe to share by threads.

    Errors: IndexOutdated (built for another ontology release), IndexDamaged; OSError where the disk refuses.
    """

    def __init__(self, path: Path, model: CaseModel) -> None:
        self.path = path
        self.model = model
        self._opening = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._snapshot = Snapshot(model, 0, ())
        self._next_number = 1

    @classmethod
    def open(cls, path: Path, model: CaseModel) -> CaseIndex:
        """The index in `path`, an empty one where there is none yet."""
        index = cls(path, model)
        index.snapshot()
        return index

    # --- reading -------------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """The latest committed state. Keep it to search several times in one and the same state."""
        with self._opening:
            for _ in range(100):
                try:
                    status = (self.path / MANIFEST).stat()
                except FileNotFoundError:
                    self._seen = None
                    self._snapshot = Snapshot(self.model, 0, ())
                    return self._snapshot
                stamp = (status.st_ino, status.st_mtime_ns, status.st_size)
                if stamp == self._seen:
                    return self._snapshot
                with contextlib.suppress(FileNotFoundError):  # a writer was quicker: read what it put in place
                    self._snapshot = self._read()
                    self._seen = stamp
                    return self._snapshot
        raise IndexDamaged(MANIFEST, "it names files that are not there", "存在しないファイルを指しています")

    def search(
        self, profile: Profile, k: int = 10, mask: CaseMask | None = None, *, use_genes: bool = True
    ) -> list[Match]:
        """The k most similar cases of the latest state (see `Snapshot.search`)."""
        return self.snapshot().search(profile, k, mask, use_genes=use_genes)

    def __len__(self) -> int:
        return len(self.snapshot())

    def __contains__(self, case_id: str) -> bool:
        return case_id in self.snapshot()

    # --- writing -------------------------------------------------------------------------------------------------

    def add(self, case_id: str, profile: Profile) -> None:
        """Add a case, or replace the one of the same id. On disk when this returns."""
        self.change(put=[(case_id, profile)])

    def replace(self, case_id: str, profile: Profile) -> None:
        """The same as `add`."""
        self.change(put=[(case_id, profile)])

    def withdraw(self, case_id: str) -> bool:
        """Take a case out; False when there was none."""
        known = case_id in self.snapshot()
        self.change(withdraw=[case_id])
        return known

    def change(self, *, put: Iterable[tuple[str, Profile]] = (), withdraw: Collection[str] = ()) -> None:
        """Many changes as one: readers see all of them or none. Ids in both are put."""
        with self._writing() as before:
            new = case_columns.columns_of(self.model, put)
            gone = {case_id.decode("utf-8") for case_id in new.ids} | set(withdraw)
            parts = [*_without(before, gone)]
            if len(new):
                parts.append(LivePart(Segment(case_columns.build(self.model, new)), NO_ROWS))
            self._commit(before, self._tidied(parts))

    def rebuild(self, cases: Iterable[tuple[str, Profile]]) -> None:
        """Replace everything by `cases`, in one step; works on an outdated or damaged index too."""
        with self._writing(readable=False) as before:
            built = case_columns.build(self.model, case_columns.columns_of(self.model, cases))
            part = LivePart(Segment(built), NO_ROWS)
            self._commit(before, [part] if part.count else [])

    def compact(self) -> None:
        """Merge everything into one segment: smallest and quickest to search."""
        with self._writing() as before:
            if len(before.parts) > 1 or any(len(part.dead) for part in before.parts):
                self._commit(before, [self._merged(before.parts)] if len(before) else [])

    # --- within --------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _writing(self, *, readable: bool = True) -> Any:
        self.path.mkdir(parents=True, exist_ok=True)
        with FileLock(self.path / "writer.lock"):
            try:
                before = self.snapshot()
            except (IndexDamaged, IndexOutdated):
                if readable:
                    raise
                before = Snapshot(self.model, self._manifest_generation(), ())
            yield before

    def _manifest_generation(self) -> int:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            return int(json.loads((self.path / MANIFEST).read_text(encoding="utf-8"))["generation"])
        return 0

    def _read(self) -> Snapshot:
        try:
            manifest = json.loads((self.path / MANIFEST).read_text(encoding="utf-8"))
            if manifest["format"] != FORMAT or manifest["model"] != self.model.signature:
                raise IndexOutdated
            opened = {part.segment.name: part.segment for part in self._snapshot.parts}
            parts = []
            for entry in manifest["segments"]:
                name = Path(entry["file"]).name
                segment = opened.get(name) or Segment.open(self.path / name)
                dead = (
                    segmentfile.open_arrays(self.path / Path(entry["dead"]).name)["rows"] if entry["dead"] else NO_ROWS
                )
                parts.append(LivePart(segment, dead))
            return Snapshot(self.model, int(manifest["generation"]), tuple(parts))
        except FileNotFoundError:
            raise
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, IndexDamaged | IndexOutdated):
                raise
            raise IndexDamaged(MANIFEST, "it cannot be read", "読み取れません") from error

    def _tidied(self, parts: list[LivePart]) -> list[LivePart]:
        """Merge what is small or mostly withdrawn."""
        kept = [part for part in parts if part.count]
        kept = [self._merged([part]) if len(part.dead) > DEAD_SHARE * part.segment.rows else part for part in kept]
        while len(kept) > 1 and kept[-2].count < GROWTH * kept[-1].count:
            kept[-2:] = [self._merged(kept[-2:])]
        return kept

    def _merged(self, parts: Iterable[LivePart]) -> LivePart:
        joined = case_columns.join([case_columns.read_back(part.segment, part.alive()) for part in parts])
        return LivePart(Segment(case_columns.build(self.model, joined)), NO_ROWS)

    def _commit(self, before: Snapshot, parts: list[LivePart]) -> None:
        generation = before.generation + 1
        known_dead = {part.segment.name: part.dead for part in before.parts}
        entries: list[Mapping[str, Any]] = []
        old = self._entries()
        for number, part in enumerate(parts):
            name = part.segment.name or f"segment-{generation:08d}-{number:02d}"
            if not part.segment.name:
                segmentfile.write_arrays(self.path / name, part.segment.arrays)
            dead_name = None
            if len(part.dead):
                if part.dead is known_dead.get(name):
                    dead_name = old[name]
                else:
                    dead_name = f"withdrawn-{generation:08d}-{number:02d}"
                    segmentfile.write_arrays(self.path / dead_name, {"rows": part.dead})
            entries.append({"file": name, "dead": dead_name})
        manifest = {
            "format": FORMAT,
            "generation": generation,
            "model": self.model.signature,
            "segments": entries,
        }
        with segmentfile.replacing(self.path / MANIFEST) as file:
            file.write(json.dumps(manifest, indent=1).encode())
        self._sweep({str(entry[key]) for entry in entries for key in ("file", "dead") if entry[key]})

    def _entries(self) -> dict[str, str | None]:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            manifest = json.loads((self.path / MANIFEST).read_text(encoding="utf-8"))
            return {entry["file"]: entry["dead"] for entry in manifest["segments"]}
        return {}

    def _sweep(self, named: set[str]) -> None:
        """Delete what no longer counts, leftovers of killed writers too; readers keep what they have mapped."""
        for file in self.path.iterdir():
            ours = file.name.startswith(("segment-", "withdrawn-", ".segment-", ".withdrawn-", f".{MANIFEST}."))
            if ours and file.name not in named:
                file.unlink(missing_ok=True)


def _without(before: Snapshot, gone: Collection[str]) -> Iterable[LivePart]:
    """The parts of `before` with the cases of `gone` marked as withdrawn."""
    rows: dict[int, list[int]] = {}
    for case_id in gone:
        if (found := before.locate(case_id)) is not None:
            rows.setdefault(found[0], []).append(found[1])
    for place, part in enumerate(before.parts):
        if place in rows:
            yield LivePart(part.segment, np.union1d(part.dead, np.array(rows[place], dtype=np.uint32)))
        else:
            yield part
