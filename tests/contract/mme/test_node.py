"""Two real nodes (`kakehashi up`): an independent client's verdict, and the benchmark patients from node to node."""

import ast
import json
import os
import signal
import subprocess
import sys

import pytest
from tests.conftest import ROOT
from tests.contract.mme.client import Client, Wrong, faults, results_are_right
from tests.e2e.nodes import Node, free_port

pytestmark = pytest.mark.slow


def phenopacket(patient):
    """A benchmark patient as a phenopacket: findings and candidate genes, under its own id."""
    features = [
        {"type": {"id": one["id"]}} | ({"excluded": True} if one.get("observed") == "no" else {})
        for one in patient["features"]
    ]
    genes = sorted({one["gene"]["id"] for one in patient["genomicFeatures"]})
    genomic = [
        {
            "subjectOrBiosampleId": patient["id"],
            "interpretationStatus": "CANDIDATE",
            "gene": {"valueId": one, "symbol": one},
        }
        for one in genes
    ]
    disease = {"id": "OMIM:000000", "label": "unsolved"}
    return {
        "id": patient["id"],
        "subject": {"id": patient["id"]},
        "phenotypicFeatures": features,
        "interpretations": [
            {
                "id": "i",
                "progressStatus": "IN_PROGRESS",
                "diagnosis": {"disease": disease, "genomicInterpretations": genomic},
            }
        ],
        "metaData": {
            "created": "2026-01-01T00:00:00Z",
            "createdBy": "test",
            "phenopacketSchemaVersion": "2.0",
            "resources": [
                {
                    "id": "hp",
                    "name": "HPO",
                    "url": "http://purl.obolibrary.org/obo/hp.owl",
                    "version": "x",
                    "namespacePrefix": "HP",
                    "iriPrefix": "http://purl.obolibrary.org/obo/HP_",
                }
            ],
        },
    }


@pytest.fixture(scope="module")
def benchmark(shared_data):
    return json.loads((shared_data / "mme" / "benchmark_patients.json").read_text())


@pytest.fixture(scope="module")
def nodes(knowledge, benchmark, tmp_path_factory):
    """(theirs, ours, our token): both hold the benchmark patients, abroad; ours may ask theirs, which is served."""
    home = tmp_path_factory.mktemp("nodes")
    file, secret = home / "patients.jsonl", home / "token"
    file.write_text("\n".join(json.dumps(phenopacket(one)) for one in benchmark))
    theirs, ours = Node(home / "theirs", free_port()), Node(home / "ours", free_port())
    for node, country in ((theirs, "CA"), (ours, "JP")):
        node.prepare()
        node("organisations", "add", "H", "--name", "病院", "--name-en", "Hospital", "--country", country)
        node("cases", "import", str(file), "--organisation", "H", "--reach", "abroad")
    with (home / "log").open("w") as log:
        command = [sys.executable, "-m", "kakehashi", "up", "--port", str(theirs.port), "--without-worker"]
        server = subprocess.Popen(command, env=theirs.environment, stdout=log, stderr=log, start_new_session=True)
        try:
            theirs.wait_until_served(server, home / "log")
            token = theirs("peers", "grant", "ours", "--country", "JP").strip()
            secret.write_text(token)
            address = f"http://127.0.0.1:{theirs.port}/mme/"
            ours("peers", "add", "theirs", address, "--token-file", str(secret), "--country", "CA")
            yield theirs, ours, token
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=60)


def test_the_client_knows_nothing_of_this_node():
    tree = ast.parse((ROOT / "tests" / "contract" / "mme" / "client.py").read_text())
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {name.partition(".")[0] for name in named} <= set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    "tree",
    [
        [],
        {},
        {"results": [{"score": {"patient": 2}, "patient": {}}]},
        {"results": [{"score": {"patient": 1}, "patient": {"id": "x", "contact": {"name": "a", "href": "b"}}}]},
    ],
)
def test_the_client_notices_what_is_wrong(tree):
    with pytest.raises(Wrong):
        results_are_right(tree)


def test_a_client_written_from_the_specification_is_content(nodes, benchmark):
    theirs, _ours, token = nodes
    client = Client(f"http://127.0.0.1:{theirs.port}/mme/", token)
    assert faults(client) == []
    assert client.metrics()["numberOfCases"] == 50
    assert client.match(benchmark[0])


def test_every_benchmark_partner_is_first_from_node_to_node(nodes, benchmark):
    """Each patient of ours is asked for by `kakehashi peers match`; its own record there is left out of the answers."""
    theirs, ours, _token = nodes
    by_id = {patient["id"]: patient for patient in benchmark}
    there, here = public_ids(theirs), {name: public for public, name in public_ids(ours).items()}
    partnered = [
        patient
        for patient in benchmark
        if any(genes_of(patient) & genes_of(one) for one in benchmark if one is not patient)
    ]
    first = 0
    for patient, answer in zip(partnered, answers(ours, [here[one["id"]] for one in partnered]), strict=True):
        assert answer["peers"][0]["state"] == "answered", answer["peers"]
        names = [there[one["patient"]["id"]] for one in answer["matches"]]
        others = [name for name in names if name != patient["id"]]
        first += bool(others) and bool(genes_of(patient) & genes_of(by_id[others[0]]))
    assert (len(partnered), first) == (34, 34)


COMMANDS = """
import sys
from click.testing import CliRunner
from kakehashi.cli import main
for case in sys.argv[1:]:
    done = CliRunner().invoke(main, ["peers", "match", case, "--format", "json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    print(done.stdout, end="\\0")
"""


def answers(node, cases):
    """What the command says of each case: one command after the other, in one process of the node."""
    command = [sys.executable, "-c", COMMANDS, *cases]
    done = subprocess.run(command, env=node.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(said) for said in done.stdout.split("\0")[:-1]]


def genes_of(patient):
    return {one["gene"]["id"].upper() for one in patient["genomicFeatures"]}


def public_ids(node):
    """Public id → the benchmark patient's id, on a node."""
    asked = "import json; from kakehashi.systems.cases.models import Case; "
    asked += "print(json.dumps(dict(Case.objects.values_list('public_id', 'local_id'))))"
    return json.loads(node("manage", "shell", "-v", "0", "-c", asked).strip().splitlines()[-1])
