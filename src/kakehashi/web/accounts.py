"""Log-in as the shell sees it: home knows when a person was here before. Who may come in: kernel.people.accounts."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from kakehashi.kernel.people import accounts
from kakehashi.web.pages import LAST_HERE


class AccountAdapter(accounts.AccountAdapter):
    """settings.ACCOUNT_ADAPTER."""

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Keep the time of the last log-in before it is overwritten."""
        if user.last_login:
            request.session[LAST_HERE] = user.last_login.isoformat()
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer
