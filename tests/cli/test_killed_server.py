"""``kakehashi up`` killed outright: nothing of it goes on, and its port is free again."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from tests.migrated import copy_to

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 240
END_SECONDS = 15


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def comes_true(condition, seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.2)
    return False


def of_group(group):
    """The living processes of a process group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, its_group = stat.read_text().rsplit(")", 1)[1].split()[:3]
        except OSError:
            continue
        if int(its_group) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_killed_server_frees_its_port_and_leaves_no_process_behind(tmp_path, knowledge):
    home = tmp_path / "home"
    copy_to(home / "kakehashi.sqlite3")
    (home / "ontology").symlink_to(ROOT / "var" / "test-ontology", target_is_directory=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("KAKEHASHI_", "DJANGO_"))}
    environment |= {"KAKEHASHI_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    server = subprocess.Popen(
        [sys.executable, "-m", "kakehashi", "up", "--port", str(port)],
        env=environment,
        cwd=tmp_path,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert comes_true(lambda: server.poll() is not None or answers(port), START_SECONDS)
        assert server.poll() is None
        assert len(of_group(server.pid)) >= 3  # server, web process, job worker
        server.kill()
        server.wait()
        assert comes_true(lambda: not listens(port), END_SECONDS)
        assert comes_true(lambda: not of_group(server.pid), END_SECONDS)
    finally:
        for left in of_group(server.pid):
            os.kill(left, signal.SIGKILL)
