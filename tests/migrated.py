"""The database as the migrations leave it, made once: whoever needs one takes a copy.

A hundred and twenty migrations take twenty seconds of CPU, a copy a hundredth of one. All processes of a run share it;
SQLite's stays for later runs, until a migration, or what one takes from the code, is another.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path

import psycopg
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]
ON_POSTGRESQL = "kakehashi_migrated"


@cache
def folder() -> Path:
    """The folder of this test run; a bench that runs outside pytest has one of its own."""
    return Path(os.environ.get("KAKEHASHI_TEST_HOME") or tempfile.mkdtemp(prefix="kakehashi-migrated-"))


def environment(home: Path, database_url: str = "") -> dict[str, str]:
    """What makes a process one of the node in this home; nothing of the calling node's comes along."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("KAKEHASHI_", "DJANGO_"))}
    return kept | {
        "KAKEHASHI_HOME": str(home),
        "KAKEHASHI_DATABASE_URL": database_url,
        "KAKEHASHI_CLI_LANGUAGE": "en",
        "PYTHONPATH": str(ROOT / "src"),
    }


def migrate(home: Path, database_url: str = "") -> None:
    """Let a node make its tables itself."""
    command = [sys.executable, "-m", "kakehashi", "manage", "migrate", "-v0"]
    subprocess.run(command, env=environment(home, database_url), check=True, capture_output=True)


@cache
def fingerprint() -> str:
    """What the migrated database depends on: the migrations with the triggers they install, and others' migrations."""
    source = ROOT / "src" / "kakehashi"
    taken = ("migrations/*.py", "triggers.py", "stamps.py")
    files = sorted(file for name in taken for file in source.glob(f"**/{name}"))
    told = hashlib.sha256(b"".join(str(file.relative_to(source)).encode() + file.read_bytes() for file in files))
    told.update(" ".join(version(name) for name in ("django", "django-allauth", "django-tasks-db")).encode())
    return told.hexdigest()[:20]


def copy_to(file: Path) -> None:
    """Put a migrated SQLite database there; its folder is made."""
    kept = ROOT / "var" / "test-migrated"
    made = kept / f"{fingerprint()}.sqlite3"
    kept.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{kept}.lock"):
        if not made.exists():
            new = Path(tempfile.mkdtemp(dir=folder()))
            migrate(new)
            for older in kept.iterdir():
                older.unlink()
            copied = shutil.copyfile(new / made.with_stem("kakehashi").name, kept / "new")
            copied.rename(made)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(made, file)


def made_on(server: str) -> str:
    """The name of a migrated database of this PostgreSQL server (the address of its database ``postgres``)."""
    with FileLock(folder() / "migrated-postgresql.lock"), psycopg.connect(server, autocommit=True) as connection:
        named = "SELECT 1 FROM pg_database WHERE datname = %s"
        if not connection.execute(named, [ON_POSTGRESQL]).fetchone():
            connection.execute("CREATE DATABASE kakehashi_migrating")
            migrate(Path(tempfile.mkdtemp(dir=folder())), server.replace("/postgres?", "/kakehashi_migrating?"))
            connection.execute(f"ALTER DATABASE kakehashi_migrating RENAME TO {ON_POSTGRESQL}")
    return ON_POSTGRESQL
