"""API routes about oneself: who am I, for whom do I act, my tokens."""

from datetime import date, datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Field, Router, Schema, Status

from kakehashi.kernel.api.authentication import Session, caller
from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.people import tokens
from kakehashi.kernel.people.acting import acting_organisation, organisations_to_act_for
from kakehashi.kernel.people.models import ApiToken
from kakehashi.kernel.people.queries import current_memberships

router = Router(tags=["people"])


class OrganisationOut(Schema):
    """An organisation."""

    code: str
    name: str
    name_en: str
    kind: str
    country: str


class MembershipOut(Schema):
    """One role in one organisation."""

    organisation: str = Field(alias="organisation.code")
    role: str
    since: date
    until: date | None


class MeOut(Schema):
    """The caller."""

    email: str
    name: str
    name_en: str
    language: str
    acting_for: OrganisationOut | None
    memberships: list[MembershipOut]


class TokenIn(Schema):
    """What a new token is for."""

    name: str = Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")
    days: int = Field(90, ge=1, le=tokens.MOST_DAYS)
    organisation: str | None = Field(None, description="Code; by default the organisation acted for.")


class TokenOut(Schema):
    """A token without its secret."""

    id: int
    name: str
    hint: str
    organisation: str = Field(alias="organisation.code")
    created_at: datetime
    expires_at: datetime
    last_used_on: date | None
    revoked_at: datetime | None


class NewTokenOut(TokenOut):
    """A new token with its secret, shown this once."""

    secret: str


@router.get("/me", response=MeOut, summary="Who am I")
def me(request: HttpRequest) -> dict[str, object]:
    """The caller, their memberships of today, and the organisation this request acts for."""
    person = caller(request)
    shown = {field: getattr(person, field) for field in ("email", "name", "name_en", "language")}
    return {
        **shown,
        "acting_for": acting_organisation(request),
        "memberships": list(current_memberships(person)),
    }


@router.get("/me/tokens", response=list[TokenOut], summary="My API tokens")
def list_tokens(request: HttpRequest) -> QuerySet[ApiToken]:
    """One's own tokens, newest first."""
    return ApiToken.objects.filter(person=caller(request)).select_related("organisation")


@router.post("/me/tokens", response={201: NewTokenOut}, auth=Session(), summary="Make an API token")
def make_token(request: HttpRequest, payload: TokenIn) -> Status[ApiToken]:
    """The secret is in this answer only. Needs the log-in of the site: a token cannot make further tokens."""
    person = caller(request)
    organisation = acting_organisation(request)
    if payload.organisation is not None:
        possible = organisations_to_act_for(person)
        organisation = next((one for one in possible if one.code == payload.organisation), None)
    if organisation is None:
        raise Invalid({"organisation": [_("You do not belong to this organisation.")]})
    token, secret = tokens.make_token(by=person, organisation=organisation, name=payload.name, days=payload.days)
    token.secret = secret  # type: ignore[attr-defined]
    return Status(201, token)


@router.delete("/me/tokens/{int:token_id}", response={204: None}, summary="Revoke an API token")
def revoke_token(request: HttpRequest, token_id: int) -> Status[None]:
    """Takes effect at once."""
    tokens.revoke_token(token_id, by=caller(request))
    return Status(204, None)
