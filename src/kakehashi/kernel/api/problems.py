"""Errors as RFC 9457 problem documents, for every API path."""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from kakehashi.kernel.errors import Invalid, KakehashiError

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"


class ProblemReason(Schema):
    """One reason of a refusal."""

    code: str
    text: str


class Problem(Schema):
    """RFC 9457 problem details. ``errors``: field → messages (422); ``reasons``: why not (403)."""

    type: str = Field(examples=["urn:kakehashi:problem:not_allowed"])
    title: str
    status: int
    detail: str
    code: str
    errors: dict[str, list[str]] | None = None
    reasons: list[ProblemReason] | None = None
    peer: str | None = None
    timed_out: bool | None = None


def answer(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A problem document as a response."""
    text = json.dumps(body, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type=MEDIA_TYPE, headers=dict(headers or {}))


def of_error(error: KakehashiError) -> HttpResponse:
    """The answer to one of our own errors."""
    return answer(error.status, error.problem())


def of_status(status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> HttpResponse:
    """The answer for a bare status code, such as 401 or 405."""
    texts = {
        400: (_("The request could not be read"), _("Send well-formed JSON as the documentation at /api/docs says.")),
        401: (_("Not logged in"), _("Log in, or send a personal API token: Authorization: Bearer kkh_…")),
        403: (_("Not allowed"), _("You may not do this.")),
        404: (_("Not found"), _("There is nothing at this address, or nothing that you may see.")),
        405: (_("Method not possible here"), _("The header Allow names what this address understands.")),
        413: (_("Too large"), _("The file or form is larger than this node accepts.")),
        429: (_("Too many requests"), _("Wait a while and try again.")),
    }
    title, usual = texts.get(status, (HTTPStatus(status).phrase, ""))
    if status >= 500:
        title, usual = _("Something went wrong"), _("Try again; if it stays, tell the administrator the time of it.")
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail or usual,
        "code": HTTPStatus(status).name.lower(),
    }
    return answer(status, body, headers)


def of_validation(faults: list[dict[str, Any]]) -> HttpResponse:
    """The answer to a request whose parameters or body do not fit the schema: path of the field → messages."""
    problems: dict[str, list[str]] = {}
    for fault in faults:
        problems.setdefault(fault["place"], []).append(fault["text"])
    return of_error(Invalid(problems))


def is_api(request: HttpRequest) -> bool:
    """Whether problems of this request are answered as problem+json."""
    return request.path.startswith("/api/")
