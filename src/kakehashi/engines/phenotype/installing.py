"""One installation at a time in a folder, whatever is installed there: a release, labels, a gene table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from kakehashi.engines.phenotype.problems import InstallError

WAIT_SECONDS = 60.0


@contextmanager
def installing_alone(folder: Path, unwritable: Callable[[Path, OSError], InstallError]) -> Iterator[None]:
    """Have the folder for one installation; it is made where it is not there.

    ``unwritable`` says what to tell when the folder itself cannot be used. Errors: InstallError, also when another
    installation has not ended within WAIT_SECONDS.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".install.lock", timeout=WAIT_SECONDS):
            yield
    except Timeout as error:
        raise InstallError(
            "another installation is running; try again when it has ended",
            "別の導入処理が実行中です。終わってからやり直してください。",
        ) from error
    except OSError as error:
        raise unwritable(folder, error) from error
