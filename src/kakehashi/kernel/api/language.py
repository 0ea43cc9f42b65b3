"""The language of API answers: the one asked for, else the one chosen on the site, else English."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from kakehashi.kernel.api.problems import is_api

UNSAID = ("", "*")


class ApiLanguage:
    """Middleware after Django's own: programs, which name no language, get English whatever the node's own is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        unsaid = request.headers.get("Accept-Language", "").strip() in UNSAID
        if is_api(request) and unsaid and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate("en")
        return self.get_response(request)
