"""The Content-Security-Policy: everything comes from this node; no inline script or style, ever."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


def content_security_policy(oidc_issuer: str = "") -> str:
    """The header's text. Browsers hold redirects after a form to form-action, so the single sign-on's origin joins."""
    issuer = urlsplit(oidc_issuer)
    sign_on = f" {issuer.scheme}://{issuer.netloc}" if issuer.scheme and issuer.netloc else ""
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            f"form-action 'self'{sign_on}",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "object-src 'none'",
        ]
    )


class ContentSecurityPolicy:
    """Middleware: sets the policy on every answer that brings none of its own."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.policy = content_security_policy(settings.OIDC_ISSUER)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        return response
