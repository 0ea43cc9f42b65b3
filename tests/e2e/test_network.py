"""Real nodes on loopback: a case finds its partners within the reach set, whatever other peers do meanwhile."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from datetime import datetime

import pytest
from tests.conftest import ROOT
from tests.e2e.clicking import follow
from tests.e2e.nodes import Node, free_port
from tests.migrated import copy_to, environment
from tests.systems.exchange import peers

pytestmark = pytest.mark.slow
EXAMPLE = ["0001305", "0007033", "0001274", "0011344", "0008050", "0000319", "0000411", "0000519"]


@pytest.fixture(scope="module")
def network(knowledge, tmp_path_factory):
    """``kakehashi network``, started as a person would; its two nodes and who can log in abroad."""
    home = tmp_path_factory.mktemp("network")
    agency = home / "network" / "agency"
    for name in ("agency", "hospital"):
        copy_to(home / "network" / name / "kakehashi.sqlite3")
    (agency / "ontology").symlink_to(ROOT / "var" / "test-ontology", target_is_directory=True)
    ports = [free_port(), free_port()]
    command = [sys.executable, "-m", "kakehashi", "network"]
    command += ["--agency-port", str(ports[0]), "--hospital-port", str(ports[1])]
    log = (home / "log").open("w+")
    process = subprocess.Popen(command, env=environment(home), stdout=log, stderr=subprocess.STDOUT)
    nodes = Node(agency, ports[0]), Node(home / "network" / "hospital", ports[1])
    try:
        for node in nodes:
            node.wait_until_served(process, home / "log")
        said = (home / "log").read_text()
        email, password = re.search(r"(clinician@demo-abroad\.example)  (\S+)", said).groups()
        yield *nodes, (email, password)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def clinic(network, tmp_path_factory):
    """A third node, a hospital's in the agency's country: it holds the worked example, and the other two know it."""
    agency, hospital, _login = network
    home = tmp_path_factory.mktemp("clinic")
    node = Node(home, free_port())
    node.prepare()
    node("organisations", "add", "C", "--name", "第三病院", "--name-en", "Third Hospital", "--country", "JP")
    resource = {"id": "hp", "name": "HPO", "url": "http://purl.obolibrary.org/obo/hp.owl", "version": "1"}
    resource |= {"namespacePrefix": "HP", "iriPrefix": "http://purl.obolibrary.org/obo/HP_"}
    meta = {"created": "2026-01-01T00:00:00Z", "createdBy": "test", "phenopacketSchemaVersion": "2.0"}
    packet = {
        "id": "THIRD-1",
        "subject": {"id": "THIRD-1"},
        "phenotypicFeatures": [{"type": {"id": f"HP:{number}"}} for number in EXAMPLE],
        "metaData": meta | {"resources": [resource]},
    }
    (home / "packet.json").write_text(json.dumps(packet))
    node("cases", "import", str(home / "packet.json"), "--organisation", "C", "--reach", "abroad", "--synthetic")
    introduce(agency, "agency", "JP", node, "clinic", "JP")
    introduce(node, "clinic", "JP", hospital, "hospital", "FR")
    with (home / "log").open("w") as log:
        command = [sys.executable, "-m", "kakehashi", "up", "--port", str(node.port), "--without-worker"]
        process = subprocess.Popen(command, env=node.environment, stdout=log, stderr=log, start_new_session=True)
    try:
        node.wait_until_served(process, home / "log")
        yield node
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)


def introduce(asked, name, country, asker, asker_name, asker_country):
    """``asker`` may ask ``asked`` from now on."""
    file = asker.home / f"token-of-{name}"
    file.write_text(asked("peers", "grant", asker_name, "--country", asker_country).strip())
    address = f"http://127.0.0.1:{asked.port}/mme/"
    asker("peers", "add", name, address, "--token-file", str(file), "--country", country)


def public_id(node, name):
    """The id of a node's case by its pseudonym."""
    ((found,),) = node.asked("SELECT public_id FROM cases_case WHERE local_id = ?", name)
    return found


def found(asker, case):
    """What a node's peers answer for one of its cases: (ids by peer, state by peer)."""
    answer = json.loads(asker("peers", "match", case, "--format", "json"))
    ids = {one["peer"]: [] for one in answer["peers"]}
    for one in answer["matches"]:
        ids[one["peer"]].append(one["patient"]["id"])
    return ids, {one["peer"]: one["state"] for one in answer["peers"]}


