"""Logging in with django-allauth: nobody signs up by themselves; log-ins and failures stand in the audit trail.

Addresses never reach the trail: a failed log-in records a keyed hash, which tells attacks on one account from attacks
on many without naming anybody.
"""

import hashlib
import hmac
from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa
from allauth.socialaccount import signals as social
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest

from kakehashi.kernel import audit
from kakehashi.kernel.people.models import Person


def address_hash(address: str) -> str:
    """How the trail tells addresses apart without holding them: HMAC-SHA-256 with the node's audit key, 64 bits."""
    return hmac.new(settings.AUDIT_KEY.encode(), address.strip().lower().encode(), hashlib.sha256).hexdigest()[:16]


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """What allauth asks about accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited by an administrator of their organisation."""
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong address or password."""
        audit.refused("visitor", "login", detail={"address": address_hash(credentials.get("email") or "")})


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on lets in people this node knows, found by the address their provider has verified."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """A stranger with a valid account at the provider stays a stranger here."""
        audit.refused("visitor", "login", detail={"address": address_hash(sociallogin.user.email or ""), "by": "sso"})
        return False


@receiver(account.user_logged_in)
def _logged_in(request: HttpRequest, user: Person, **rest: Any) -> None:
    records = request.session.get("account_authentication_methods", [])
    methods = sorted({str(record.get("method")) for record in records})
    audit.record(user, "login", user, detail={"methods": methods})


@receiver(account.user_logged_out)
def _logged_out(request: HttpRequest, user: Person | None, **rest: Any) -> None:
    if user is not None:
        audit.record(user, "logout", user)


@receiver(account.password_changed)
@receiver(account.password_set)
def _password_changed(request: HttpRequest, user: Person, **rest: Any) -> None:
    audit.record(user, "person.password", user)


@receiver(account.password_reset)
def _password_reset(request: HttpRequest, user: Person, **rest: Any) -> None:
    """Who opened the link of the mail has shown that the address is theirs."""
    EmailAddress.objects.filter(user=user, email__iexact=user.email).update(verified=True)
    audit.record(user, "person.password", user, detail={"by": "mail"})


@receiver(account.email_changed)
def _address_changed(request: HttpRequest, user: Person, **rest: Any) -> None:
    audit.record(user, "person.address", user)


@receiver(mfa.authenticator_added)
def _second_step_added(request: HttpRequest, user: Person, authenticator: Any, **rest: Any) -> None:
    audit.record(user, "person.second_step.add", user, detail={"type": str(authenticator.type)})


@receiver(mfa.authenticator_removed)
def _second_step_removed(request: HttpRequest, user: Person, authenticator: Any, **rest: Any) -> None:
    audit.record(user, "person.second_step.remove", user, detail={"type": str(authenticator.type)})


@receiver(mfa.authentication_failed)
def _second_step_failed(request: HttpRequest, user: Person, **rest: Any) -> None:
    audit.refused(user, "login.second_step", user)


@receiver(social.social_account_added)
def _sign_on_connected(request: HttpRequest, sociallogin: Any, **rest: Any) -> None:
    audit.record(sociallogin.user, "person.sign_on.add", sociallogin.user)
