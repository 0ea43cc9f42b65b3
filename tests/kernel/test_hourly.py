"""What the worker does every hour."""

import re
import subprocess
import sys
from pathlib import Path

import kakehashi
from kakehashi.kernel.jobs import hourly

SOURCE = Path(kakehashi.__file__).parent


def test_a_chore_that_brings_in_another_keeps_none_of_the_rest(monkeypatch):
    done = []

    def first():
        hourly.every_hour(later)
        done.append("first")

    def later():
        done.append("later")

    def fails():
        raise ValueError

    def last():
        done.append("last")

    monkeypatch.setattr(hourly, "_chores", {})
    for chore in (first, fails, last):
        hourly.every_hour(chore)
    hourly.do_chores()
    assert done == ["first", "last"]


def test_the_worker_knows_every_chore_without_having_served_a_page():
    named = {
        f"kakehashi.{'.'.join(file.relative_to(SOURCE).with_suffix('').parts)}.{name}"
        for file in SOURCE.rglob("*.py")
        if file.name != "hourly.py"
        for name in re.findall(r"^@every_hour\ndef (\w+)", file.read_text(), re.MULTILINE)
    }
    said = "import django; django.setup(); from kakehashi.kernel.jobs import hourly; print(*hourly._chores)"
    known = subprocess.run([sys.executable, "-c", said], check=True, capture_output=True, text=True)
    assert named
    assert set(known.stdout.split()) == named
