"""How long a browser may keep a page that everybody may see."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control

View = Callable[..., HttpResponseBase]


def kept_for(seconds: int) -> Callable[[View], View]:
    """The browser of whoever has not logged in may keep the page so long; nobody between may, for it holds a token of
    its own, and nobody keeps that of a person: it names them."""

    def wrap(view: View) -> View:
        @wraps(view)
        def kept(request: HttpRequest, *given: Any, **named: Any) -> HttpResponseBase:
            answer = view(request, *given, **named)
            if not request.user.is_authenticated:
                patch_cache_control(answer, private=True, max_age=seconds)
            return answer

        return kept

    return wrap
