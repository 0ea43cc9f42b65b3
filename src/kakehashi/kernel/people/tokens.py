"""Personal API tokens: made by a person for a program of theirs, shown once, kept only as a hash."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Invalid, NotFound
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import ApiToken, Person
from kakehashi.kernel.people.queries import organisation_ids_of
from kakehashi.kernel.rules import denied

PREFIX = "kkh_"
MOST_DAYS = 366


def hashed(secret: str) -> str:
    """SHA-256 is enough here: a token carries 256 random bits, there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def make_token(*, by: Person, organisation: Organisation, name: str, days: int = 90) -> tuple[ApiToken, str]:
    """A new token of this person for this organisation, and its secret, which cannot be read again.

    Raises Invalid (name, days), NotAllowed when the person does not belong to the organisation.
    """
    problems = {}
    if not name.strip() or len(name) > 100:
        problems["name"] = [_("Give the token a name of at most 100 characters.")]
    if not 1 <= days <= MOST_DAYS:
        problems["days"] = [_("A token is valid for 1 to 366 days.")]
    if problems:
        raise Invalid(problems)
    member = denied("not_member", _("You do not belong to this organisation."))
    if organisation.pk not in organisation_ids_of(by):
        audit.insist(member, by=by, action="token.make", subject=organisation)
    secret = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            person=by,
            organisation=organisation,
            name=name.strip(),
            hint=secret[: len(PREFIX) + 4],
            hash=hashed(secret),
            expires_at=timezone.now() + timedelta(days=days),
        )
        audit.record(by, "token.make", token, detail={"days": days})
    return token, secret


def revoke_token(token_id: int, *, by: Person) -> None:
    """End one of one's own tokens at once. Raises NotFound for tokens of others."""
    with transaction.atomic():
        token = ApiToken.objects.select_for_update().filter(pk=token_id, person=by).first()
        if token is None:
            raise NotFound(_("The token"))
        if token.revoked_at is None:
            _revoke(token, by=by)


def revoke_tokens_of(person: Person, *, by: Person | None) -> int:
    """End every token of a person that still works; how many. Who calls has judged the right, in its transaction."""
    valid = ApiToken.objects.filter(person=person, revoked_at=None, expires_at__gt=timezone.now())
    tokens = list(valid.select_for_update().order_by("pk"))
    for token in tokens:
        _revoke(token, by=by)
    return len(tokens)


def _revoke(token: ApiToken, *, by: Person | None) -> None:
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    audit.record(by, "token.revoke", token)


def token_of(secret: str) -> ApiToken | None:
    """The valid token with this secret: not expired, not revoked, its person active and still a member."""
    if not secret.startswith(PREFIX):
        return None
    now = timezone.now()
    found = (
        ApiToken.objects.filter(hash=hashed(secret), revoked_at=None, expires_at__gt=now, person__is_active=True)
        .select_related("person")
        .first()
    )
    if found is None or found.organisation_id not in organisation_ids_of(found.person):
        return None
    if found.last_used_on != timezone.localdate():
        ApiToken.objects.filter(pk=found.pk).update(last_used_on=timezone.localdate())
    return found
