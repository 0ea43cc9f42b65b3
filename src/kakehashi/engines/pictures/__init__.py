"""Pictures drawn as SVG text from plain values: no Django, no drawing library, the same input the same output."""

from kakehashi.engines.pictures.match import (
    CLEAR,
    SILENT,
    Link,
    Node,
    Picture,
    Reason,
    draw,
    likelihood_words,
    summary,
    times_words,
)
from kakehashi.engines.pictures.systems import SYSTEMS, System, principal_system

__all__ = [
    "CLEAR",
    "SILENT",
    "SYSTEMS",
    "Link",
    "Node",
    "Picture",
    "Reason",
    "System",
    "draw",
    "likelihood_words",
    "principal_system",
    "summary",
    "times_words",
]
