"""A node killed (kill -9) at random moments loses, doubles and half writes nothing: ``python -m tests.bench.killed``.

``--moments 200`` are shared evenly among registration, import, matching, diagnosis and backup (killing.py). After each
kill the node is started again and looked at: what was acknowledged stands, revisions and finding rows agree with the
cases, the index with the database, every reference with its row, and the audit trail verifies. The summary is JSON.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.killing import ENTER, KINDS, PERSON, Kind
from tests.bench.nodes import ORGANISATION, Hand, Node, database, problems
from tests.bench.packets import TERMS

CASES_AT_FIRST = 150


def prepared(home: Path, database_url: str) -> Node:
    """A node with a clinician who is a data manager as well."""
    node = Node.fresh(home, database_url)
    node.add_person(PERSON, "clinician", "data_manager")
    return node


def killed(
    node: Node, folder: Path, *, moments: int, seed: int, kinds: list[str] | None = None, cases: int = CASES_AT_FIRST
) -> dict[str, Any]:
    """Kill the node ``moments`` times, the kinds in turn; what was found, kind by kind, and every problem."""
    draw, started = random.Random(seed), time.monotonic()
    with Hand(node) as hand:
        names = [f"first-{number}" for number in range(cases)]
        for number in range(0, cases, 10):
            terms = draw.sample(TERMS, 5)
            hand.do(ENTER, email=PERSON, code=ORGANISATION, names=names[number : number + 10], terms=terms)
        work: dict[str, Kind] = {name: KINDS[name](node, hand, draw, folder) for name in kinds or KINDS}
        figures: dict[str, Any] = {}
        for number in range(moments):
            name = list(work)[number % len(work)]
            kind, began = work[name], time.monotonic()
            kind.moments += 1
            kind.moment()
            figures = hand.judged()
            for problem in problems(figures):
                kind.insist(False, problem)
            kind.seconds += time.monotonic() - began
            print(f"{number + 1}/{moments} {name}: {len(kind.problems)} problems", file=sys.stderr, flush=True)
        for kind in work.values():
            kind.last()
        figures = hand.judged()
    found = [f"at the end: {problem}" for problem in problems(figures)]
    return {
        "moments": moments,
        "seed": seed,
        "seconds": round(time.monotonic() - started),
        "kinds": {
            name: {
                "moments": kind.moments,
                "killed while at work": kind.killed,
                "acknowledged": kind.acknowledged,
                "seconds": round(kind.seconds),
                "problems": kind.problems,
            }
            for name, kind in work.items()
        },
        "end": figures,
        "problems": found + [problem for kind in work.values() for problem in kind.problems],
    }


def main() -> int:
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--moments", type=int, default=200)
    asking.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    asking.add_argument("--seed", type=int, default=7)
    asking.add_argument("--kinds", nargs="+", choices=list(KINDS))
    asked = asking.parse_args()
    with tempfile.TemporaryDirectory(prefix="kakehashi-killed-") as name:
        folder = Path(name)
        with database(asked.database) as url:
            node = prepared(folder / "home", url)
            found = killed(node, folder, moments=asked.moments, seed=asked.seed, kinds=asked.kinds)
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return 1 if found["problems"] else 0


if __name__ == "__main__":
    sys.exit(main())
