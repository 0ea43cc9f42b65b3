"""Numbers are said with the noun they take: `1 case`, `2 cases`, by `counted` where the command line speaks."""

import ast
import re
from pathlib import Path

import kakehashi

COMMANDS = Path(kakehashi.__file__).parent / "cli"
PLURAL = re.compile(r" (?:[a-z]+ )?[a-z]+[^s\W]s\b")
NO_NOUN = re.compile(r" (?:ms|of|is|has|was|as|this)\b")


def numbers_before_plurals(tree: ast.AST):
    """Where a number put into a text (written with its thousands) is followed by a noun in the plural."""
    for text in (node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)):
        for part, after in zip(text.values, text.values[1:], strict=False):
            if not isinstance(part, ast.FormattedValue) or part.format_spec is None:
                continue
            said = after.value if isinstance(after, ast.Constant) else ""
            if "," in ast.unparse(part.format_spec) and PLURAL.match(said) and not NO_NOUN.match(said):
                yield text.lineno, said


def test_commands_count_with_the_noun_that_a_number_takes():
    found = []
    for file in sorted(COMMANDS.rglob("*.py")):
        for line, said in numbers_before_plurals(ast.parse(file.read_text(encoding="utf-8"))):
            found.append(f"{file.name}:{line}: …{said}")
    assert found == []
