"""Logging in again after a session ended in the middle of a press."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

Answer = Callable[[HttpRequest], HttpResponse]


class BackToThePage:
    """Middleware: who pressed a button with no session any more comes, after log-in, to the page it stood on.

    ``login_required`` leads back to the address that was asked for, which many buttons only post to (405 for a browser
    that then reads it). The page is what the browser says it came from (Referer), on this node alone; else home.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        login = resolve_url(settings.LOGIN_URL)
        if request.method != "POST" or response.status_code != 302 or request.path == login:
            return response
        said = urlsplit(response["Location"])
        if said.path == login and REDIRECT_FIELD_NAME in parse_qs(said.query):  # who asks for a log-in says where from
            messages.warning(request, _("Your session had ended: what you pressed was not done. Press it again."))
            response["Location"] = f"{login}?{urlencode({REDIRECT_FIELD_NAME: _page_of(request)})}"
        return response


def _page_of(request: HttpRequest) -> str:
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        said = urlsplit(came_from)
        return f"{said.path}?{said.query}" if said.query else said.path
    return resolve_url(settings.LOGIN_REDIRECT_URL)
