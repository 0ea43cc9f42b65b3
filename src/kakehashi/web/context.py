"""What every page's shell needs: the node's name, the language, the systems this person uses."""

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, object]:
    """Context processor for the base template."""
    return {"node_name": settings.NODE_NAME}
