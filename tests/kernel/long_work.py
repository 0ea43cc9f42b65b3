"""Job functions for the tests, importable by a worker process."""

import os
import time
from pathlib import Path

from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.jobs.running import Running


def count(job: Running, *, to: int, folder: str, seconds: float = 0.0) -> dict[str, int]:
    """Makes one file a step and skips those there are: resumable."""
    for number in range(1, to + 1):
        path = Path(folder) / str(number)
        if not path.exists():
            part = path.parent.with_name(f"{path.parent.name}-{number}")
            part.write_text(f"{os.getpid()}")
            part.replace(path)  # whole or not at all: a process may be killed at any moment
            time.sleep(seconds)
        job.progress(number, to, f"{number} files")
    return {"files": to}


def refuse(job: Running) -> None:
    raise Invalid({"line 3": ["There is no such term."]})


def break_down(job: Running) -> None:
    raise RuntimeError("secret internals")
