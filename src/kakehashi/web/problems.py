"""Pages for what went wrong: what happened, what is safe, what to do. Django's handler400 … handler500."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def problem_page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    """One problem as a page; ``title``, ``detail``, ``reasons`` and ``reference`` may be given, all else is known."""
    return render(request, "web/problem.html", {"status": status, **context}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return problem_page(request, 400)


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
    """500. Uses neither database nor session, which may be what broke."""
    return HttpResponse(render_to_string("500.html"), status=500)
