"""A process of the node ends when the server that started it is gone, however that server ended.

``kakehashi up`` writes its process id into KAKEHASHI_PARENT before it starts web processes and job worker.
"""

import os
import signal
import threading
import time
from collections.abc import Callable

VARIABLE = "KAKEHASHI_PARENT"
SECONDS_BETWEEN_LOOKS = 2.0
SECONDS_TO_END = 4.0


def announce() -> None:
    """Make this process the one whose end ends the processes it starts from now on."""
    os.environ[VARIABLE] = str(os.getpid())


def end_with_parent(end: Callable[[], None]) -> None:
    """Call ``end`` in the background once the announced parent is gone. Without such a parent nothing is done."""
    said = os.environ.get(VARIABLE, "")
    if said.isdigit() and int(said) != os.getpid():
        threading.Thread(target=_watch, args=(int(said), end), name="parent", daemon=True).start()


def _watch(parent: int, end: Callable[[], None]) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    end()


def end_this_process() -> None:
    """Ask this process to end in order, and end it when that takes too long."""
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(SECONDS_TO_END)
    os._exit(1)
