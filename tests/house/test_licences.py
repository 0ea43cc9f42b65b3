"""What Kakehashi depends on is under a permissive licence, or named with its reason in decision 11."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
DECISION = ROOT / "docs" / "adr" / "0011-licences-of-what-we-use.md"
PERMISSIVE = {
    *("mit", "mit-0", "mit license", "bsd", "bsd license", "bsd-2-clause", "bsd-3-clause", "0bsd", "isc", "zlib"),
    *("bsd 2-clause license", "bsd 3-clause license", "3-clause bsd license", "apache-2.0", "apache 2.0", "cc0-1.0"),
    *("apache software license", "apache-2.0 with llvm-exception", "psf-2.0", "psfl", "unlicense", "postgresql"),
    "python software foundation license",
}


def named_exceptions():
    rows = [line for line in DECISION.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])}


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(requirements):
    """Every installed distribution that these lead to, with the extras asked for."""
    found, waiting = {}, [Requirement(text) for text in requirements]
    while waiting:
        one = waiting.pop()
        name, extras = canonical(one.name), set(one.extras)
        if name in found and extras <= found[name]:
            continue
        found[name] = found.get(name, set()) | extras
        try:
            asked = [Requirement(text) for text in distribution(name).requires or ()]
        except PackageNotFoundError:  # for another system, or a group that is not installed here
            del found[name]
            continue
        waiting += [
            need
            for need in asked
            if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in ("", *found[name]))
        ]
    return set(found)


def dependencies(group):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return closure(project["dependencies"] if group == "runtime" else project["optional-dependencies"][group])


def is_permissive(metadata):
    """By the licence expression, else a short licence field, else the classifiers (all of them)."""
    expression = metadata.get("License-Expression")
    if expression:
        choices = re.split(r"\s+OR\s+", expression.strip("() "))
        return any(all(part.lower() in PERMISSIVE for part in re.split(r"\s+AND\s+", one)) for one in choices)
    if (metadata.get("License") or "").strip().lower() in PERMISSIVE:
        return True
    said = [text for text in metadata.get_all("Classifier") or () if text.startswith("License ::")]
    names = [text.rpartition("::")[2].strip().lower() for text in said]
    return bool(names) and all(name in PERMISSIVE for name in names)


def has_permissive_text(name):
    """For metadata that says nothing: the licence file itself begins with the name of a permissive licence."""
    files = [file for file in distribution(name).files or () if file.name.upper().startswith(("LICENSE", "LICENCE"))]
    first = [file.read_text(encoding="utf-8").lstrip()[:40].lower() for file in files]
    return bool(first) and all(text.startswith(("mit license", "the mit license", "bsd ")) for text in first)


@pytest.mark.parametrize("group", ["runtime", "dev"])
def test_dependencies_are_permissive_or_named_in_the_decision(group):
    found = dependencies(group)
    assert len(found) > 20
    strangers = {
        name
        for name in found - named_exceptions()
        if not is_permissive(distribution(name).metadata) and not has_permissive_text(name)
    }
    assert not strangers, "choose another, or give the reason in docs/adr/0011-licences-of-what-we-use.md"


def test_decision_names_nothing_that_is_not_used():
    unused = named_exceptions() - dependencies("runtime") - dependencies("dev")
    assert not unused


@pytest.mark.parametrize(
    ("fields", "permissive"),
    [
        ({"License-Expression": "MIT"}, True),
        ({"License-Expression": "BSD-2-Clause AND Apache-2.0 WITH LLVM-exception"}, True),
        ({"License-Expression": "Apache-2.0 OR GPL-3.0-only"}, True),
        ({"License-Expression": "MIT AND GPL-3.0-only"}, False),
        ({"License-Expression": "LGPL-3.0-only"}, False),
        ({"License": "MPL-2.0"}, False),
        ({"Classifier": "License :: OSI Approved :: MIT License"}, True),
        ({"Classifier": "License :: OSI Approved :: GNU Affero General Public License v3"}, False),
        ({}, False),
    ],
)
def test_licences_are_told_apart(fields, permissive):
    from email.message import Message

    metadata = Message()
    for key, text in fields.items():
        metadata[key] = text
    assert is_permissive(metadata) is permissive
