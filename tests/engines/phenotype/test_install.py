"""Releases and labels put in place whole or not at all, and a compiled cache that heals itself."""

import http.server
import json
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kakehashi.engines.phenotype import download, knowledge, sources
from kakehashi.engines.phenotype.cachefolder import MANIFEST, StringTable, open_folder, write
from kakehashi.engines.phenotype.problems import DamagedCache, InstallError, KnowledgeError, ParseError


@pytest.fixture
def home(tmp_path: Path, small_release: Path) -> Path:
    """An ontology folder with the small release in use."""
    folder = tmp_path / "home" / "ontology"
    knowledge.install(small_release, folder)
    return folder


def compiled_folder(home: Path) -> Path:
    return knowledge.load(home).folder.path


def test_a_release_is_installed_and_says_what_it_holds(home: Path) -> None:
    known = knowledge.load(home)
    ontology, diseases = known.ontology, known.diseases
    assert [ontology.id(i) for i in range(ontology.n)][:3] == ["HP:0000001", "HP:0000005", "HP:0000118"]
    assert (diseases.ids, diseases.labels) == (["OMIM:100000", "ORPHA:7"], ["First syndrome", "Second disease"])
    assert diseases.version == "2030-02-04"
    assert [(gene.symbol, gene.association) for gene in diseases.genes(0)] == [
        ("AB", "POLYGENIC"),
        ("FBN1", "MENDELIAN"),
    ]
    status = knowledge.status(home)
    assert (status.release, status.embedded, status.annotations) == ("2030-02-03", False, 4)
    assert status.unplaced_rows == ["phenotype.hpoa:8 ORPHA:7 HP:0000059"]
    assert status.labels_ja == 0


def test_chains_of_old_ids_lead_to_the_current_term(home: Path) -> None:
    ontology = knowledge.load(home).ontology
    seizure = ontology.index("HP:0001250")
    assert seizure is not None
    assert ontology.index("HP:0000057") == ontology.index("HP:0000058") == ontology.index("HP:0002279") == seizure
    resolved = ontology.resolve("HP:0000057")
    assert (resolved.status, resolved.id, resolved.label) == ("obsolete", "HP:0001250", "Seizure")
    assert (resolved.asked_label, resolved.consider) == ("Fits", ("HP:0001252",))
    dead = ontology.resolve("HP:0000059")
    assert (dead.index, dead.status, dead.label) == (None, "obsolete", "Nothing left")
    assert ontology.resolve("HP:0002279").status == "alternative"
    for odd in ("", "HP:1", "MP:0001250", "HP:00012500", "HP:000125x", "１２５０"):
        assert ontology.resolve(odd).status == "unknown"
        assert ontology.index(odd) is None
    for spelling in ("hp:0001250", "HP_0001250", " HP:0001250 ", "http://purl.obolibrary.org/obo/HP_0001250"):
        assert ontology.index(spelling) == seizure
    assert known_rows_follow(home, seizure)


def known_rows_follow(home: Path, seizure: int) -> bool:
    diseases = knowledge.load(home).diseases
    return int(diseases.row_term[diseases.rows(1)][0]) == seizure


def test_japanese_labels_come_and_go(home: Path, small_labels: Path) -> None:
    before = knowledge.load(home)
    assert knowledge.install_labels(small_labels, home) == 1
    known = knowledge.load(home)
    seizure = known.ontology.index("HP:0001250")
    hypotonia = known.ontology.index("HP:0001252")
    assert seizure is not None
    assert hypotonia is not None
    assert known.ontology.label(seizure, "ja") == "けいれん発作"
    assert known.ontology.label(seizure) == "Seizure"
    assert known.ontology.label(hypotonia, "ja") == "筋緊張低下", "our own wording where the table has none"
    nervous = known.ontology.index("HP:0000118")
    assert nervous is not None
    assert known.ontology.label(nervous, "ja") == "Phenotypic abnormality"
    assert not known.ontology.has_japanese(nervous)
    assert "ひきつけ" in [s.text for s in known.ontology.synonyms(seizure) if s.language == "ja"]
    assert known.diseases.label(0, "ja") == "第一症候群"
    assert knowledge.status(home).labels_ja_unplaced == 1
    assert known.fingerprint != before.fingerprint
    knowledge.remove_labels(home)
    assert knowledge.load(home).fingerprint == before.fingerprint


