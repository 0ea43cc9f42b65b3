"""Asking the peers in the background; started again after its worker died, it asks anew."""

from typing import Any

from kakehashi.kernel import jobs
from kakehashi.kernel.jobs.models import Job
from kakehashi.systems.cases.public import case_for_peers, insist_on_editing
from kakehashi.systems.exchange.models import Peer
from kakehashi.systems.exchange.questions import ask_peers

KIND = "exchange.ask"


def start_asking(*, by: Any, case_id: int) -> Job:
    """Ask all peers for a case, in a job. Raises NotAllowed, NotFound (it is not registered)."""
    insist_on_editing(by, case_id, action="case.ask_peers")
    case_for_peers(case_id)
    return jobs.start(KIND, ask, owner=by, case_id=case_id)


def ask(job: jobs.Running, *, case_id: int) -> dict[str, Any]:
    """The job, under its owner's right as it is now."""
    insist_on_editing(job.owner, case_id, action="case.ask_peers")
    ended: list[bool] = []
    total = Peer.objects.filter(asked=True).count()

    def told(_question: object) -> None:
        ended.append(True)
        job.progress(len(ended), total)

    questions = ask_peers(by=job.owner, case_id=case_id, told=told)
    return {"answered": sum(not one.why for one in questions), "failed": sum(bool(one.why) for one in questions)}
