"""What follows from a change of cases, or of who may see them: their matches are looked for anew, in a job.

Only what widens sight needs looking anew; what narrows it is decided at every read. Agreements to be named that stood
on it lapse.
"""

from collections.abc import Collection
from datetime import date, timedelta

from django.core.cache import cache
from django.utils import timezone

from kakehashi.kernel.events import Event, handles
from kakehashi.kernel.jobs.hourly import every_hour
from kakehashi.kernel.sharing.events import GrantWritten, NetworkJoined, OptedIn
from kakehashi.kernel.sharing.models import Grant
from kakehashi.kernel.sharing.states import Purpose
from kakehashi.systems.cases.public import (
    CaseChanged,
    CaseRegistered,
    CasesImported,
    CaseWithdrawn,
    SamePatientsSaid,
    asked_by_describing,
    come_into_sight,
    is_case,
    registered_ids,
)
from kakehashi.systems.exchange.conversations.actions import lapse_agreements
from kakehashi.systems.exchange.matching import due, hold, match_soon

CASES = "cases.case"
"""How sharing's rows name a case."""
LOOKED_AT = "exchange.calendar_looked_at"  # in the node's cache: the last day that was looked at
FIRST_LOOK_BACK = timedelta(days=7)


@handles(CaseRegistered, CaseChanged, CaseWithdrawn)
def match_case(event: Event) -> None:
    """Withdrawn: its matches no longer stand. Described anew too often in a day: matched later, and flagged."""
    assert isinstance(event, CaseRegistered | CaseChanged | CaseWithdrawn)
    if not isinstance(event, CaseWithdrawn) and (until := asked_by_describing(event.case_id, event.revision)):
        hold(event.case_id, until)
    else:
        match_soon([event.case_id])


@handles(CaseChanged, CaseWithdrawn, CasesImported)
def lapse_after_change(event: Event) -> None:
    """Who no longer may know of a case is no longer bound by having agreed to be named to its people."""
    assert isinstance(event, CaseChanged | CaseWithdrawn | CasesImported)
    lapse_agreements(event.case_ids if isinstance(event, CasesImported) else [event.case_id])


@every_hour
def lapse_by_the_hour() -> int:
    """The same where sight was lost without a change of a case: an opt-out, a grant or a consent that ended."""
    return lapse_agreements()


@every_hour
def match_what_was_held() -> int:
    """Start on the cases whose time has come; how many."""
    number = due().count()
    if number:
        match_soon([])
    return number


@handles(CasesImported, SamePatientsSaid)
def match_many(event: Event) -> None:
    """However many: one job. Cases that are of one patient are no match of each other, and are again if that ends."""
    assert isinstance(event, CasesImported | SamePatientsSaid)
    match_soon(event.case_ids)


@handles(GrantWritten)
def match_granted(event: GrantWritten) -> None:
    """The cases that were granted, where the grant lets an institution find similar ones."""
    grant = Grant.in_force(timezone.localdate()).filter(pk=event.grant_id, purpose=Purpose.MATCHING).first()
    if grant is None or grant.grantee_id is None:
        return
    if grant.record_id is not None:
        _match_if_any([grant.record_id] if grant.kind == CASES else [])
    else:
        _match_if_any(registered_ids(organisation_id=grant.organisation_id, award_id=grant.award_id))


@handles(OptedIn)
def match_opted_in(event: OptedIn) -> None:
    """The one case."""
    _match_if_any([event.record_id] if is_case(event.record_type) else [])


@handles(NetworkJoined)
def match_joined(event: NetworkJoined) -> None:
    """The cases of the institution that joined: each is compared both ways with those of the others there."""
    _match_if_any(registered_ids(organisation_id=event.organisation_id))


@every_hour
def match_by_the_calendar() -> int:
    """Cases that came into sight because a day came; how many. Once a day; after a rest, the days missed too."""
    today = timezone.localdate()
    last: date = cache.get(LOOKED_AT, today - FIRST_LOOK_BACK)
    came = come_into_sight(last, today) if last < today else []
    _match_if_any(came)
    cache.set(LOOKED_AT, today, timeout=None)
    return len(came)


def _match_if_any(case_ids: Collection[int]) -> None:
    if case_ids:
        match_soon(case_ids)
