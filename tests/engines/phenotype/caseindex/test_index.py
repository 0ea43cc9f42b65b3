"""The index on disk: changes one at a time equal a rebuild; killed at any moment it opens; many read, one writes."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from tests.conftest import ROOT

from kakehashi.engines.phenotype.caseindex import (
    CaseIndex,
    CaseModel,
    IndexDamaged,
    IndexOutdated,
    Profile,
    Snapshot,
    explain,
)
from kakehashi.engines.phenotype.caseindex.index import FORMAT, MANIFEST


def numbered(terms, count, start=0):
    return [
        (f"n{i:04d}", Profile((terms[i % len(terms)], terms[(i * 7 + 3) % len(terms)]))) for i in range(start, count)
    ]


def test_any_sequence_of_changes_equals_a_rebuilt_index(model: CaseModel, terms, tmp_path_factory):
    names = st.sampled_from([f"p{i}" for i in range(12)])
    patients = st.builds(
        lambda observed, genes: Profile(tuple(observed), tuple(genes)),
        st.lists(st.sampled_from(terms), max_size=6, unique=True),
        st.lists(st.sampled_from(["ARX", "TTN"]), max_size=2, unique=True),
    )

    class Changes(RuleBasedStateMachine):
        @initialize()
        def empty(self):
            self.folder = tmp_path_factory.mktemp("index")
            self.index = CaseIndex.open(self.folder, model)
            self.cases = {}

        @rule(name=names, profile=patients)
        def add(self, name, profile):
            self.index.add(name, profile)
            self.cases[name] = profile

        @rule(name=names)
        def withdraw(self, name):
            assert self.index.withdraw(name) == (name in self.cases)
            self.cases.pop(name, None)

        @rule(put=st.dictionaries(names, patients, max_size=8), gone=st.sets(names, max_size=4))
        def change_many(self, put, gone):
            self.index.change(put=put.items(), withdraw=gone)
            self.cases = {k: v for k, v in self.cases.items() if k not in gone} | put

        @rule()
        def compact(self):
            self.index.compact()
            assert len(self.index.snapshot().parts) <= 1

        @rule()
        def open_again(self):
            self.index = CaseIndex.open(self.folder, model)

        @rule(query=patients, k=st.integers(1, 12))
        def search(self, query, k):
            rebuilt = Snapshot.of(model, self.cases.items())
            assert self.index.search(query, k) == rebuilt.search(query, k)
            assert sorted(self.index.snapshot().ids()) == sorted(self.cases)
            assert len(self.index) == len(self.cases)
            for match in self.index.search(query, 1):
                assert explain(self.index.snapshot(), query, match.id) == explain(rebuilt, query, match.id)

    Changes.TestCase.settings = settings(max_examples=12, stateful_step_count=15, deadline=None)
    test = Changes.TestCase()
    test.runTest()


def test_cases_survive_closing_and_come_with_what_was_stored(model: CaseModel, terms, tmp_path):
    index = CaseIndex.open(tmp_path / "index", model)
    index.add("a", Profile(tuple(terms[:3]), ("fbn1", "ARX")))
    again = CaseIndex.open(tmp_path / "index", model)
    assert again.snapshot().profile("a") == Profile(tuple(terms[:3]), ("ARX", "FBN1"))
    assert again.snapshot().profile("b") is None
    assert "a" in again
    assert "b" not in again


def test_adding_one_at_a_time_keeps_few_segments_and_files(model: CaseModel, terms, tmp_path):
    index = CaseIndex.open(tmp_path, model)
    for case_id, profile in numbered(terms, 60):
        index.add(case_id, profile)
    assert len(index) == 60
    assert len(index.snapshot().parts) <= 4
    assert len(list(tmp_path.glob("segment-*"))) == len(index.snapshot().parts)


def test_mask_of_an_older_state_is_refused(model: CaseModel, terms, tmp_path):
    index = CaseIndex.open(tmp_path, model)
    index.add("a", Profile(tuple(terms[:3])))
    mask = index.snapshot().only(["a"])
    index.add("b", Profile(tuple(terms[:3])))
    with pytest.raises(ValueError, match="another generation"):
        index.search(Profile(tuple(terms[:3])), 5, mask)


def test_another_release_or_a_broken_file_is_said_and_mended_by_a_rebuild(model: CaseModel, terms, tmp_path):
    index = CaseIndex.open(tmp_path, model)
    index.change(put=numbered(terms, 10))
    manifest = json.loads((tmp_path / MANIFEST).read_text())
    (tmp_path / MANIFEST).write_text(json.dumps({**manifest, "model": "2001-01-01-0"}))
    with pytest.raises(IndexOutdated) as outdated:
        CaseIndex.open(tmp_path, model)
    assert "rebuild" in outdated.value.en
    assert "作り直して" in outdated.value.ja
    fresh = CaseIndex(tmp_path, model)
    with pytest.raises(IndexOutdated):
        fresh.add("x", Profile(tuple(terms[:2])))
    fresh.rebuild(numbered(terms, 5))
    assert len(CaseIndex.open(tmp_path, model)) == 5

    segment = next(tmp_path.glob("segment-*"))
    content = segment.read_bytes()
    for broken in (content[:-9], b"", b"x" * len(content), b"KKHSCAS1" + b"\xff" * 8 + content[16:]):
        segment.write_bytes(broken)
        with pytest.raises(IndexDamaged):
            CaseIndex.open(tmp_path, model)
    middle = len(content) // 2
    segment.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    with pytest.raises(IndexDamaged, match="not as it was written"):
        CaseIndex.open(tmp_path, model)
    for broken_manifest in (b"", b"{", b"[]", b'{"format": %d}' % FORMAT, b"\xff\xfe"):
        (tmp_path / MANIFEST).write_bytes(broken_manifest)
        with pytest.raises(IndexDamaged):
            CaseIndex.open(tmp_path, model)


WRITER = """
    import sys
    from pathlib import Path
    from kakehashi.engines.phenotype.caseindex import CaseIndex, CaseModel, Profile
    from kakehashi.engines.phenotype.knowledge import load

    model = CaseModel.of(load(Path(sys.argv[1])))
    index = CaseIndex.open(Path(sys.argv[2]), model)
    terms = [int(t) for t in sys.argv[3].split(",")]
    print("ready", flush=True)
    for i in range(len(index), 100_000):
        index.add(f"n{i:05d}", Profile((terms[i % len(terms)], terms[(i * 7 + 3) % len(terms)])))
        print(i, flush=True)
