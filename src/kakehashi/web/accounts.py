"""Log-in as this house does it: nobody signs up by themselves, and home knows when a person was here before."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from kakehashi.web.pages import LAST_HERE


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """settings.ACCOUNT_ADAPTER."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited by their organisation's administrator."""
        return False

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Keep the time of the last log-in before it is overwritten."""
        if user.last_login:
            request.session[LAST_HERE] = user.last_login.isoformat()
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer
