"""GA4GH Matchmaker Exchange v1.1: requests, answers, versions and errors, without network or database.

Reading what strangers send is bounded (``Limits``) and ends in a value or an ``MmeError`` that names its HTTP status;
``conversions`` translates between the exchange's ids, coordinates and zygosities and those of phenopackets.
Specification: github.com/ga4gh/mme-apis (search-api.md, heartbeat-api.md, metrics-api.md).
"""

from kakehashi.protocols.mme.problems import MmeError
from kakehashi.protocols.mme.reading import Limits, Reply, read_reply, read_request
from kakehashi.protocols.mme.shapes import (
    Answer,
    Contact,
    Disorder,
    Feature,
    Gene,
    GenomicFeature,
    Heartbeat,
    MatchRequest,
    Metrics,
    Patient,
    Result,
    Score,
    Variant,
)
from kakehashi.protocols.mme.versions import CONTENT_TYPE, SUPPORTED, negotiate

__all__ = [
    "CONTENT_TYPE",
    "SUPPORTED",
    "Answer",
    "Contact",
    "Disorder",
    "Feature",
    "Gene",
    "GenomicFeature",
    "Heartbeat",
    "Limits",
    "MatchRequest",
    "Metrics",
    "MmeError",
    "Patient",
    "Reply",
    "Result",
    "Score",
    "Variant",
    "negotiate",
    "read_reply",
    "read_request",
]
