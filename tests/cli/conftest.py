"""Small phenopackets for the command line."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kakehashi.engines.phenotype.knowledge import Knowledge

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session", autouse=True)
def _compiled_ontology(knowledge: Knowledge) -> None:
    """Commands of the tests find the ontology that the test run keeps compiled."""
    folder = Path(os.environ["KAKEHASHI_HOME"]) / "ontology"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.symlink_to(ROOT / "var" / "test-ontology", target_is_directory=True)


def packet(name: str, *findings: str, pmid: str = "", genes: tuple[str, ...] = (), disease: str = "") -> dict[str, Any]:
    """A patient with HPO ids (``-HP:…``: excluded)."""
    tree: dict[str, Any] = {
        "id": name,
        "subject": {"id": name},
        "phenotypicFeatures": [
            {
                "type": {"id": finding.removeprefix("-"), "label": "x"},
                **({"excluded": True} if finding[0] == "-" else {}),
            }
            for finding in findings
        ],
        "metaData": {"created": "2024-01-01T00:00:00Z", "createdBy": "me", "phenopacketSchemaVersion": "2.0.2"},
    }
    if pmid:
        tree["metaData"]["externalReferences"] = [{"id": pmid}]
    if genes or disease:
        genomic = [{"interpretationStatus": "CANDIDATE", "gene": {"symbol": gene}} for gene in genes]
        status = "SOLVED" if disease else "IN_PROGRESS"
        diagnosis = {"disease": {"id": disease or "OMIM:1"}, "genomicInterpretations": genomic}
        tree["interpretations"] = [{"id": "i", "progressStatus": status, "diagnosis": diagnosis}]
    return tree


MARFAN = ("HP:0001166", "HP:0001083", "HP:0002616", "HP:0000098")
DRAVET = ("HP:0001250", "HP:0002373", "HP:0001263", "HP:0001251")


@pytest.fixture
def patients(tmp_path: Path) -> Path:
    """Three patients, one a line."""
    lines = [
        packet("marfan", *MARFAN, pmid="PMID:11", genes=("FBN1",)),
        packet("dravet", *DRAVET, "-HP:0001166", pmid="PMID:22"),
        packet("odd", "HP:0001250", "HP:9999999"),
    ]
    path = tmp_path / "patients.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A folder of cases, two of them published together with patients."""
    folder = tmp_path / "library"
    folder.mkdir()
    cases = {
        "a.json": packet("like-marfan", *MARFAN[:3], pmid="PMID:11", genes=("FBN1",), disease="OMIM:154700"),
        "b.json": packet("also-marfan", *MARFAN[1:], pmid="PMID:33", disease="OMIM:154700"),
        "c.json": packet("like-dravet", *DRAVET[:3], pmid="PMID:22", disease="OMIM:607208"),
        "d.json": packet("marfan", *MARFAN, pmid="PMID:11", genes=("FBN1",)),
        "e.json": packet("like-dravet", *DRAVET[1:], pmid="PMID:44", disease="OMIM:607208"),
    }
    for name, tree in cases.items():
        (folder / name).write_text(json.dumps(tree, indent=1), encoding="utf-8")
    return folder


@pytest.fixture
def lines() -> Callable[[str], list[dict[str, Any]]]:
    return lambda text: [json.loads(line) for line in text.splitlines()]
