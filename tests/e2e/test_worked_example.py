"""The worked example of IRUD Exchange: eight findings typed in Japanese, registered, ranked, matched, printed."""

import os
import struct
import zlib
from pathlib import Path

import pytest
from tests.e2e.accessibility import faults_of
from tests.e2e.clicking import follow
from tests.e2e.conftest import Look

from kakehashi.engines.phenotype import knowledge as knowledge_engine
from kakehashi.engines.phenotype.install import install_labels
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Description, Finding
from kakehashi.systems.cases.matching import similar
from kakehashi.systems.cases.models import Case

ROOT = Path(__file__).resolve().parents[2]
SHOTS = Path(os.environ.get("KAKEHASHI_TEST_SHOTS", ROOT / "var" / "screenshots"))
EIGHT = (
    "HP:0001305",
    "HP:0007033",
    "HP:0001274",
    "HP:0011344",
    "HP:0008050",
    "HP:0000319",
    "HP:0000411",
    "HP:0000519",
)


@pytest.fixture(scope="session")
def in_japanese(shared_data):
    """The embedded release with the HPO's Japanese labels installed, in a folder of its own."""
    folder = ROOT / "var" / "test-ontology-ja"
    if not knowledge_engine.load(folder).ontology.japanese_label_count:
        install_labels(shared_data / "hpo" / "hp-ja.babelon.tsv.gz", folder)
    return knowledge_engine.load(folder)


@pytest.fixture
def node(in_japanese, clinician, tmp_path, monkeypatch):
    """A node that knows the labels and holds two other patients of the clinician's hospital; the clinician."""
    monkeypatch.setattr(knowledge_engine, "load", lambda cache=None: in_japanese)
    monkeypatch.setattr(similar, "folder", lambda: tmp_path / "case-index")
    hospital = clinician.memberships.order_by("pk").first().organisation
    for local_id, terms in (
        ("N-KIN", ("HP:0001305", "HP:0002119", "HP:0000519", "HP:0001263")),
        ("N-OTHER", ("HP:0001631", "HP:0001629", "HP:0002092")),
    ):
        findings = tuple(Finding(term=term) for term in terms)
        enter_case(
            by=clinician,
            organisation=hospital,
            local_id=local_id,
            description=Description(findings=findings),
            synthetic=True,
            register=True,
        )
    yield clinician
    similar._indexes.clear()


def shoot(page, name):
    """Keep a picture of the whole page and hold it to being one: as large as the page, and not blank."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    path = SHOTS / f"{name}.png"
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.screenshot(path=path, full_page=True)
    width, height = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    data = path.read_bytes()
    assert struct.unpack(">II", data[16:24]) == (width, height)
    assert len({zlib.crc32(row) for row in _rows(data)}) > 100, "the picture is blank"
    return path


def _rows(png):
    """The filtered scan lines of a PNG; rows of one colour are alike."""
    body, place = b"", 8
    while place < len(png):
        size, kind = struct.unpack(">I4s", png[place : place + 8])
        if kind == b"IDAT":
            body += png[place + 8 : place + 8 + size]
        place += 12 + size
    width, _height, _depth, colour = struct.unpack(">IIBB", png[16:26])
    stride = 1 + width * {2: 3, 6: 4}[colour]
    raw = zlib.decompress(body)
    return [raw[start : start + stride] for start in range(0, len(raw), stride)]


def test_eight_findings_typed_in_japanese_are_registered_ranked_and_matched(open_page, node, in_japanese):
    ontology = in_japanese.ontology
    labels = [ontology.label(ontology.index(term), "ja") for term in EIGHT]
    assert sum(any(mark > "\u3000" for mark in label) for label in labels) >= 7, labels
    page = open_page(Look(1280, "ja", "light"), node)

    page.goto("/cases/new/")
    page.get_by_label("仮名").fill("IRUD-0001")
    for number, label in enumerate(labels):
        field = page.locator(f"#id_findings-{number}-label")
        field.focus()
        page.keyboard.insert_text(label)  # as an input method commits it
        option = page.locator(f"#{field.get_attribute('aria-controls')} [role=option]").first
        option.wait_for()
        assert EIGHT[number] in option.inner_text()
        page.keyboard.press("Enter")
        assert field.input_value() == label
    assert not faults_of(page)
    shoot(page, "worked-example-entered")
    page.get_by_role("button", name="登録", exact=True).click()

    page.wait_for_url("**/cases/K-*/")
    case = Case.objects.get(local_id="IRUD-0001")
    assert {finding.term for finding in case.described.findings} == set(EIGHT)
    assert case.state == "registered"
    main = page.locator("main").inner_text()
    assert all(label in main for label in labels)
    ranked = page.locator("#ranked ol > li")
    assert ranked.count() > 10
    assert page.get_by_text("既知の疾患ではない").count() == 1
    assert page.locator("figure svg").count() == 1
    assert not faults_of(page)
    shoot(page, "worked-example-diseases")

    second = ranked.filter(has=page.locator("a")).nth(1).locator("a")
    named = second.inner_text()
    second.click()
    page.locator("#ranked a[aria-current=true]", has_text=named).wait_for()
    assert named in page.locator("figure figcaption").inner_text() or named in page.locator("main").inner_text()

    follow(page.get_by_role("link", name="似た症例"))
    page.wait_for_url("**/similar/")
    assert "N-KIN" in page.locator("#matched ol > li").first.inner_text()
    assert page.locator("figure svg").count() == 1
    assert not faults_of(page)
    shoot(page, "worked-example-similar")

    follow(page.get_by_role("link", name="次の質問"))
    page.wait_for_url("**/questions/")
    before = page.locator("#questions").inner_text()
    page.get_by_role("button", name="あり", exact=True).first.click()
    page.get_by_text("回答（未保存）").wait_for()
    assert page.locator("#questions").inner_text() != before
    assert not faults_of(page)
    shoot(page, "worked-example-questions")
    page.get_by_role("button", name="回答を所見として保存").click()
    page.wait_for_url(f"**/cases/{case.public_id}/")
    case.refresh_from_db()
    assert len(case.described.findings) == 9

    follow(page.get_by_role("link", name="履歴"))
    page.wait_for_url("**/history/")
    assert not faults_of(page)
    shoot(page, "worked-example-history")
