"""What every page's shell needs: the node's name, the systems this person uses, whom they act for, their notices."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from kakehashi import __version__
from kakehashi.kernel.notices import unread_count
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.acting import acting_organisation, organisations_to_act_for
from kakehashi.kernel.people.models import Person
from kakehashi.web.navigation import systems_of

SHEETS = ("tokens", "shell", "content", "tables", "logic", "forms", "layouts", "picture")
STYLE_SHEETS = tuple(f"web/{name}.css" for name in SHEETS)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor for web/base.html."""
    acting = acting_organisation(request) if hasattr(request, "user") else None
    return {
        "node_name": settings.NODE_NAME,
        "version": __version__,
        "style_sheets": STYLE_SHEETS,
        "unread_notices": SimpleLazyObject(lambda: _unread(request)),
        "rail_groups": systems_of(request),
        "acting_organisation": acting,
        "other_organisations": SimpleLazyObject(lambda: _others(request, acting)),
    }


def _others(request: HttpRequest, acting: Organisation | None) -> list[Organisation]:
    """The organisations one could act for instead."""
    person = request.user
    return [one for one in organisations_to_act_for(person) if one != acting] if isinstance(person, Person) else []


def _unread(request: HttpRequest) -> int:
    """How many notices this person has not read."""
    return unread_count(request.user) if isinstance(request.user, Person) else 0
