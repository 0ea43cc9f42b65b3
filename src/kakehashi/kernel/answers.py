"""Middleware: on API paths every error becomes problem+json; refusals are recorded whoever shows them."""

from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from kakehashi.kernel import audit
from kakehashi.kernel.api import problems
from kakehashi.kernel.errors import KakehashiError, NotAllowed
from kakehashi.kernel.people.acting import acting_organisation

Answer = Callable[[HttpRequest], HttpResponse]


class Answers:
    """Last in MIDDLEWARE, so that it is the first to see what a view raises."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _holds_nul(request):
            if problems.is_api(request):
                return problems.of_status(400)
            raise SuspiciousOperation("a NUL character in an address or form")
        acting_organisation(request)
        response = self.get_response(request)
        audit.settle()
        if request.user.is_authenticated:  # what a person was shown is not left in the browser for who comes after
            response.headers.setdefault("Cache-Control", "no-store")
        if problems.is_api(request) and response.status_code >= 400 and not _is_json(response):
            allow = {"Allow": response["Allow"]} if "Allow" in response else None
            return problems.of_status(response.status_code, headers=allow)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Records a refusal; answers our own errors on API paths and leaves pages to the shell."""
        if not isinstance(error, KakehashiError):
            return None
        note_refusal(request, error)
        return problems.of_error(error) if problems.is_api(request) else None


def _holds_nul(request: HttpRequest) -> bool:
    """Whether the address or a form holds the one character that PostgreSQL cannot keep in a text, nor anyone type."""
    fields = [request.GET] if problems.is_api(request) else [request.GET, request.POST]
    return "\0" in request.path or any("\0" in text for field in fields for _, texts in field.lists() for text in texts)


def _is_json(response: HttpResponseBase) -> bool:
    return "json" in response.get("Content-Type", "")


def note_refusal(request: HttpRequest, error: KakehashiError) -> None:
    """Record a refusal that nothing nearer to it recorded, under the name of the address."""
    if not isinstance(error, NotAllowed) or error.recorded:
        return
    match = request.resolver_match
    codes = list(error.verdict.codes) if error.verdict is not None else []
    actor = request.user if request.user.is_authenticated else "visitor"
    detail = {"reasons": codes, "method": request.method}
    audit.refused(actor, f"request:{match.view_name if match else ''}"[:80], detail=detail)
    error.recorded = True
