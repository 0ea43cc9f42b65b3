"""Reading cases anew for the site's search, beside a node that serves.

After another ontology release, gene table or version of Kakehashi, what cases are found by was made with other words. A
node starts with it as it is; the worker reads case after case anew. Killed anywhere, it goes on with what is left: each
row says what it was made with. Now and then it lets the other work of the node come first, since there is one worker.
Until the end the search page says that something may be missing.
"""

from __future__ import annotations

import time
from typing import Any

from kakehashi.kernel import jobs
from kakehashi.kernel.jobs.hourly import every_hour
from kakehashi.systems.cases import rows

KIND = "cases.reindex"
SECONDS_AT_A_TIME = 20.0
"""After so long the other jobs, events and chores that wait have their turn."""


@every_hour
def start_reindexing() -> int:
    """Have the worker read anew what was made with something else, unless it is at it; how many cases wait for it."""
    waiting = rows.waiting_to_be_read()
    if waiting:
        jobs.start_unless_waiting(KIND, reindex)
    return waiting


def reindex(job: jobs.Running) -> dict[str, Any]:
    """The job. Its progress counts all its turns: what an earlier one has read is done."""
    began, waiting = time.monotonic(), rows.waiting_to_be_read()
    total = max(job.total_before, waiting)
    read = total - waiting
    job.progress(read, total)

    def tell(done: int) -> None:
        job.progress(read + done, max(total, read + done))
        if time.monotonic() - began >= SECONDS_AT_A_TIME:
            job.make_way()

    return {"cases": read + rows.reindex_outdated(told=tell)}
