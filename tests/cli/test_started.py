"""Every command that needs the node starts it itself: run as people run them, in a process of their own."""

import subprocess
import sys
from collections.abc import Iterator

import click
from tests.migrated import copy_to, environment

from kakehashi.cli import COMMANDS, NodeCommand, NodeGroup, main


def leaves(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def test_commands_of_a_group_that_needs_the_node_start_it_however_deep_they_lie():
    groups = {name: main.get_command(click.Context(main), name) for name in COMMANDS}
    found = [leaf for name, group in groups.items() if isinstance(group, NodeGroup) for leaf in leaves(group, name)]
    assert len(found) > 20
    assert [path for path, command in found if not isinstance(command, NodeCommand)] == []


def test_outputs_are_imported_by_a_process_of_its_own(tmp_path):
    copy_to(tmp_path / "kakehashi.sqlite3")
    file = tmp_path / "outputs.csv"
    file.write_text("kind,reference,on,title,awards\nlicence,L1,2019-06-01,導出,19ek0109000\n", encoding="utf-8")
    command = [sys.executable, "-m", "kakehashi", "portfolio", "outputs", "import", str(file), "--format", "csv"]
    said = subprocess.run(
        command, env=environment(tmp_path), capture_output=True, encoding="utf-8", check=False, timeout=120
    )
    assert "Traceback" not in said.stderr
    assert (said.returncode, "left out: 1" in said.stdout) == (1, True), said
