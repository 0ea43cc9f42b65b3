"""Tokens of the exchange: ours are shown once and kept as a hash, theirs are sealed with the node's secret key."""

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from kakehashi.kernel.people.tokens import hashed
from kakehashi.systems.exchange.models import Peer

PREFIX = "kkx_"


def new_token() -> str:
    """A fresh token: 256 random bits, under the exchange's 255 characters."""
    return PREFIX + secrets.token_urlsafe(32)


def peer_of(token: str) -> Peer | None:
    """The peer that this token was granted to."""
    if not token or len(token) > 255:
        return None
    return Peer.objects.filter(token_hash=hashed(token)).first()


def sealed(token: str) -> str:
    """A peer's token as it is kept."""
    return _fernet().encrypt(token.encode()).decode()


def opened(text: str) -> str | None:
    """A peer's token as it is sent; None when it was sealed with another secret key."""
    try:
        return _fernet().decrypt(text.encode()).decode()
    except InvalidToken:
        return None


def keyed(text: str) -> str:
    """A hash that only this node can make: tells things apart without keeping them."""
    return hmac.new(_key(b"exchange-hash"), text.encode(), hashlib.sha256).hexdigest()


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(b"exchange-token")))


def _key(purpose: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", settings.SECRET_KEY.encode(), purpose, 1)
