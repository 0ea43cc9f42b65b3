"""Messages from people at other nodes to the registrant of a case."""

from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict
from kakehashi.kernel.notices import notify
from kakehashi.systems.cases.public import registrant_of
from kakehashi.systems.exchange.models import Message
from kakehashi.systems.exchange.tokens import keyed

MOST_AN_HOUR = 5


def write_message(
    *, case_id: int, public_id: str, name: str, institution: str, email: str, text: str, address: str
) -> Message:
    """Keep a message and tell the registrant that there is one; the notice holds nothing of it.

    ``address``: where it came from, to bound how many one sender writes. Raises Conflict beyond five an hour.
    """
    key = f"exchange-message:{keyed(address)[:32]}"
    cache.add(key, 0, timeout=3600)
    if cache.incr(key) > MOST_AN_HOUR:
        raise Conflict(_("Too many messages from your address. Try again in an hour."))
    with transaction.atomic():
        message = Message.objects.create(case_id=case_id, name=name, institution=institution, email=email, text=text)
        audit.record("visitor", "message.write", ("case", case_id))
        registrant = registrant_of(case_id)
        if registrant is not None:
            told = format_lazy(_("Someone at another node wrote about case {id}."), id=public_id)
            notify(registrant, "exchange.message", told, reverse("exchange:case", args=[public_id]))
    return message
