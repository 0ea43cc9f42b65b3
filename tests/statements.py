"""Of a test's parameter sets, those that ask a database different things: on a second kind of database they are enough.

A run on SQLite notes which statements each parameter set sends (``--note-statements``). A run on PostgreSQL that reads
what was noted (``--by-statements``) leaves out a set whose every statement, with how it ended, another set of the same
test sends too: the other roles that a page is closed to, the other language of a page. A test without parameters is
never left out, nor a set of which nothing was noted.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path

import pytest
from django.db.backends.signals import connection_created

LISTED = re.compile(r"(?:%s, )+%s")
NAMED = re.compile(r'"s\d+_x\d+"|\d+')
"""What changes from one run to the next: names of savepoints and of second tables, a page's limits."""


@cache
def shape(statement: str, ended: str) -> str:
    """A statement, whatever its values, and how it ended: in an error of this name, with rows written, or neither."""
    told = NAMED.sub("n", LISTED.sub("%s", statement))
    return blake2b(f"{ended}\n{told}".encode(), digest_size=6).hexdigest()


class Noted:
    """Notes the statements of each parameter set, in a file of this process."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / os.environ.get("PYTEST_XDIST_WORKER", "main")
        self.sent: set[str] = set()
        connection_created.connect(self._listen)

    def _listen(self, connection, **_about):
        if self._sent not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._sent)

    def _sent(self, execute, sql, params, many, context):
        try:
            result = execute(sql, params, many, context)
        except Exception as error:
            self.sent.add(shape(str(sql), type(error).__name__))
            raise
        self.sent.add(shape(str(sql), "written" if context["cursor"].rowcount > 0 else ""))
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        self.sent.clear()
        result = yield
        if "[" in item.nodeid and self.sent:
            with self.file.open("a", encoding="utf-8") as file:
                file.write("\t".join([item.nodeid, *sorted(self.sent)]) + "\n")
        return result


def noted_in(folder: Path) -> dict[str, set[str]]:
    """By parameter set, the statements noted in all files of a folder; nothing where nobody noted any."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in sorted(folder.glob("*")):
        for line in file.read_text(encoding="utf-8").splitlines():
            name, *sent = line.split("\t")
            found[name].update(sent)
    return found


def left_out(names: Iterable[str], noted: dict[str, set[str]]) -> set[str]:
    """The parameter sets that send nothing that others of their test do not; those that send most stay."""
    sets = defaultdict(list)
    for name in names:
        if name in noted:
            sets[name.partition("[")[0]].append(name)
    found = set()
    for alike in sets.values():
        sent: set[str] = set()
        for name in sorted(alike, key=lambda name: -len(noted[name])):
            if noted[name] <= sent:
                found.add(name)
            sent |= noted[name]
    return found
