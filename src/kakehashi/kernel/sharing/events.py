"""What widens sight without a change of any record: who sees more from now on.

Narrowing needs no event: every read decides anew. A record's own terms are its system's to tell of.
"""

from dataclasses import dataclass

from kakehashi.kernel.events import Event


@dataclass(frozen=True)
class GrantWritten(Event):
    """Access beyond reach was granted; the grant may have ended since."""

    grant_id: int


@dataclass(frozen=True)
class OptedIn(Event):
    """The patient of a record took an opt-out back. ``record_type``: the key of the record's ContentType."""

    record_type: int
    record_id: int


@dataclass(frozen=True)
class NetworkJoined(Event):
    """An institution has a place in a network: it and the others there may see each other's records."""

    network_id: int
    organisation_id: int
