"""Every write to peers: whom we ask, who may ask us."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Invalid, NotFound
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.people.tokens import hashed
from kakehashi.systems.exchange.models import Peer
from kakehashi.systems.exchange.tokens import new_token, sealed


def add_peer(
    *,
    by: Person | None,
    name: str,
    base_url: str,
    token: str,
    country: str = "",
    timeout_s: int = 20,
    description: str = "",
) -> Peer:
    """A peer that we ask from now on, or a known one's new address and token (``by=None``: the node's operator).

    Raises Invalid naming what cannot be used.
    """
    problems = {}
    address = urlsplit(base_url.strip())
    if address.scheme not in ("http", "https") or not address.hostname or address.query or address.fragment:
        problems["base_url"] = [_("Give an address such as https://node.example.org/mme.")]
    secret = token.strip()
    if not secret or len(secret) > 255 or not secret.isascii() or not secret.isprintable():
        problems["token"] = [_("A token is one line of at most 255 printable characters; the peer hands it out.")]
    if not 1 <= timeout_s <= 300:
        problems["timeout_s"] = [_("Wait between 1 and 300 seconds.")]
    if problems:
        raise Invalid(problems)
    with transaction.atomic():
        peer = _named(name, country=country)
        peer.base_url, peer.sealed_token, peer.asked = base_url.strip().rstrip("/"), sealed(secret), True
        peer.timeout_s, peer.failures, peer.paused_until = timeout_s, 0, None
        peer.description = description.strip()[:500] or peer.description
        _save(peer)
        audit.record(by, "peer.add", peer, detail={"host": address.hostname})
    return peer


def grant_peer(*, by: Person | None, name: str, country: str = "") -> tuple[Peer, str]:
    """Let a peer ask us: its token, shown once. A token it had before ends. Raises Invalid."""
    token = new_token()
    with transaction.atomic():
        peer = _named(name, country=country)
        peer.token_hash, peer.granted_at = hashed(token), timezone.now()
        _save(peer)
        audit.record(by, "peer.grant", peer)
    return peer, token


def revoke_peer(*, by: Person | None, name: str) -> Peer:
    """A peer may no longer ask us, from its next request on. Raises NotFound."""
    with transaction.atomic():
        peer = peer_named(name)
        peer.token_hash, peer.granted_at = "", None
        peer.save()
        audit.record(by, "peer.revoke", peer)
    return peer


def stop_asking(*, by: Person | None, name: str) -> Peer:
    """We no longer ask a peer; its token is forgotten. Raises NotFound."""
    with transaction.atomic():
        peer = peer_named(name)
        peer.asked, peer.sealed_token = False, ""
        peer.save()
        audit.record(by, "peer.stop_asking", peer)
    return peer


def peer_named(name: str) -> Peer:
    """The peer of this name, in any case of letters. Raises NotFound naming it."""
    found = Peer.objects.filter(name__iexact=name.strip()).first()
    if found is None:
        raise NotFound(name)
    return found


def _named(name: str, *, country: str) -> Peer:
    peer = Peer.objects.select_for_update().filter(name__iexact=name.strip()).first() or Peer(name=name.strip())
    if country.strip():
        peer.country = country.strip().upper()
    return peer


def _save(peer: Peer) -> None:
    try:
        peer.full_clean()
    except ValidationError as error:
        raise Invalid(error.message_dict) from error
    peer.save()
