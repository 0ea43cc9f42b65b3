"""``kakehashi network`` stopped at a terminal: each node is told once, the command ends, nothing is left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NODE = """
import os, signal, sys, time
told = open(os.environ["TOLD"], "a", buffering=1)
def say(number, _frame):
    told.write(signal.Signals(number).name + "\\n")
    signal.setitimer(signal.ITIMER_REAL, 0.5)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, say)
signal.signal(signal.SIGALRM, lambda *_: sys.exit(0))
told.write(f"{os.getpid()}\\n")
while True:
    time.sleep(60)
"""
NETWORK = """
import os, signal, sys
from kakehashi.cli.network import _serve
signal.signal(signal.SIGINT, signal.default_int_handler)
told = sys.argv[1:]
nodes = {name: dict(os.environ, TOLD=name, PYTHONPATH=os.environ["NODE"]) for name in told}
_serve(nodes, dict.fromkeys(told, 1))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda one: one.name)
def test_each_node_is_told_once_and_none_is_left(tmp_path, number):
    package = tmp_path / "node" / "kakehashi"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(NODE)
    told = [tmp_path / "agency", tmp_path / "hospital"]
    network = subprocess.Popen(
        [sys.executable, "-c", NETWORK, *map(str, told)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "NODE": str(package.parent)},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    until = time.monotonic() + 60
    while not all(one.exists() and one.read_text().endswith("\n") for one in told) and time.monotonic() < until:
        time.sleep(0.1)
    os.killpg(network.pid, number)  # as a terminal does: to its whole foreground group
    said, _none = network.communicate(timeout=30)
    assert network.returncode == 0, said
    assert "Traceback" not in said
    for one in told:
        pid, *signals = one.read_text().split()
        assert signals == ["SIGTERM"]
        assert not Path(f"/proc/{pid}").exists()
