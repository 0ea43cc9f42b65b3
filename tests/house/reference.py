"""Writes docs/reference from the code: command line, settings, API, workflows, permissions; a test holds it current."""

import functools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
NOTICE = "<!-- Written by `make reference` from the code: edit the code, not this page. -->\n"


def settings_page() -> str:
    """Every environment variable with its default and meaning."""
    from kakehashi.config.environment import SETTINGS

    rows = [f"| `{row.name}` | `{row.default or ' '}` | {row.en}<br>{row.ja} |" for row in SETTINGS]
    return "\n".join(["# Settings", "", NOTICE, "| variable | default | meaning |", "| --- | --- | --- |", *rows, ""])


def command_page() -> str:
    """Every command's help, in English, asked in a fresh interpreter: click keeps what an earlier call made of it."""
    asked = "from tests.house import reference; print(reference.command_help(), end='')"
    environment = os.environ | {"KAKEHASHI_CLI_LANGUAGE": "en"}
    return subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    ).stdout


def command_help() -> str:
    """Every command's help in the language of the environment."""
    import click

    from kakehashi.cli import COMMANDS, main

    def pages(command: click.Command, parent: click.Context | None, name: str) -> Iterator[str]:
        context = click.Context(command, info_name=name, parent=parent, terminal_width=100, max_content_width=100)
        yield f"## `{context.command_path}`\n\n```text\n{command.get_help(context)}\n```\n"
        if isinstance(command, click.Group):
            for child in command.list_commands(context):
                found = command.get_command(context, child)
                assert found is not None
                yield from pages(found, context, child)

    root = click.Context(main, info_name="kakehashi", **main.context_settings)
    parts = ["# Command line\n", NOTICE]
    for name in COMMANDS:
        found = main.get_command(root, name)
        assert found is not None
        parts += pages(found, root, name)
    return "\n".join(parts)


def api_document() -> dict[str, object]:
    """The OpenAPI document of the node's API."""
    from kakehashi.config.api import api

    return json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/"), default=str))


def api_page() -> str:
    """Every route with its summary and answers; openapi.json beside it holds the shapes."""
    document = api_document()
    lines = ["# API", "", NOTICE, "Shapes: [openapi.json](openapi.json); on a running node `/api/docs`.", ""]
    lines += ["| method | path | what | answers |", "| --- | --- | --- | --- |"]
    for path, methods in document["paths"].items():  # type: ignore[attr-defined]
        for method, operation in methods.items():
            answers = ", ".join(str(code) for code in operation["responses"])
            lines.append(f"| {method.upper()} | `{path}` | {operation.get('summary', '')} | {answers} |")
    return "\n".join([*lines, ""])


def workflow_page() -> str:
    """The state diagram of every workflow, from its table."""
    from django.utils import translation

    from kakehashi.kernel import workflow

    parts = ["# Workflows", "", NOTICE]
    with translation.override("en"):
        for model, flow in sorted(workflow.registered().items(), key=lambda pair: pair[0].__name__):
            parts += [f"## {model.__name__}", "", "```mermaid", workflow.mermaid(flow), "```", ""]
    return "\n".join(parts)


def exchange_page() -> str:
    """Every requirement of the Matchmaker Exchange with the test that proves it."""
    from tests.contract.mme import requirements

    return requirements.page(NOTICE)


def portfolio_page() -> str:
    """Who may make which move and which write in the portfolio, from the table that its tests hold it to."""
    from django.utils import translation

    from tests.systems.portfolio import who_may

    with translation.override("en"):
        return who_may.page(NOTICE)


@functools.cache
def pages() -> dict[str, str]:
    """File name → text of every generated page."""
    return {
        "settings.md": settings_page(),
        "command-line.md": command_page(),
        "api.md": api_page(),
        "openapi.json": json.dumps(api_document(), ensure_ascii=False, indent=1) + "\n",
        "workflows.md": workflow_page(),
        "matchmaker-exchange.md": exchange_page(),
        "portfolio-permissions.md": portfolio_page(),
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, page in pages().items():
        (REFERENCE / name).write_text(page, encoding="utf-8")
        print(REFERENCE / name)
