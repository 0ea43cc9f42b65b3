"""Matchmaker Exchange v1.1, as foreign nodes speak it: /mme/match, /mme/heartbeat, /mme/metrics.

Kept apart from the API of our own users: its own tokens (``X-Auth-Token``), media types and shape of errors.
"""

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.urls import re_path
from django.views.decorators.csrf import csrf_exempt

from kakehashi import __version__
from kakehashi.kernel import audit
from kakehashi.protocols.mme import CONTENT_TYPE, MmeError, negotiate, read_request
from kakehashi.protocols.mme.versions import ACCEPTED_TYPES
from kakehashi.systems.exchange.answering import DISCLAIMER, TERMS, Noted, TooMuch, answer
from kakehashi.systems.exchange.metrics import counts
from kakehashi.systems.exchange.models import Peer
from kakehashi.systems.exchange.tokens import peer_of

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


def spoken(method: str) -> Callable[[Callable[[HttpRequest, Peer], dict[str, Any]]], View]:
    """A view of the exchange: method and token checked, every error answered as JSON in the exchange's shape."""

    def made(view: Callable[[HttpRequest, Peer], dict[str, Any]]) -> View:
        @csrf_exempt
        @wraps(view)
        def answering(request: HttpRequest) -> HttpResponse:
            try:
                if request.method != method:
                    raise MmeError(405, f"Method not allowed; use {method}")
                peer = peer_of(request.headers.get("X-Auth-Token", ""))
                if peer is None:
                    audit.refused("visitor", f"mme.{view.__name__}", detail={"reasons": ["no_token"]})
                    raise MmeError(401, "Not authorised: X-Auth-Token is missing or not known")
                return _sent(view(request, peer))
            except TooMuch as error:
                return _sent(error.body(), error.status, {"Retry-After": str(error.refused.after_s)})
            except MmeError as error:
                return _sent(error.body(), error.status, {"Allow": method} if error.status == 405 else {})
            except Exception:
                logger.exception("mme.%s failed", view.__name__)
                return _sent({"message": "Internal error; the question was not answered"}, 500)

        return answering

    return made


def _sent(tree: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    body = json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE, headers=headers or {})


@spoken("POST")
def match(request: HttpRequest, peer: Peer) -> dict[str, Any]:
    """POST /mme/match"""
    noted = Noted(peer)
    try:
        negotiate(request.headers.get("Content-Type", ""), request.headers.get("Accept", ""))
        return answer(peer, read_request(_body(request)), noted).tree()
    except MmeError as error:
        noted.keep(error.status)
        raise


def _body(request: HttpRequest) -> bytes:
    try:
        return request.body
    except RequestDataTooBig:
        raise MmeError(413, "the body is too large") from None
    except UnreadablePostError:
        raise MmeError(422, "the body did not arrive whole") from None


@spoken("GET")
def heartbeat(request: HttpRequest, peer: Peer) -> dict[str, Any]:
    """GET /mme/heartbeat"""
    facts = {"production": True, "version": __version__, "accept": list(ACCEPTED_TYPES)}
    return {"heartbeat": facts, "disclaimer": DISCLAIMER, "terms": TERMS}


@spoken("GET")
def metrics(request: HttpRequest, peer: Peer) -> dict[str, Any]:
    """GET /mme/metrics"""
    return {"metrics": counts(), "disclaimer": DISCLAIMER, "terms": TERMS}


@csrf_exempt
def nowhere(request: HttpRequest) -> HttpResponse:
    """Any other address under /mme/: told as JSON too."""
    return _sent({"message": "Nothing at this address; there are match, heartbeat and metrics"}, 404)


urlpatterns = [
    re_path(r"^match/?$", match, name="match"),
    re_path(r"^heartbeat/?$", heartbeat, name="heartbeat"),
    re_path(r"^metrics/?$", metrics, name="metrics"),
    re_path(r"", nowhere),
]
app_name = "mme"
