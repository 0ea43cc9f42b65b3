"""Jobs: long work with progress, that can be cancelled, retried, and survives the death of its worker.

    def import_folder(job: Running, *, batch_id: int) -> dict[str, int]:      # in tasks.py
        for done, file in enumerate(files, 1):
            …                                   # resumable: skip what is already there
            job.progress(done, len(files))      # also where cancelling takes hold
        return {"imported": done}

    job = jobs.start("cases.import", import_folder, owner=person, batch_id=3)   # queued on commit
    jobs.run_here(job)          # or: in this process, for the command line

A worker holds a lease that it renews while it lives; a job whose worker is gone becomes runnable again, so a job's
function must go on where it stopped. Work is queued through django-tasks' database backend.
"""

from typing import TYPE_CHECKING

from kakehashi.kernel.lazily import found_in

if TYPE_CHECKING:
    from kakehashi.kernel.jobs.actions import cancel, retry, start, start_unless_waiting
    from kakehashi.kernel.jobs.running import Cancelled, Running
    from kakehashi.kernel.jobs.worker import run_here, run_waiting

__getattr__ = found_in(
    __name__,
    {
        "actions": ("cancel", "retry", "start", "start_unless_waiting"),
        "running": ("Cancelled", "Running"),
        "worker": ("run_here", "run_waiting"),
    },
)

__all__ = ["Cancelled", "Running", "cancel", "retry", "run_here", "run_waiting", "start", "start_unless_waiting"]
