"""The node's two keys beside a back-up: recognised by a slow hash, never named, kept apart unless asked otherwise."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from kakehashi.kernel.backup.problems import BackupProblem, folder_missing

ROUNDS = 200_000
"""A key set by hand may be weak: who steals a back-up shall not guess it quickly by its hash."""


@dataclass(frozen=True)
class NodeKeys:
    """``secret`` signs sessions and seals the tokens of peers, ``audit`` seals the audit trail."""

    secret: str
    audit: str


def recognised_by(key: str, purpose: str) -> str:
    """The hash by which a key is recognised, hexadecimal."""
    return hashlib.pbkdf2_hmac("sha256", key.encode(), f"kakehashi back-up: {purpose}".encode(), ROUNDS).hex()


def stored(keys: NodeKeys) -> bytes:
    """The content of a file of keys."""
    return json.dumps(asdict(keys), indent=1).encode()


def write_keys(path: Path, keys: NodeKeys) -> None:
    """Write the keys into a new file that only its owner reads.

    Raises BackupProblem when there is one already, when its folder is not there and where nothing may be written.
    """
    if not path.parent.is_dir():
        raise folder_missing(path.parent)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BackupProblem(
            f"{path} is there already; name a new file for the keys.",
            f"{path} は既にあります。鍵の保存先には新しいファイル名を指定してください。",
        ) from error
    except OSError as error:
        raise BackupProblem(
            f"The keys cannot be written to {path} ({error.strerror}); name a place that you may write to.",
            f"鍵を {path} に書き出せません（{error.strerror}）。書き込める保存先を指定してください。",
        ) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(stored(keys))
        file.flush()
        os.fsync(file.fileno())


def read_keys(content: bytes, name: str) -> NodeKeys:
    """The keys in a file of keys. Raises BackupProblem naming it."""
    try:
        said = json.loads(content)
        return NodeKeys(secret=str(said["secret"]), audit=str(said["audit"]))
    except (ValueError, KeyError, TypeError) as error:
        raise BackupProblem(
            f"{name} is not a file of keys as kakehashi backup --keys-to writes it.",
            f"{name} は kakehashi backup --keys-to が書き出した鍵ファイルではありません。",
        ) from error
