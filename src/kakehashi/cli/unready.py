"""What to say when a command meets a node that is not set up, or files it cannot use: a message, never a traceback."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kakehashi.cli import say
from kakehashi.config.environment import value

BAD_USE = 2


def home() -> Path:
    """The node's folder, as the settings have it; read without Django."""
    folder: Path = value("KAKEHASHI_HOME")
    return folder.expanduser().resolve()


def database_is_missing() -> bool:
    """True when the node's database is a file of its home folder and is not there."""
    return not value("KAKEHASHI_DATABASE_URL") and not (home() / "kakehashi.sqlite3").exists()


def say_not_prepared() -> None:
    """Say that the node in the home folder has no database yet, or one of an earlier version."""
    say(
        f"This node ({home()}) is not prepared yet, or not for this version. Run: kakehashi up (or kakehashi demo), "
        "or set KAKEHASHI_HOME to the folder of a node.",
        f"このノード（{home()}）はまだ準備されていないか、このバージョン向けに更新されていません。kakehashi up"
        "（または kakehashi demo）を実行するか、KAKEHASHI_HOME にノードのフォルダを指定してください。",
        err=True,
    )


def say_home_unusable(reason: str) -> None:
    """Say that nothing can be kept in the home folder."""
    say(
        f"The node's folder {home()} cannot be used ({reason}). Make it a folder this user may write, or set "
        "KAKEHASHI_HOME to another one.",
        f"ノードのフォルダ {home()} を使えません（{reason}）。このユーザーが書き込めるフォルダにするか、"
        "KAKEHASHI_HOME に別のフォルダを指定してください。",
        err=True,
    )


@contextmanager
def told() -> Iterator[None]:
    """End the command with exit code 2 and a message where database, ontology or a named file cannot be used."""
    try:
        yield
    except OSError as error:
        if not error.filename:
            raise
        _say_file(error)
        raise SystemExit(BAD_USE) from error
    except Exception as error:
        if _is_a("kakehashi.engines.phenotype.problems", ("KnowledgeError",), error):
            say(getattr(error, "en", ""), getattr(error, "ja", ""), err=True)
        elif _is_a("django.db", ("OperationalError", "ProgrammingError"), error):
            _say_database(error)
        else:
            raise
        raise SystemExit(BAD_USE) from error


def _say_file(error: OSError) -> None:
    path, reason = os.fsdecode(error.filename), error.strerror or type(error).__name__
    folder = home()
    if folder == Path(path) or folder in Path(path).parents or Path(path) in folder.parents:
        say_home_unusable(reason)
    else:
        say(f"{path} cannot be used: {reason}", f"{path} を使えません：{reason}", err=True)


def _is_a(module: str, names: tuple[str, ...], error: Exception) -> bool:
    """Whether the error is of one of these classes; a module that is not imported raised nothing."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(error, tuple(getattr(loaded, name) for name in names))


def _say_database(error: Exception) -> None:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if "no such" in reason or _is_a("django.db", ("ProgrammingError",), error):
        say_not_prepared()
    elif "unable to open" in reason or "readonly" in reason:
        say_home_unusable(reason)
    else:
        say(
            f"The database cannot be used ({reason}). Check KAKEHASHI_DATABASE_URL and that the server runs.",
            f"データベースを使えません（{reason}）。KAKEHASHI_DATABASE_URLとサーバーの稼働を確認してください。",
            err=True,
        )


def insist_on_prepared() -> None:
    """End the command with exit code 2, before anything is made, when the node has no database yet."""
    if database_is_missing():
        say_not_prepared()
        raise SystemExit(BAD_USE)
