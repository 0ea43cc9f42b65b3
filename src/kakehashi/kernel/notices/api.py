"""API routes about one's notices."""

from datetime import datetime
from typing import Annotated

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Router, Schema

from kakehashi.kernel.api.authentication import caller
from kakehashi.kernel.notices import actions, queries
from kakehashi.kernel.notices.models import Notice

router = Router(tags=["notices"])


class NoticeOut(Schema):
    """A notice; ``text`` in the language of the request."""

    id: int
    kind: str
    text: str
    link: str
    created_at: datetime
    read_at: datetime | None


class ReadIn(Schema):
    """Which notices were read; null: all of them."""

    ids: list[Annotated[int, Field(ge=1, le=2**63 - 1)]] | None = Field(max_length=1000)


class ReadOut(Schema):
    """How many notices were unread before."""

    marked: int


@router.get("/", response=list[NoticeOut], summary="My notices")
def list_notices(request: HttpRequest, unread: bool = False) -> QuerySet[Notice]:
    """The last 100, newest first."""
    person = caller(request)
    return (queries.unread(person) if unread else queries.notices_of(person))[:100]


@router.post("/read", response=ReadOut, summary="Mark notices as read")
def read_notices(request: HttpRequest, payload: ReadIn) -> dict[str, int]:
    """Only one's own are touched."""
    return {"marked": actions.mark_read(caller(request), payload.ids)}
