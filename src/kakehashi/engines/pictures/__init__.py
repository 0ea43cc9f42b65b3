"""Pictures drawn as SVG text from plain values: no Django, no drawing library, the same input the same output."""

from kakehashi.engines.pictures.match import Link, Node, Picture, draw, likelihood_words, summary
from kakehashi.engines.pictures.systems import SYSTEMS, System, principal_system

__all__ = ["SYSTEMS", "Link", "Node", "Picture", "System", "draw", "likelihood_words", "principal_system", "summary"]
