"""A node backed up while others write to it, and restored elsewhere: real processes, both databases."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from tests.bench import nodes
from tests.bench.nodes import Node, problems
from tests.bench.packets import write_packets

TOTAL = 600
PERSON = "kyoto@hospital.example"

LOG_IN_AND_MATCH = """
import json
from kakehashi.cli import start_django
start_django()
from django.test import Client
from kakehashi.systems.cases.models import Case
client = Client(HTTP_HOST="127.0.0.1")
said = client.post("/accounts/login/", {"login": "%s", "password": "correct horse battery 9"})
case = Case.objects.order_by("pk").first()
found = client.get(f"/api/cases/{case.public_id}/similar")
print(json.dumps({"log in": said.status_code, "similar": found.status_code, "found": len(found.json()["matches"])}))
"""


@pytest.fixture
def node_databases():
    """(a prepared database, an empty one) of the kind under test, by their addresses."""
    kind = "postgresql" if "postgresql" in settings.DATABASES["default"]["ENGINE"] else "sqlite"
    with nodes.database(kind) as prepared, nodes.database(kind, empty=True) as empty:
        yield prepared, empty


@pytest.mark.slow
def test_backup_taken_while_others_write_restores_all_that_stood_before_it(tmp_path, node_databases, knowledge):
    written, elsewhere = node_databases
    node = Node.fresh(tmp_path / "home", written)
    node.add_person(PERSON, "clinician", "data_manager")
    write_packets(tmp_path / "packets.jsonl", TOTAL)
    importing = node.start("cases", "import", str(tmp_path / "packets.jsonl"), "--organisation", "KILLED")
    while node.case_count() < TOTAL // 10 and importing.poll() is None:
        pass
    stood = set(node.asked("SELECT public_id, revision FROM cases_case"))
    assert importing.poll() is None, "the import was over before the back-up began"
    made = json.loads(node.run("backup", str(tmp_path), "--keys-to", str(tmp_path / "keys.json"), "--format", "json"))
    assert importing.wait() == 0
    assert len(stood) <= made["cases"] <= TOTAL
    file = made["file"]
    assert json.loads(node.run("backup", "--verify", file, "--format", "json"))["audit_head"] == made["audit_head"]

    other = Node(tmp_path / "elsewhere", elsewhere)
    (tmp_path / "elsewhere" / "ontology").mkdir(parents=True)
    (tmp_path / "elsewhere" / "ontology" / "compiled").symlink_to(tmp_path / "home" / "ontology" / "compiled")
    assert "--keys" in other.refused("restore", file)
    other.run("restore", file, "--keys", str(tmp_path / "keys.json"))
    assert stood <= set(other.asked("SELECT public_id, revision FROM cases_case"))
    figures = other.judged()
    assert problems(figures) == []
    assert (figures["cases"], figures["audit entries"]) == (made["cases"], made["audit_entries"] + 1)
    assert figures["indexed"] == made["cases"]
    assert json.loads(other.scripted(LOG_IN_AND_MATCH % PERSON)) == {"log in": 302, "similar": 200, "found": 10}

    assert "--force" in other.refused("restore", file, "--keys", str(tmp_path / "keys.json"))
    told = other.run("restore", file, "--force")
    kept = max(Path(other.home).glob("before-restore-*"))
    assert str(kept) in told
    assert (kept / "audit.checkpoint").exists()
    if other.database_url:
        (old,) = other.asked("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before_restore_%'")
        assert other.asked(f"SELECT count(*) FROM {old[0]}.cases_case") == [(made["cases"],)]
    assert problems(other.judged()) == []
