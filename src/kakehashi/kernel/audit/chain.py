"""The chain's arithmetic: an entry's canonical bytes and keyed hash, the head's seal, the checkpoint.

Each hash is HMAC-SHA-256 (RFC 2104) with the node's audit key over the entry's canonical JSON and the hash before it:
who holds the database alone can change rows but cannot make hashes that fit. The checkpoint file in the node's home
remembers the furthest head committed, so that putting back an older copy of the database is noticed as well.
"""

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

GENESIS = "0" * 64
"""What the first entry names as the hash before it."""


class Fields(NamedTuple):
    """What an entry says, in the order of its columns, before its own hash."""

    sequence: int
    at: datetime
    actor: str
    organisation: str
    action: str
    subject_type: str
    subject_id: str
    subject_ids: str
    outcome: str
    detail: str
    previous_hash: str


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: one text for one meaning (after RFC 8785)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _key() -> bytes:
    key: str = settings.AUDIT_KEY
    return key.encode()


def seal(fields: Fields, key: bytes | None = None) -> str:
    """The hash of an entry, hexadecimal."""
    at = fields.at.astimezone(UTC).isoformat(timespec="microseconds")
    body = json.dumps(fields._replace(at=at), separators=(",", ":"))  # type: ignore[arg-type]
    return hmac.digest(key or _key(), body.encode(), hashlib.sha256).hex()


def seal_head(sequence: int, hash_: str) -> str:
    """The seal of the head row: only who holds the key can move the head."""
    return hmac.digest(_key(), f"head:{sequence}:{hash_}".encode(), hashlib.sha256).hex()


def checkpoint_path() -> Path:
    path: Path = settings.AUDIT_CHECKPOINT
    return path


def write_checkpoint(sequence: int, hash_: str) -> None:
    """Remember the furthest head committed. Never goes back; several processes may write at once."""
    path = checkpoint_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        known = _parsed(os.pread(descriptor, 400, 0))
        if known is None or known[0] < sequence:
            os.pwrite(descriptor, f"{sequence:020d} {hash_} {seal_head(sequence, hash_)}\n".encode(), 0)
    finally:
        os.close(descriptor)


class BadCheckpoint(ValueError):
    """The checkpoint file is there but cannot have been written by this node."""


def read_checkpoint() -> tuple[int, str] | None:
    """The furthest head committed, None when there never was one. Raises BadCheckpoint on a forged or torn file."""
    try:
        text = checkpoint_path().read_bytes()
    except FileNotFoundError:
        return None
    known = _parsed(text)
    if known is None:
        raise BadCheckpoint(str(checkpoint_path()))
    return known


def _parsed(text: bytes) -> tuple[int, str] | None:
    parts: Sequence[str] = text.decode("ascii", "replace").split()
    if len(parts) != 3 or not parts[0].isdigit():
        return None
    sequence, hash_, sealed = int(parts[0]), parts[1], parts[2]
    return (sequence, hash_) if hmac.compare_digest(sealed, seal_head(sequence, hash_)) else None
