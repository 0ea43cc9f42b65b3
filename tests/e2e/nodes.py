"""Nodes as processes of their own, by their own command line."""

import os
import socket
import subprocess
import sys
import time

import httpx
from tests.conftest import ROOT

START_S = 420


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(home, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KAKEHASHI", "DJANGO"))}
    return kept | {"KAKEHASHI_HOME": str(home), "KAKEHASHI_CLI_LANGUAGE": "en", "PYTHONPATH": str(ROOT / "src")} | more


class Node:
    """One node: called, it runs a command; ``environment`` is what makes a process one of this node."""

    def __init__(self, home, port):
        self.home, self.port = home, port

    @property
    def environment(self):
        return environment(self.home, KAKEHASHI_BASE_URL=f"http://127.0.0.1:{self.port}")

    def __call__(self, *arguments):
        command = [sys.executable, "-m", "kakehashi", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def wait_until_served(self, process, log):
        """Until the node answers; fails with the log when its process ends or it takes too long."""
        until = time.monotonic() + START_S
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/", timeout=5)
                return
            except httpx.HTTPError:
                time.sleep(0.5)
