"""What every page's shell needs: the node's name, the systems this person uses, whom they act for, their notices."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from kakehashi import __version__
from kakehashi.web.navigation import systems_of

STYLE_SHEETS = tuple(f"web/{name}.css" for name in ("tokens", "shell", "content", "forms", "layouts", "picture"))


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor for web/base.html."""
    return {
        "node_name": settings.NODE_NAME,
        "version": __version__,
        "style_sheets": STYLE_SHEETS,
        "systems": systems_of(request),
    }
