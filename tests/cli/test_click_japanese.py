"""The command line speaks one language: click's own words too."""

import gettext
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import polib
import pytest
from babel.messages.extract import extract
from click.testing import CliRunner

import kakehashi
from kakehashi.cli import main
from kakehashi.locale.build import compile_if_stale

CATALOGUE = Path(kakehashi.__file__).parent / "locale" / "click" / "ja.po"
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"{\w+(?:!r)?}")
FOR_PROGRAMMERS = re.compile(r"declar|same flag|defined twice|start character")
ENGLISH = ("Usage:", "Options:", "Error:", "Missing", "Invalid", "No such", "Try '", "is not", "default:", "Show ")


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    compile_if_stale()


def called(*arguments, language):
    return CliRunner().invoke(main, arguments, env={"KAKEHASHI_CLI_LANGUAGE": language}).output


@pytest.mark.parametrize(
    "arguments",
    [
        ["rank"],
        ["rank", "--top", "none", "a.json"],
        ["rank", "--top", "0", "a.json"],
        ["rank", "--format", "word", "a.json"],
        ["rank", "--tip"],
        ["rank", "--top"],
        ["runk"],
        ["audit", "list", "--since", "soon"],
        ["organisations", "list", "one", "two"],
    ],
    ids=" ".join,
)
def test_nothing_is_said_in_the_other_language(arguments):
    japanese, english = called(*arguments, language="ja"), called(*arguments, language="en")
    assert JAPANESE.search(japanese)
    assert not [word for word in ENGLISH if word in japanese], japanese
    assert [word for word in (*ENGLISH, "unexpected extra") if word in english], english


@pytest.mark.parametrize("arguments", [["--help"], ["rank", "--help"], ["audit", "list", "--help"]], ids=" ".join)
def test_help_is_japanese_throughout(arguments):
    """In a process of its own: help texts are chosen when the commands are imported."""
    environment = os.environ | {"KAKEHASHI_CLI_LANGUAGE": "ja", "PYTHONPATH": str(CATALOGUE.parents[3])}
    command = [sys.executable, "-m", "kakehashi", *arguments]
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    assert "使い方：" in said
    assert not [word for word in ENGLISH if word in said], said


def test_speaking_japanese_leaves_the_process_as_it_was(monkeypatch):
    monkeypatch.delenv("LANGUAGE", raising=False)
    called("--help", language="ja")
    assert gettext.textdomain() == "messages"
    assert "LANGUAGE" not in os.environ
    monkeypatch.setenv("LANGUAGE", "de")
    called("--help", language="ja")
    assert os.environ["LANGUAGE"] == "de"


def test_everything_click_says_to_a_person_is_translated():
    known = {entry.msgid: entry for entry in polib.pofile(str(CATALOGUE))}
    folder = Path(click.__file__).parent
    for name in ("core", "exceptions", "formatting", "types", "parser", "decorators"):
        with (folder / f"{name}.py").open("rb") as code:
            for _line, message, _comments, _context in extract("python", code, {"_": None, "ngettext": (1, 2)}):
                first = message[0] if isinstance(message, tuple) else message
                assert FOR_PROGRAMMERS.search(first) or (first in known and known[first].translated()), first


def test_placeholders_of_clicks_words_are_theirs():
    for entry in polib.pofile(str(CATALOGUE)):
        for said in [entry.msgstr, *entry.msgstr_plural.values()]:
            assert set(PLACEHOLDER.findall(said)) <= set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural)), said
