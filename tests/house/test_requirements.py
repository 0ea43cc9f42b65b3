"""The table of the Matchmaker Exchange's requirements names tests that exist and run."""

import re
import subprocess
import sys
from pathlib import Path

from tests.contract.mme.requirements import REQUIREMENTS

ROOT = Path(__file__).resolve().parents[2]


def test_every_requirement_names_a_test_that_is_collected():
    files = sorted({one.test.partition("::")[0] for one in REQUIREMENTS})
    asked = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", *files]
    said = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    collected = {line.partition("[")[0] for line in said.stdout.splitlines() if "::" in line}
    assert not [one.test for one in REQUIREMENTS if one.test not in collected]


def test_no_test_of_a_requirement_is_skipped():
    files = {ROOT / one.test.partition("::")[0] for one in REQUIREMENTS}
    assert not [str(path) for path in files if re.search(r"mark\.(skip|xfail)", path.read_text(encoding="utf-8"))]


def test_ids_are_unique():
    assert len({one.id for one in REQUIREMENTS}) == len(REQUIREMENTS)
