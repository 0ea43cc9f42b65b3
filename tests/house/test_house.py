"""The house's own rules: floors, file sizes, system shape, no machine's paths, docs that say what is true."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.house import reference

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "kakehashi"
FILE_LIMIT = 430  # "about 400 lines"
FLOORS = ["engines", "protocols", "lake", "kernel", "systems", "web", "config", "cli"]


def sources():
    return [path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts]


def imported_modules(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def test_no_file_outgrows_its_room():
    long = {
        str(path.relative_to(ROOT)): n for path in sources() if (n := len(path.read_text().splitlines())) > FILE_LIMIT
    }
    assert not long, f"split these into a package of the same name: {long}"


def test_no_package_imports_from_a_floor_above():
    wrong = []
    for path in sources():
        parts = path.relative_to(PACKAGE).parts
        if parts[0] not in FLOORS:
            continue
        above = FLOORS[FLOORS.index(parts[0]) + 1 :]
        for module in imported_modules(path):
            names = module.split(".")
            if names[0] == "kakehashi" and len(names) > 1 and names[1] in above:
                wrong.append(f"{path.relative_to(ROOT)} imports {module}")
    assert not wrong


def test_systems_meet_only_through_public():
    wrong = []
    for path in (PACKAGE / "systems").rglob("*.py"):
        own = path.relative_to(PACKAGE / "systems").parts[0]
        for module in imported_modules(path):
            names = module.split(".")
            if names[:2] == ["kakehashi", "systems"] and len(names) > 3 and names[2] != own and names[3] != "public":
                wrong.append(f"{path.relative_to(ROOT)} imports {module}")
    assert not wrong


def test_nothing_is_called_utils():
    banned = {"utils", "common", "helpers", "manager", "misc"}
    assert not [path for path in sources() if path.stem in banned or banned & set(path.parts)]


def test_no_machine_path_or_secret_is_committed():
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    pattern = re.compile(r"(?<![\w.])/(?:root|work|home/\w+)/\w|BEGIN (?:RSA |EC )?PRIVATE KEY")
    found = []
    for name in files:
        path = ROOT / name
        if (
            path.suffix in {".py", ".md", ".toml", ".txt", ".html", ".css", ".js", ".po", ".json", ""}
            and path.is_file()
        ):
            text = path.read_text(encoding="utf-8", errors="replace")
            if name != "tests/house/test_house.py" and (hit := pattern.search(text)):
                found.append(f"{name}: {hit.group(0)}")
    assert not found


@pytest.mark.parametrize(
    "page",
    ["settings.md", "command-line.md", "api.md", "openapi.json", "workflows.md", "matchmaker-exchange.md"],
)
def test_reference_is_current(page):
    written = reference.REFERENCE / page
    assert written.exists(), "run: make reference"
    assert written.read_text(encoding="utf-8") == reference.pages()[page], "the code has moved on; run: make reference"


def test_links_between_documents_lead_somewhere():
    dead = []
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists():
                dead.append(f"{path.relative_to(ROOT)} → {target}")
    assert not dead


def test_readme_commands_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    assert {"demo", "test"} <= set(re.findall(r"`?make ([\w-]+)", readme))
    assert set(re.findall(r"make ([\w-]+)", readme)) <= targets

    from kakehashi.cli import COMMANDS

    assert set(re.findall(r"\bkakehashi ([a-z]+)\b(?! is| runs)", readme)) <= set(COMMANDS)


def test_readme_names_organisations_of_the_demo():
    from kakehashi.systems.cases.demo import HOSPITALS

    named = set(re.findall(r"--organisation (\S+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named <= {hospital.code for hospital in HOSPITALS}


def test_changelog_names_the_version():
    from kakehashi import __version__

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_events_hold_ids_numbers_and_dates_only():
    """An event is kept until its handlers are done: what it is about is read from where it is guarded."""
    from dataclasses import fields
    from datetime import date, datetime
    from typing import get_type_hints

    from kakehashi.kernel.events import Event

    plain = {int, bool, float, date, datetime, tuple[int, ...], int | None}
    ours = [kind for kind in Event.__subclasses__() if kind.__module__.startswith("kakehashi.")]
    assert ours
    wordy = {
        f"{kind.__qualname__}.{field.name}"
        for kind in ours
        for field in fields(kind)
        if get_type_hints(kind)[field.name] not in plain
    }
    assert not wordy


def test_there_is_no_way_in_past_the_actions():
    """Decision 12: no Django admin, neither installed nor prepared for."""
    from django.conf import settings

    assert "django.contrib.admin" not in settings.INSTALLED_APPS
    assert not [path for path in sources() if path.name == "admin.py"]
