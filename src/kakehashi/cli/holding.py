"""Who works in the home folder: every process of a node holds it together with others, a restoration alone.

The lock belongs to the process (flock): it ends with it, however it ends.
"""

import fcntl
import os
from pathlib import Path

from kakehashi.cli import say, unready
from kakehashi.kernel.backup import staging

LOCK = "node.lock"
_held: dict[Path, int] = {}


def hold_home() -> None:
    """Work in the home folder until this process ends; exit code 2 while one is restored there, or was half restored.

    A folder that is not there yet, or not writable, holds nobody up.
    """
    home = unready.home()
    if home in _held or not home.is_dir():
        return
    if staging.was_cut_off(home):
        say(
            f"A restoration into {home} was cut off; run kakehashi restore with --force again before anything else.",
            f"{home} への復元が途中で中断されています。先に kakehashi restore --force をもう一度実行してください。",
            err=True,
        )
        raise SystemExit(unready.BAD_USE)
    try:
        descriptor = os.open(home / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        say(
            f"A back-up is being restored into {home}; wait until it has ended.",
            f"{home} へバックアップを復元しています。終わるまでお待ちください。",
            err=True,
        )
        raise SystemExit(unready.BAD_USE) from error
    _held[home] = descriptor


def hold_home_alone() -> None:
    """Have the home folder for this process only; exit code 2 when the node, or one of its commands, is running."""
    home = unready.home()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(home / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        say(
            f"The node in {home} is running, or one of its commands. Stop it, then restore.",
            f"{home} のノード（またはそのコマンド）が動いています。停止してから復元してください。",
            err=True,
        )
        raise SystemExit(unready.BAD_USE) from error
    _held[home] = descriptor
