"""Real nodes on loopback: a case finds its partner abroad within the reach set, whatever other peers do meanwhile."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack

import httpx
import pytest
from tests.conftest import ROOT
from tests.systems.exchange import peers

pytestmark = pytest.mark.slow
START_S = 180


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(home, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KAKEHASHI", "DJANGO"))}
    return kept | {"KAKEHASHI_HOME": str(home), "KAKEHASHI_CLI_LANGUAGE": "en", "PYTHONPATH": str(ROOT / "src")} | more


class Node:
    """One node of the running network, by its own command line."""

    def __init__(self, home, port):
        self.home, self.port = home, port

    def __call__(self, *arguments):
        node = environment(self.home, KAKEHASHI_BASE_URL=f"http://127.0.0.1:{self.port}")
        command = [sys.executable, "-m", "kakehashi", *arguments]
        done = subprocess.run(command, env=node, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def network(knowledge, tmp_path_factory):
    """``kakehashi network``, started as a person would; its two nodes and who can log in abroad."""
    home = tmp_path_factory.mktemp("network")
    agency = home / "network" / "agency"
    agency.mkdir(parents=True)
    (agency / "ontology").symlink_to(ROOT / "var" / "test-ontology", target_is_directory=True)
    ports = [free_port(), free_port()]
    command = [sys.executable, "-m", "kakehashi", "network"]
    command += ["--agency-port", str(ports[0]), "--hospital-port", str(ports[1])]
    log = (home / "log").open("w+")
    process = subprocess.Popen(command, env=environment(home), stdout=log, stderr=subprocess.STDOUT)
    try:
        _answering(ports, process, home / "log")
        said = (home / "log").read_text()
        email, password = re.search(r"(clinician@demo-abroad\.example)  (\S+)", said).groups()
        yield Node(agency, ports[0]), Node(home / "network" / "hospital", ports[1]), (email, password)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
        shutil.rmtree(home, ignore_errors=True)


def _answering(ports, process, log):
    until = time.monotonic() + START_S
    for port in ports:
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            try:
                httpx.get(f"http://127.0.0.1:{port}/", timeout=5)
                break
            except httpx.HTTPError:
                time.sleep(0.5)


def public_id(node, name):
    """The id of a node's case by its pseudonym."""
    asked = f"from kakehashi.systems.cases.models import Case; print(Case.objects.get(local_id='{name}').public_id)"
    return re.search(r"K-[0-9A-Z]{12}", node("manage", "shell", "-c", asked))[0]


def test_a_case_finds_its_partner_abroad_whatever_other_peers_do(network, browser, tmp_path, screenshots):
    agency, hospital, (email, password) = network
    mine, partner = public_id(hospital, "DEMO-ABROAD-EXAMPLE"), public_id(agency, "DEMO1-EXAMPLE")
    token = tmp_path / "token"
    token.write_text("a-token-of-theirs")
    with ExitStack() as stack:
        for name, behave in (("hangs", peers.hang), ("rubbish", peers.answer(body=b"<html>"))):
            address = stack.enter_context(peers.serving(behave))
            hospital("peers", "add", name, address, "--token-file", str(token), "--timeout", "6", "--country", "CA")
        hospital("peers", "add", "down", peers.closed_port(), "--token-file", str(token), "--timeout", "6")
        page = browser.new_context(base_url=f"http://127.0.0.1:{hospital.port}", locale="en-GB").new_page()
        page.goto("/accounts/login/")
        page.get_by_label("Email").or_(page.locator("input[name=login]")).first.fill(email)
        page.locator("input[name=password]").fill(password)
        page.locator("main form button[type=submit], main form button").first.click()
        page.goto(f"/exchange/cases/{mine}/")
        page.get_by_role("button", name="Ask all nodes").click()
        page.get_by_text(partner, exact=True).wait_for(timeout=15_000)
        assert page.locator("#answers li", has_text="hangs").get_by_text("Asking", exact=True).is_visible()
        page.screenshot(path=screenshots / "exchange-first-answer.png", full_page=True)
        for why in ("It did not answer in time.", "Its answer could not be read.", "It could not be reached."):
            page.get_by_text(why).first.wait_for(timeout=20_000)
        page.screenshot(path=screenshots / "exchange-all-ended.png", full_page=True)
        agency("cases", "reach", partner, "domestic")
        answer = json.loads(hospital("peers", "match", mine, "--format", "json"))
        assert partner not in json.dumps(answer)
        agency("cases", "reach", partner, "abroad")
        answer = json.loads(hospital("peers", "match", mine, "--format", "json"))
        assert answer["matches"][0]["patient"]["id"] == partner
        states = {one["peer"]: one["state"] for one in answer["peers"]}
        assert states["agency"] == "answered"
    for node in (agency, hospital):
        node("audit", "verify")  # exit code 1 when the trail is broken
