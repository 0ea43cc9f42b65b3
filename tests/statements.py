"""Of a test's parameter sets, those that ask a database different things: on a second kind of database they are enough.

A run on SQLite notes which statements each parameter set sends (``--note-statements``). A run on PostgreSQL that reads
what was noted (``--by-statements``) leaves out a set that differs from another of its test only in who asks, in which
language and in which state, and whose every statement, with how it ended, the other sends too: the many roles that a
page is closed to, the other language of a page. Never left out: a test without parameters, a set with another value to
read or to write, a set of which nothing was noted.
"""

import os
import re
from collections import defaultdict
from collections.abc import Hashable, Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path

import pytest
from django.db.backends.signals import connection_created

WHO_AND_HOW = {"role", "kind", "place", "language", "combination"}
"""Names of parameters that say by whom, where and in which language something is asked, of what in which state."""
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


def group_of(item: pytest.Item) -> tuple[object, ...]:
    """What a parameter set has in common with those of the same test that differ from it only in who asks and how."""
    named = getattr(item, "callspec", None)
    given = named.params if named else {}
    values = sorted((name, repr(value)) for name, value in given.items() if name not in WHO_AND_HOW)
    return item.nodeid.partition("[")[0], *values


def left_out(groups: Mapping[str, Hashable], noted: Mapping[str, set[str]]) -> set[str]:
    """Of the parameter sets (by name: their group), those that send nothing that others of their group do not; those
    that send most stay."""
    sets = defaultdict(list)
    for name, group in groups.items():
        if name in noted:
            sets[group].append(name)
    found = set()
    for alike in sets.values():
        sent: set[str] = set()
        for name in sorted(alike, key=lambda name: -len(noted[name])):
            if noted[name] <= sent:
                found.add(name)
            sent |= noted[name]
    return found
