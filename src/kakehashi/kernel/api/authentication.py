"""Who calls the API: a person in their browser session (with CSRF check), or their program with a personal token."""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer, SessionAuth

from kakehashi.kernel.people.acting import acting_organisation
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.people.tokens import token_of


class Session(SessionAuth):
    """The log-in of the site; writes need the CSRF token in X-CSRFToken."""

    def __call__(self, request: HttpRequest) -> Any:
        if request.headers.get("Authorization"):  # a token was sent: it alone counts
            return None
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, key: str | None) -> Person | None:
        person = request.user
        if not isinstance(person, Person):
            return None
        acting_organisation(request)
        return person


class Token(HttpBearer):
    """``Authorization: Bearer kkh_…``; acts for the organisation that the token was made for.

    For this request the person belongs to no other organisation: what rules allow them elsewhere is not for this token.
    """

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        found = token_of(token)
        if found is None:
            return None
        request.user = found.person
        found.person.token_organisation_id = found.organisation_id
        acting_organisation(request)
        return found.person


def caller(request: HttpRequest) -> Person:
    """The person behind an authenticated API request."""
    assert isinstance(request.user, Person)
    return request.user