def test_three_nodes_find_each_others_cases_as_far_as_each_reaches(network, clinic):
    agency, hospital, _login = network
    abroad, third = public_id(hospital, "DEMO-ABROAD-EXAMPLE"), public_id(clinic, "THIRD-1")
    partner = public_id(agency, "DEMO1-EXAMPLE")
    expected = {  # reach of the agency's case → whether the hospital abroad and the clinic at home find it
        "abroad": (True, True),
        "domestic": (False, True),
        "institution": (False, False),
    }
    for reach, (is_abroad, is_home) in expected.items():
        agency("cases", "reach", partner, reach)
        from_abroad, states = found(hospital, abroad)
        from_home, _states = found(clinic, third)
        assert (partner in from_abroad["agency"], partner in from_home["agency"]) == (is_abroad, is_home), reach
        assert third in from_abroad["clinic"]
        assert set(states.values()) == {"answered"}
    agency("cases", "reach", partner, "abroad")


def seconds_to_each_answer(node, case):
    """From the asking to the end of the latest question to each peer, quickest first: {peer: seconds}."""
    rows = node.asked(
        "SELECT peer.name, asked_at, ended_at FROM exchange_question question "
        "JOIN exchange_peer peer ON peer.id = peer_id JOIN cases_case asking ON asking.id = case_id "
        "WHERE asking.public_id = ? ORDER BY question.id",
        case,
    )
    seconds = {
        name: (datetime.fromisoformat(ended) - datetime.fromisoformat(asked)).total_seconds()
        for name, asked, ended in rows
    }
    return dict(sorted(seconds.items(), key=lambda row: row[1]))


def test_a_case_finds_its_partner_abroad_whatever_other_peers_do(network, clinic, browser, tmp_path, screenshots):
    agency, hospital, (email, password) = network
    mine, partner = public_id(hospital, "DEMO-ABROAD-EXAMPLE"), public_id(agency, "DEMO1-EXAMPLE")
    token = tmp_path / "token"
    token.write_text("a-token-of-theirs")
    found(hospital, mine)
    alone = seconds_to_each_answer(hospital, mine)
    with ExitStack() as stack:
        for name, behave in (("hangs", peers.hang), ("rubbish", peers.answer(body=b"<html>"))):
            address = stack.enter_context(peers.serving(behave))
            hospital("peers", "add", name, address, "--token-file", str(token), "--timeout", "6", "--country", "CA")
        hospital("peers", "add", "down", peers.closed_port(), "--token-file", str(token), "--timeout", "6")
        page = browser.new_context(base_url=f"http://127.0.0.1:{hospital.port}", locale="en-GB").new_page()
        page.goto("/accounts/login/")
        page.get_by_label("Email").or_(page.locator("input[name=login]")).first.fill(email)
        page.locator("input[name=password]").fill(password)
        follow(page.locator("main form button[type=submit], main form button").first)
        page.goto(f"/exchange/cases/{mine}/")
        follow(page.get_by_role("button", name="Ask again"))
        hanging = page.locator("#answers li", has_text="hangs")
        hanging.get_by_text("Asking", exact=True).wait_for(timeout=20_000)
        agency_now = page.locator("#answers li", has_text="agency").first
        agency_now.get_by_text("Answered", exact=True).wait_for(timeout=5_000)
        assert hanging.get_by_text("Asking", exact=True).is_visible()  # answers come while it still hangs
        assert page.get_by_text(partner, exact=True).is_visible()
        page.screenshot(path=screenshots / "exchange-first-answer.png", full_page=True)
        for name, why in (
            ("hangs", "It did not answer in time."),
            ("rubbish", "Its answer could not be read."),
            ("down", "It could not be reached."),
        ):
            page.locator("#answers li", has_text=name).get_by_text(why).first.wait_for(timeout=20_000)
        page.screenshot(path=screenshots / "exchange-all-ended.png", full_page=True)
        beside = seconds_to_each_answer(hospital, mine)
        print(f"seconds to each answer: alone {alone}; beside bad peers {beside}")
        assert max(beside["agency"], beside["clinic"]) < beside["hangs"]
        assert beside["agency"] < alone["agency"] + 2
        agency("cases", "reach", partner, "domestic")
        answer = json.loads(hospital("peers", "match", mine, "--format", "json"))
        assert partner not in json.dumps(answer)
        agency("cases", "reach", partner, "abroad")
        answer = json.loads(hospital("peers", "match", mine, "--format", "json"))
        assert partner in [match["patient"]["id"] for match in answer["matches"]]
        states = {one["peer"]: one["state"] for one in answer["peers"]}
        assert states["agency"] == "answered"
    for node in (agency, hospital):
        node("audit", "verify")  # exit code 1 when the trail is broken
