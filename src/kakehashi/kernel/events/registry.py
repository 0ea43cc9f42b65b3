"""Which handlers want which events, and publishing."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from pydantic import TypeAdapter

LEASE = timedelta(minutes=2)
"""How long a fresh event is left to the process that published it before the worker takes it up."""


@dataclass(frozen=True)
class Event:
    """Something that happened. Subclasses are frozen dataclasses of ids, numbers and dates, never of what they lead to.

    The event is kept as it is until every handler is done: no names, addresses or findings in it (tests/house looks).
    """


AnyEvent = TypeVar("AnyEvent", bound=Event)
Handler = Callable[[Any], None]

_handlers: dict[type[Event], dict[str, Handler]] = {}
_types: dict[str, type[Event]] = {}


def name_of(thing: Any) -> str:
    return f"{thing.__module__}.{thing.__qualname__}"


def handles(*event_types: type[AnyEvent]) -> Callable[[Callable[[AnyEvent], None]], Callable[[AnyEvent], None]]:
    """Call the function with every event of these types, after the commit that published it."""

    def register(handler: Callable[[AnyEvent], None]) -> Callable[[AnyEvent], None]:
        for event_type in event_types:
            _types[name_of(event_type)] = event_type
            _handlers.setdefault(event_type, {})[name_of(handler)] = handler
        return handler

    return register


def handler_named(event: str, handler: str) -> tuple[type[Event], Handler] | None:
    """The event type and handler of a stored run; None when the code no longer has them."""
    event_type = _types.get(event)
    found = _handlers.get(event_type, {}).get(handler) if event_type is not None else None
    return None if event_type is None or found is None else (event_type, found)


_adapters: dict[type[Event], TypeAdapter[Any]] = {}


def adapter(event_type: type[Event]) -> TypeAdapter[Any]:
    """Turns events of this type into JSON and back."""
    if event_type not in _adapters:
        _adapters[event_type] = TypeAdapter(event_type)
    return _adapters[event_type]


def publish(event: Event) -> None:
    """Hand an event to its handlers once the current transaction commits; if it rolls back, nothing happened."""
    from kakehashi.kernel.events.delivery import deliver
    from kakehashi.kernel.events.models import HandlerRun

    handlers = _handlers.get(type(event), {})
    if not handlers:
        return
    payload = adapter(type(event)).dump_python(event, mode="json") if fields(event) else {}
    with transaction.atomic(savepoint=False):
        runs = HandlerRun.objects.bulk_create(
            HandlerRun(event=name_of(type(event)), payload=payload, handler=handler, due_at=timezone.now() + LEASE)
            for handler in handlers
        )
        for run in runs:
            transaction.on_commit(partial(deliver, run.pk), robust=True)