"""


def test_a_killed_writer_leaves_the_last_committed_state(model: CaseModel, terms, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    arguments = [str(ROOT / "var" / "test-ontology"), str(tmp_path), ",".join(map(str, terms))]
    committed = 0
    for pause in (0.05, 0.17, 0.31):
        writer = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(WRITER), *arguments],
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        assert writer.stdout.readline() == "ready\n"
        assert writer.stdout.readline()
        time.sleep(pause)
        os.kill(writer.pid, signal.SIGKILL)
        said = [int(line) for line in writer.stdout.read().split()]
        writer.wait()
        index = CaseIndex.open(tmp_path, model)
        ids = sorted(index.snapshot().ids())
        assert ids == [f"n{i:05d}" for i in range(len(ids))]
        assert len(ids) >= max([committed, *(number + 1 for number in said)])
        committed = len(ids)
    assert committed > 3


def test_readers_see_whole_states_while_one_writes(model: CaseModel, terms, tmp_path):
    writer = CaseIndex.open(tmp_path, model)
    cases = numbered(terms, 40)
    failures = []
    done = threading.Event()

    def read():
        reader = CaseIndex.open(tmp_path, model)
        seen = 0
        while not done.is_set():
            snapshot = reader.snapshot()
            count = len(snapshot)
            found = snapshot.search(cases[0][1], 50)
            if count < seen or count % 2 or len(found) > count or len(set(snapshot.ids())) != count:
                failures.append((seen, count, len(found)))
            seen = count

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for i in range(0, 40, 2):
        writer.change(put=cases[i : i + 2])
    done.set()
    for reader in readers:
        reader.join()
    assert not failures
    assert len(writer) == 40


def test_two_writers_take_turns(model: CaseModel, terms, tmp_path):
    indexes = [CaseIndex.open(tmp_path, model) for _ in range(2)]

    def write(which):
        for case_id, profile in numbered(terms, 10):
            indexes[which].add(f"{which}-{case_id}", profile)

    threads = [threading.Thread(target=write, args=(which,)) for which in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(indexes[0]) == len(indexes[1]) == 20
