"""The command line: ``kakehashi …``. Commands are imported when called, so that ``rank`` never waits for Django."""

import gettext
import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from kakehashi import __version__

# command → (module, attribute, English help, Japanese help)
COMMANDS: dict[str, tuple[str, str, str, str]] = {
    "rank": ("rank", "rank", "Rank the known diseases for patients.", "患者に対して既知の疾患を順位付けする。"),
    "check": ("check", "check", "Check phenopackets.", "フェノパケットを検査する。"),
    "match": ("rank", "match", "Find the most similar cases.", "最も似た症例を探す。"),
    "ontology": (
        "ontology",
        "ontology",
        "Install, inspect and search the ontology.",
        "オントロジーの導入・確認・検索。",
    ),
    "demo": ("node", "demo", "Prepare the demo node and serve it.", "デモ用ノードを準備して起動する。"),
    "up": ("node", "up", "Serve this node.", "このノードを起動する。"),
    "worker": ("node", "worker", "Work off waiting jobs.", "待機中のジョブを処理する。"),
    "doctor": ("doctor", "doctor", "Check this node and say what to do.", "ノードを点検し対処を示す。"),
    "backup": ("backup", "backup", "Back up this node while it runs.", "動作中のノードをバックアップする。"),
    "restore": ("restore", "restore", "Restore a node from a back-up.", "バックアップからノードを復元する。"),
    "manage": ("node", "manage", "Run a Django management command.", "Djangoの管理コマンドを実行する。"),
    "audit": ("audit", "audit", "Verify and list the audit trail.", "監査記録の検証と一覧。"),
    "cases": ("cases", "cases", "Import and export cases.", "症例の取り込みと書き出し。"),
    "network": (
        "network",
        "network",
        "Two nodes of two countries on this machine, exchanging cases, to try it out.",
        "この機械上で2か国の2ノードを動かし、症例の照会を試す。",
    ),
    "peers": (
        "peers",
        "peers",
        "Nodes of the Matchmaker Exchange: whom we ask, who may ask us.",
        "Matchmaker Exchange:照会する相手、照会を許す相手。",
    ),
    "exchange": (
        "exchange",
        "exchange",
        "How precise the queue of matches has been.",
        "マッチの一覧の精度。",
    ),
    "genes": ("genes", "genes", "Install and read the table of gene names.", "遺伝子名の表の導入と照会。"),
    "designated": (
        "designated",
        "designated",
        "Install and read the list of designated intractable diseases.",
        "指定難病の一覧の導入と照会。",
    ),
    "linkage": (
        "linkage",
        "linkage",
        "The same patient registered by two hospitals.",
        "二つの病院に登録された同一患者の照合。",
    ),
    "organisations": ("people", "organisations", "Manage organisations.", "機関の管理。"),
    "networks": (
        "networks",
        "networks",
        "Networks of hubs, co-operating hospitals and analysis centres.",
        "拠点病院・協力病院・解析センターのネットワーク。",
    ),
    "awards": ("awards", "awards", "The awards that pay for cases.", "症例を支援する課題。"),
    "portfolio": (
        "portfolio",
        "portfolio",
        "Budgets, awards, results and goals.",
        "予算・課題・成果・目標。",
    ),
    "people": ("people", "people", "Manage people and their roles.", "人と役割の管理。"),
}


def preferred_language() -> str:
    """``ja`` or ``en``, from KAKEHASHI_CLI_LANGUAGE, else the locale's variables, else English."""
    for name in ("KAKEHASHI_CLI_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        text = os.environ.get(name, "")
        if text:
            return "ja" if text.lower().startswith("ja") else "en"
    return "en"


def text(en: str, ja: str) -> str:
    """One of two texts in the person's language; for help texts and prompts."""
    return ja if preferred_language() == "ja" else en


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its English noun: ``1 finding``, ``2,000 findings``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def labelled(label: str, said: str) -> str:
    """ "cases: 3", 症例：3."""
    return text(f"{label}: {said}", f"{label}：{said}")


def noted(said: str, note: str) -> str:
    """ "HPO 2025-01-16 (embedded)", HPO 2025-01-16（内蔵）."""
    return text(f"{said} ({note})", f"{said}（{note}）")


def say(en: str, ja: str, *, language: str | None = None, err: bool = False) -> None:
    """Print one message in the person's language."""
    click.echo(ja if (language or preferred_language()) == "ja" else en, err=err)


class JapaneseHelp(click.HelpFormatter):
    """click's help with headings as Japanese sets them; click itself ends each with its own colon."""

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{heading}：\n")


@contextmanager
def click_speaking() -> Iterator[None]:
    """click's own words (``Usage:``, ``No such option``) in the person's language, for the time of a command.

    click asks gettext, which takes the process's domain and the language of LANGUAGE: where Japanese is wanted both are
    ours until the command ends.
    """
    if preferred_language() != "ja":
        yield
        return
    domain, language, helping = gettext.textdomain(), os.environ.get("LANGUAGE"), click.Context.formatter_class
    click.Context.formatter_class = JapaneseHelp
    gettext.bindtextdomain("click", str(Path(__file__).parents[1] / "locale"))
    gettext.textdomain("click")
    os.environ["LANGUAGE"] = "ja"
    try:
        yield
    finally:
        gettext.textdomain(domain)
        click.Context.formatter_class = helping
        if language is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = language


class LazyGroup(click.Group):
    """Lists commands from COMMANDS and imports only the one that is called; speaks the person's language."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        with click_speaking():
            return super().main(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _, _ = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(f"kakehashi.cli.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        from kakehashi.cli import unready

        with unready.told():
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(text("Commands", "コマンド")):
            formatter.write_dl([(name, text(en, ja)) for name, (_, _, en, ja) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=text(
        "Kakehashi (架け橋): research management and data sharing, from one hospital to the world.",
        "架け橋：研究マネジメントとデータ共有を、一つの病院から世界まで。",
    ),
)
@click.version_option(
    __version__,
    prog_name="kakehashi",
    help=text("Show the version and exit.", "バージョンを表示して終了する。"),
)
def main() -> None:
    """The group of all commands."""


def start_django(*, prepared: bool = True) -> None:
    """Set Django up for a command that needs the node's database.

    Ends the command with exit code 2 and a readable message when a setting cannot be read, or when the database must
    be ``prepared`` and is not; nothing is made then.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kakehashi.config.settings")
    import django
    from django.apps import apps

    from kakehashi.cli import holding, unready
    from kakehashi.config.environment import BadSetting

    if apps.ready:
        return
    try:
        holding.hold_home()
        if prepared:
            unready.insist_on_prepared()
        django.setup()
        holding.hold_home()  # now there is one
    except BadSetting as error:
        click.echo(str(error), err=True)
        raise SystemExit(2) from error


class NodeCommand(click.Command):
    """A command that needs the node's database; asked for its help it does not."""

    def invoke(self, ctx: click.Context) -> object:
        start_django()
        return super().invoke(ctx)


class NodeGroup(click.Group):
    """Commands that need the node's database, and groups of such within it."""

    command_class = NodeCommand
    group_class = type


if __name__ == "__main__":
    sys.exit(main())
