"""A node killed with kill -9 at work, each kind of work once; and two imports of one file at the same time."""

import json
import subprocess

import pytest
from django.conf import settings

from tests.bench.killed import killed, prepared
from tests.bench.nodes import COMMAND, ORGANISATION, Node, database, problems
from tests.bench.packets import write_packets

SAME_FILE = 600
PATIENCE_SECONDS = 300


@pytest.fixture
def node_database():
    with database("postgresql" if "postgresql" in settings.DATABASES["default"]["ENGINE"] else "sqlite") as url:
        yield url


@pytest.mark.slow
def test_node_killed_at_every_kind_of_work_loses_doubles_and_half_writes_nothing(tmp_path, node_database, knowledge):
    found = killed(prepared(tmp_path / "home", node_database), tmp_path, moments=5, seed=20, cases=60)
    assert found["problems"] == []
    assert sum(kind["killed while at work"] for kind in found["kinds"].values()) >= 3


@pytest.mark.slow
def test_two_imports_of_one_file_at_once_double_nothing_and_come_to_no_standstill(tmp_path, node_database, knowledge):
    node, source = Node.fresh(tmp_path / "home", node_database), tmp_path / "packets.jsonl"
    write_packets(source, SAME_FILE)
    command = [*COMMAND, "cases", "import", str(source), "--organisation", ORGANISATION, "--format", "json"]
    both = [subprocess.Popen(command, env=node.environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        told = [json.loads(process.communicate(timeout=PATIENCE_SECONDS)[0]) for process in both]
    finally:
        for process in both:
            process.kill()
    figures = node.judged()
    assert problems(figures) == []
    assert figures["cases"] == figures["packets"] == figures["revisions"] == figures["indexed"] == SAME_FILE
    assert sum(one["new"] for one in told) == sum(one["unchanged"] for one in told) == SAME_FILE
