"""Pages for what went wrong: what happened, what is safe, what to do. Django's handler400 … handler500."""

import sys
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from kakehashi.kernel.errors import Invalid, KakehashiError, NotAllowed

BUSY_S = 60
"""In so many seconds whoever was kept out by another's long write may try again."""


class ProblemPages:
    """Middleware: an error of the kernel's tree, raised anywhere below a page, becomes a page that a person reads.

    The API has its own handler (problem+json) and is left alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Django calls this for whatever a view raises."""
        if not isinstance(error, KakehashiError) or request.path.startswith("/api/"):
            return None
        context: dict[str, Any] = {"title": error.title, "detail": error.detail}
        if isinstance(error, NotAllowed) and error.verdict is not None and error.verdict.reasons:
            context |= {"detail": "", "reasons": [reason.text for reason in error.verdict.reasons]}
        elif isinstance(error, Invalid):
            context |= {"detail": " ".join(str(text) for text in error.problems.get("", ()))}
            context["fields"] = {field: texts for field, texts in error.problems.items() if field}
        return problem_page(request, error.status, **context)


def problem_page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    """One problem as a page; ``title``, ``detail``, ``reasons`` and ``reference`` may be given, all else is known."""
    return render(request, "web/problem.html", {"status": status, **context}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400; or 413 when what was sent is larger than this node accepts."""
    return problem_page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return problem_page(request, 403)


def forgery_suspected(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the CSRF check: the form was too old or came from elsewhere."""
    return problem_page(request, 403, stale_form=True)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return problem_page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500; 503 while one long write keeps all others out (SQLite). Uses neither database nor session, which may be what
    broke."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError) and "database is locked" in str(error):
        answer = HttpResponse(render_to_string("503.html"), status=503)
        answer["Retry-After"] = BUSY_S
        return answer
    return HttpResponse(render_to_string("500.html"), status=500)
