"""The rows of the exchange, by subject."""

from kakehashi.systems.exchange.models.conversations import Conversation, LastRead, Side, SideMessage
from kakehashi.systems.exchange.models.matches import SEPARATOR, Match, Unmatched, joined
from kakehashi.systems.exchange.models.peers import ForeignMatch, Message, Peer, Question, Received, Told

__all__ = [
    "SEPARATOR",
    "Conversation",
    "ForeignMatch",
    "LastRead",
    "Match",
    "Message",
    "Peer",
    "Question",
    "Received",
    "Side",
    "SideMessage",
    "Told",
    "Unmatched",
    "joined",
]