def test_labels_stay_when_the_release_changes(home: Path, small_release: Path, small_labels: Path) -> None:
    knowledge.install_labels(small_labels, home)
    obo = small_release / "hp.obo"
    obo.write_text(obo.read_text().replace("2030-02-03", "2031-01-01"))
    knowledge.install(small_release, home)
    status = knowledge.status(home)
    assert (status.release, status.labels_ja) == ("2031-01-01", 1)
    assert len([path for path in (home / "releases").iterdir() if not path.name.startswith(".")]) == 2
    assert not list((home / "releases").glob(".incoming*"))
    knowledge.install("embedded", home)
    assert knowledge.status(home).embedded


@pytest.mark.parametrize("broken", ["hp.obo", "phenotype.hpoa", "genes_to_disease.txt"])
def test_a_broken_release_leaves_the_old_one_in_use(home: Path, small_release: Path, broken: str) -> None:
    before = knowledge.load(home).fingerprint
    file = small_release / broken
    whole = file.read_bytes()
    for content in (whole[: len(whole) // 2] + b"\xff", b"", b"<html>404</html>"):
        file.write_bytes(content)
        with pytest.raises(ParseError, match=broken):
            knowledge.install(small_release, home)
    file.unlink()
    with pytest.raises(InstallError, match=broken):
        knowledge.install(small_release, home)
    assert knowledge.load(home).fingerprint == before
    assert not list((home / "releases").glob(".incoming*"))


def test_files_of_different_releases_are_refused(home: Path, small_release: Path) -> None:
    obo = small_release / "hp.obo"
    text = obo.read_text().replace("alt_id: HP:0002279\n", "")
    obo.write_text(text)
    with pytest.raises(InstallError, match="not of one release"):
        knowledge.install(small_release, home)


def test_annotations_of_another_ontology_altogether_are_refused(home: Path, small_release: Path) -> None:
    hpoa = small_release / "phenotype.hpoa"
    text = hpoa.read_text()
    for number in ("0002279", "0001252", "0000006", "0000057"):
        text = text.replace(f"\tHP:{number}\t", "\tHP:0777777\t")
    hpoa.write_text(text)
    with pytest.raises(InstallError, match="5 of 5 annotations"):
        knowledge.install(small_release, home)


def test_broken_labels_leave_the_old_ones_in_use(home: Path, small_labels: Path) -> None:
    knowledge.install_labels(small_labels, home)
    before = knowledge.load(home).fingerprint
    for content in (b"", b"nothing\n", b"\x1f\x8b broken", small_labels.read_bytes().replace(b"\tja\t", b"\tfr\t")):
        small_labels.write_bytes(content)
        with pytest.raises(KnowledgeError) as caught:
            knowledge.install_labels(small_labels, home)
        assert "hp-ja.babelon.tsv" in caught.value.en
    assert knowledge.load(home).fingerprint == before


def test_a_damaged_cache_is_compiled_again(home: Path) -> None:
    folder = compiled_folder(home)
    fingerprint = knowledge.load(home).fingerprint
    victims = [MANIFEST, "numbers.npy", "labels.block.npy", "row_frequency.npy"]
    for victim in victims:
        whole = (folder / victim).read_bytes()
        flipped = bytearray(whole)
        flipped[-3] ^= 0xFF
        for content in (whole[: len(whole) // 2], b"", bytes(flipped), None):
            knowledge._in_force.clear()
            (folder / victim).unlink()
            if content is not None:
                (folder / victim).write_bytes(content)
            with pytest.raises(DamagedCache):
                open_folder(folder)
            known = knowledge.load(home)
            assert known.fingerprint == fingerprint
            assert known.ontology.label(known.ontology.phenotype_root) == "Phenotypic abnormality"


def test_a_deleted_cache_and_stray_pointers_do_no_harm(home: Path) -> None:
    import shutil

    shutil.rmtree(home / "compiled")
    knowledge._in_force.clear()
    assert knowledge.load(home).ontology.n == 7
    for pointer in (home / "compiled").glob(".stamp-*"):
        pointer.write_bytes(b"../../etc\xff")
    knowledge._in_force.clear()
    assert knowledge.load(home).ontology.n == 7


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "\xff\xfe", '{"release": "../x"}', '{"release": 5}', '{"labels": "/etc/passwd"}']
)
def test_a_broken_choice_is_a_clear_error(home: Path, content: str) -> None:
    (home / "current.json").write_text(content, encoding="latin-1")
    with pytest.raises(InstallError, match=r"current\.json cannot be read"):
        knowledge.load(home)


def test_a_choice_that_leads_nowhere_says_what_to_do(home: Path) -> None:
    (home / "current.json").write_text(json.dumps({"release": "gone", "labels": None}))
    with pytest.raises(InstallError, match=r"holds no hp\.obo"):
        knowledge.load(home)
    (home / "current.json").write_text(json.dumps({"release": None, "labels": "gone.tsv"}))
    with pytest.raises(InstallError, match="install it again"):
        knowledge.load(home)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, small_release: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(InstallError, match="KAKEHASHI_HOME"):
        knowledge.install(small_release, blocked / "ontology")
    with pytest.raises(InstallError, match="KAKEHASHI_HOME"):
        knowledge.load(blocked / "ontology")


def _load_in_process(home: str, queue: "multiprocessing.Queue[str]") -> None:
    queue.put(knowledge.load(Path(home)).fingerprint)


def test_two_processes_compile_at_once_without_harm(home: Path) -> None:
    import shutil

    shutil.rmtree(home / "compiled")
    context = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[str] = context.Queue()
    workers = [context.Process(target=_load_in_process, args=(str(home), queue)) for _ in range(3)]
    for worker in workers:
        worker.start()
    found = {queue.get(timeout=60) for _ in workers}
    for worker in workers:
        worker.join(timeout=60)
        assert worker.exitcode == 0
    knowledge._in_force.clear()
    assert found == {knowledge.load(home).fingerprint}
    assert not [path for path in (home / "compiled").iterdir() if path.is_dir() and path.name.startswith(".")]


def _die_while_compiling(home: str, release: str) -> None:
    """Dies as kill -9 would, in the middle of writing the compiled folder."""
    import kakehashi.engines.phenotype.cachefolder as cachefolder

    cachefolder.np.save = lambda *_, **__: os._exit(9)  # type: ignore[assignment]
    knowledge.install(release, Path(home))


def test_an_installation_that_is_killed_leaves_the_old_release_and_no_litter(home: Path, small_release: Path) -> None:
    before = knowledge.load(home).fingerprint
    obo = small_release / "hp.obo"
    obo.write_text(obo.read_text().replace("2030-02-03", "2031-01-01"))
    process = multiprocessing.get_context("spawn").Process(target=_die_while_compiling, args=(str(home), small_release))
    process.start()
    process.join(timeout=60)
    assert process.exitcode == 9
    assert list((home / "releases").glob(".incoming.*"))
    assert knowledge.load(home).fingerprint == before
    assert knowledge.install(small_release, home).startswith("2031-01-01-")
    assert not list((home / "releases").glob(".incoming.*"))
    assert not [path for path in (home / "compiled").iterdir() if path.is_dir() and path.name.startswith(".")]


def test_a_new_release_is_seen_by_a_running_process(home: Path, small_release: Path) -> None:
    before = knowledge.load(home)
    assert knowledge.load(home) is before
    hpoa = small_release / "phenotype.hpoa"
    hpoa.write_text(hpoa.read_text().replace("2030-02-04", "2030-03-05"))
    knowledge.install(small_release, home)
    assert knowledge.load(home).diseases.version == "2030-03-05"
    assert before.diseases.version == "2030-02-04", "what was opened stays usable"


def test_the_embedded_release_loads_quickly(knowledge_folder: Path) -> None:
    times = []
    for _ in range(5):
        knowledge._in_force.clear()
        started = time.process_time()
        known = knowledge.load(knowledge_folder)
        assert known.ontology.index("HP:0001250") is not None
        assert known.diseases.n
        times.append(time.process_time() - started)
    assert min(times) < 0.2


@pytest.fixture
def knowledge_folder() -> Path:
    folder = Path(__file__).parents[3] / "var" / "test-ontology"
    knowledge.load(folder)
    return folder


# --- downloads -----------------------------------------------------------------------------------------------------


@pytest.fixture
def server(small_release: Path, small_labels: Path) -> Iterator[str]:
    """Serves the small release and labels over HTTP on this machine."""
    (small_release / small_labels.name).write_bytes(small_labels.read_bytes())

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(small_release))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


def test_a_release_and_labels_are_fetched_from_an_address(tmp_path: Path, server: str, small_release: Path) -> None:
    home = tmp_path / "ontology"
    assert knowledge.install(f"{server}/", home).startswith("2030-02-03-")
    assert knowledge.install_labels(f"{server}/hp-ja.babelon.tsv", home) == 1
    genes = small_release / "genes_to_disease.txt"
    genes.unlink()
    (small_release / "genes_to_phenotype.txt").write_text(
        "ncbi_gene_id\tgene_symbol\thpo_id\thpo_name\tfrequency\tdisease_id\n7\tAB\tHP:0001250\tSeizure\t-\tOMIM:100000\n"
    )
    knowledge.install(server, home)
    assert knowledge.load(home).diseases.gene_symbols == ["AB"]
    with pytest.raises(InstallError, match="answered 404"):
        knowledge.install(f"{server}/nothing", home)


def test_downloads_have_limits(tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InstallError, match="larger than"):
        download.fetch(f"{server}/hp.obo", tmp_path / "x", limit_bytes=100)
    assert not (tmp_path / "x").exists()
    for address in ("http://127.0.0.1:9/hp.obo", "http://", "https://[::1", "http://127.0.0.1:99999/x"):
        with pytest.raises(InstallError, match="Without internet") as caught:
            download.fetch(address, tmp_path / "x")
        assert "インターネット" in caught.value.ja


def test_official_addresses_are_known() -> None:
    assert download.release_addresses("latest") == [download.OFFICIAL_RELEASE]
    dated = download.release_addresses("2025-05-06")
    assert dated is not None
    assert dated[0]["hp.obo"].endswith("/v2025-05-06/hp.obo")
    assert download.release_addresses("some/folder") is None


# --- the folder itself ---------------------------------------------------------------------------------------------


def test_empty_arrays_and_strings_survive(tmp_path: Path) -> None:
    write(
        tmp_path / "x",
        arrays={"none": np.zeros(0, dtype=np.int32), "some": np.arange(5)},
        tables={"empty": [], "texts": ["", "あ", "b\n\0"]},
        meta={"名": 1},
    )
    opened = open_folder(tmp_path / "x")
    assert (len(opened.array("none")), opened.array("some").tolist(), opened.meta) == (0, [0, 1, 2, 3, 4], {"名": 1})
    assert list(opened.strings("empty")) == []
    texts = opened.strings("texts")
    assert isinstance(texts, StringTable)
    assert list(texts) == ["", "あ", "b\n\0"] == texts[:]
    assert (texts[-1], texts[0]) == ("b\n\0", "")
    with pytest.raises(IndexError):
        texts[3]
    with pytest.raises(ValueError, match="read-only"):
        opened.array("some")[0] = 1
    with pytest.raises(DamagedCache):
        opened.array("nothing")
    assert os.listdir(tmp_path) == ["x"]


def test_without_the_embedded_release_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InstallError, match="pip install"):
        sources.embedded_release()
