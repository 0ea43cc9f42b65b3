"""Nodes as processes of their own, by their own command line."""

import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import httpx
from tests.conftest import ROOT
from tests.migrated import copy_to, environment

START_S = 420


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Node:
    """One node: called, it runs a command; ``environment`` is what makes a process one of this node."""

    def __init__(self, home, port):
        self.home, self.port = home, port

    @property
    def environment(self):
        return environment(self.home) | {"KAKEHASHI_BASE_URL": f"http://127.0.0.1:{self.port}"}

    def prepare(self):
        """Its home, with tables and the ontology that the test run keeps compiled."""
        copy_to(self.home / "kakehashi.sqlite3")
        (self.home / "ontology").symlink_to(ROOT / "var" / "test-ontology", target_is_directory=True)

    def __call__(self, *arguments):
        command = [sys.executable, "-m", "kakehashi", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def asked(self, query, *values):
        """The rows that its database has; a command that asked would take two seconds to start."""
        with closing(sqlite3.connect(self.home / "kakehashi.sqlite3")) as database:
            return database.execute(query, values).fetchall()

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
