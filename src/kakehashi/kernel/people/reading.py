"""Middleware: a page asks dozens of rules about one person, whose memberships are read once for all of them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from kakehashi.kernel.people.queries import read_once

ONLY_READS = ("GET", "HEAD", "OPTIONS")


class ReadOnce:
    """Only for what changes nothing: whatever else a request does finds the memberships of that moment."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ONLY_READS:
            return self.get_response(request)
        with read_once():
            return self.get_response(request)
