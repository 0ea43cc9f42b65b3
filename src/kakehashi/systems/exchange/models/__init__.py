"""The rows of the exchange, by subject."""

from kakehashi.systems.exchange.models.conversations import Conversation, LastRead, Side, SideMessage
from kakehashi.systems.exchange.models.matches import SEPARATOR, Match, Unmatched, joined
from kakehashi.systems.exchange.models.peers import ForeignMatch, Message, Peer, Question, Received, Told
from kakehashi.systems.exchange.models.proposals import Proposal

__all__ = [
    "SEPARATOR",
    "Conversation",
    "ForeignMatch",
    "LastRead",
    "Match",
    "Message",
    "Peer",
    "Proposal",
    "Question",
    "Received",
    "Side",
    "SideMessage",
    "Told",
    "Unmatched",
    "joined",
]
