"""Typed events: what flows from one system to another after a commit.

    @dataclass(frozen=True)
    class CaseRegistered(Event):
        case_id: int

    @handles(CaseRegistered)                     # in the receiving app's events.py, imported by its AppConfig.ready
    def index_case(event: CaseRegistered) -> None: …

    publish(CaseRegistered(case.pk))             # inside the action's transaction

Publishing writes one HandlerRun a handler in the same transaction, so nothing is lost when the process is killed after
the commit. After the commit each handler runs in a transaction of its own; one that fails is kept with its error and
retried by the job worker with growing pauses. A handler may run twice: make it idempotent.
"""

from kakehashi.kernel.events.registry import Event, handles, publish

__all__ = ["Event", "handles", "publish"]
