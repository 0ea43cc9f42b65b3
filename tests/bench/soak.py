"""Twenty people at work on a node for half an hour: ``python -m tests.bench.soak --minutes 30 --users 20``.

A real ``kakehashi up`` with its worker. Every user logs in through the site and works (soaking.py) with pauses that are
adapted until the node takes some 60 % of one core. The summary is JSON: requests of every kind, p50 and p95, every
answer that is neither success nor an expected refusal, memory and open files of site and worker every ten seconds and
their slope over the last two thirds, size of the database, jobs left, and what stands in the end, the audit trail
verified.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.nodes import Hand, Node, database, logged_in, problems, served
from tests.bench.packets import write_packets
from tests.bench.soaking import SET_UP, UNFINISHED, Pace, Record, User, peer

EVERY_SECONDS = 10.0
SHARE_OF_A_CORE = 0.6
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Sample:
    """The node's processes at one time: CPU seconds so far, MB resident, MB of their own, open files, by role.

    Their own: anonymous memory. The rest are pages of ontology and index files, dropped when room is needed.
    """

    at: float
    cpu_s: float
    mb: dict[str, float] = field(default_factory=dict)
    own_mb: dict[str, float] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)


def sampled(group: int) -> Sample:
    """Look at every process of a process group."""
    found = Sample(time.monotonic(), 0.0)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            if int(stat[2]) != group:
                continue
            role = "worker" if b"worker" in (folder / "cmdline").read_bytes().split(b"\0") else "site"
            resident = int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
            found.cpu_s += (int(stat[11]) + int(stat[12])) / TICKS
            said = (folder / "status").read_text().split("RssAnon:")
            found.mb[role] = found.mb.get(role, 0.0) + resident
            if len(said) == 2:
                found.own_mb[role] = found.own_mb.get(role, 0.0) + int(said[1].split()[0]) / 1000
            found.files[role] = found.files.get(role, 0) + len(list((folder / "fd").iterdir()))
        except OSError:  # it ended while it was looked at
            continue
    return found


def slope(samples: list[Sample], role: str) -> float:
    """MB of its own that a role takes more a minute, over the last two thirds, by least squares."""
    late = samples[len(samples) // 3 :]
    if len(late) < 3:
        return 0.0
    minutes = [(one.at - late[0].at) / 60 for one in late]
    return round(float(np.polyfit(minutes, [one.own_mb.get(role, 0.0) for one in late], 1)[0]), 3)


def watched(group: int, pace: Pace, until: float) -> list[Sample]:
    """Look every ten seconds, and adapt the pauses to the share of a core that the node takes."""
    samples = [sampled(group)]
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(EVERY_SECONDS, left))
        samples.append(sampled(group))
        share = (samples[-1].cpu_s - samples[-2].cpu_s) / max(samples[-1].at - samples[-2].at, 0.1)
        pace.adapt(share / SHARE_OF_A_CORE)
    return samples


def told(record: Record) -> dict[str, Any]:
    """Requests of each kind: how many, and milliseconds."""
    return {
        kind: {
            "requests": len(times),
            "p50 ms": round(1000 * statistics.median(times), 1),
            "p95 ms": round(1000 * float(np.quantile(times, 0.95)), 1),
        }
        for kind, times in sorted(record.seconds.items())
    }


def soak(node: Node, folder: Path, *, minutes: float, users: int, cases: int) -> dict[str, Any]:
    """Set the node up, let people work, and say what was seen."""
    write_packets(folder / "packets.jsonl", cases)
    node.run("cases", "import", str(folder / "packets.jsonl"), "--organisation", "KILLED", "--reach", "institution")
    with Hand(node) as hand:
        emails = hand.do(SET_UP, users=users)
    token = node.run("peers", "grant", "foreign", "--country", "FR").strip()
    record, pace, log = Record(), Pace(), folder / "log"
    with served(node, log=log) as (address, process):
        people = [User(logged_in(address, email), number, record) for number, email in enumerate(emails)]
        until = time.monotonic() + 60 * minutes
        threads = [threading.Thread(target=one.work, args=(pace, until)) for one in people]
        threads.append(threading.Thread(target=peer, args=(address, token, record, pace, until)))
        for thread in threads:
            thread.start()
        samples = watched(process.pid, pace, until)
        for thread in threads:
            thread.join()
        left = _jobs_left(node)
        samples.append(sampled(process.pid))
    with Hand(node) as hand:
        figures = hand.judged()
        figures["jobs unfinished"] = hand.do(UNFINISHED)
    said = log.read_text(errors="replace")
    span = samples[-2].at - samples[0].at
    return {
        "minutes": minutes,
        "users": users,
        "requests": sum(len(times) for times in record.seconds.values()),
        "kinds": told(record),
        "refused as expected": record.refused,
        "errors": record.errors[:20],
        "error count": len(record.errors),
        "share of a core": round((samples[-2].cpu_s - samples[0].cpu_s) / span, 2),
        "MB at first third": {role: round(mb) for role, mb in samples[len(samples) // 3].mb.items()},
        "MB at end": {role: round(mb) for role, mb in samples[-1].mb.items()},
        "own MB at first third": {role: round(mb) for role, mb in samples[len(samples) // 3].own_mb.items()},
        "own MB at end": {role: round(mb) for role, mb in samples[-1].own_mb.items()},
        "own MB/min": {role: slope(samples[:-1], role) for role in ("site", "worker")},
        "open files": {"first": samples[0].files, "end": samples[-1].files},
        "database MB": round(_database_mb(node), 1),
        "jobs left after two minutes": left,
        "locked in the log": said.count("database is locked"),
        "log lines": len(said.splitlines()),
        "log tail": said.splitlines()[-5:],
        "end": figures,
        "problems": problems(figures),
    }


def _jobs_left(node: Node) -> int:
    """Jobs that wait or run, when the worker has had two quiet minutes."""
    query, until = "SELECT count(*) FROM jobs_job WHERE state IN ('waiting', 'running')", time.monotonic() + 120
    while (left := int(node.asked(query)[0][0])) and time.monotonic() < until:
        time.sleep(2)
    return left


def _database_mb(node: Node) -> float:
    if node.database_url:
        return float(node.asked("SELECT pg_database_size(current_database())")[0][0]) / 1e6
    return sum(path.stat().st_size for path in node.home.glob("kakehashi.sqlite3*")) / 1e6


def main() -> int:
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--minutes", type=float, default=30)
    asking.add_argument("--users", type=int, default=20)
    asking.add_argument("--cases", type=int, default=1000)
    asking.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    asked = asking.parse_args()
    with tempfile.TemporaryDirectory(prefix="kakehashi-soak-") as name:
        folder = Path(name)
        with database(asked.database) as url:
            node = Node.fresh(folder / "home", url)
            found = soak(node, folder, minutes=asked.minutes, users=asked.users, cases=asked.cases)
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return 1 if found["errors"] or found["problems"] or found["locked in the log"] else 0


if __name__ == "__main__":
    sys.exit(main())
