"""Japanese as it is set: brackets and colons beside Japanese are full-width."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

import kakehashi

SOURCE = Path(kakehashi.__file__).parent
CATALOGUES = [*sorted((SOURCE / "locale" / "ja").glob("*.po")), SOURCE / "locale" / "click" / "ja.po"]
JA = "ぁ-ヿ一-鿿々"
HALF = re.compile(rf"[{JA}]\(|(?<!%)\([^()a-z]*[{JA}]|[{JA}]\)|[{JA}）]:")
COMPOSED = re.compile(rf"[{JA}」\0] ?\((?!\?)|\([^()]*[{JA}][^()]*\)|[{JA}）」]:|\0: ?[{JA}]")
"""In a text of the code, whose parts put in are NUL here."""
PATTERN = re.compile(r"\(\?|\\d|\\s")
ENGLISH = ("Kakehashi (架け橋): ",)
"""English texts that hold Japanese."""
TEMPLATE = re.compile(r"(?:%}|}}|</strong>) ?(?:\((?=[{\w])|:(?= ))|[( ]\({[{%]|>: ?{[{%]")
MARKUP = re.compile(r"{% (blocktranslate|comment).*?{% end\1 %}", re.DOTALL)


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_brackets_and_colons_are_full_width(file):
    said = [text for entry in polib.pofile(str(file)) for text in (entry.msgstr, *entry.msgstr_plural.values())]
    assert said
    assert [text for text in said if HALF.search(text)] == []


def texts_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text that the code holds, but for docstrings, with its line."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield (
                node.lineno,
                "".join(
                    str(getattr(part, "value", "")) if isinstance(part, ast.Constant) else "\0" for part in node.values
                ),
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not {id(node)} & (inside | told):
            yield node.lineno, node.value


def test_brackets_and_colons_are_full_width_in_the_texts_of_the_code():
    found = []
    for file in sorted(SOURCE.rglob("*.py")):
        for line, text in texts_of(ast.parse(file.read_text(encoding="utf-8"))):
            japanese = re.search(f"[{JA}]", text) and not PATTERN.search(text) and not text.startswith(ENGLISH)
            if japanese and COMPOSED.search(text):
                found.append(f"{file.relative_to(SOURCE)}:{line}: {text}")
    assert found == []


@pytest.mark.parametrize("file", sorted(SOURCE.rglob("templates/**/*.html")), ids=lambda file: file.name)
def test_templates_put_texts_together_by_the_punctuation_of_the_language(file):
    """By the filters ``labelled`` and ``noted`` or the translated colon, never by a colon or bracket of their own."""
    text = MARKUP.sub("", file.read_text(encoding="utf-8"))
    assert [found.group() + text[found.end() : found.end() + 40] for found in TEMPLATE.finditer(text)] == []
