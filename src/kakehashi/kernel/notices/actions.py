"""Telling people, and their having read it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.functional import Promise

from kakehashi.kernel import events
from kakehashi.kernel.notices.models import Notice
from kakehashi.kernel.people.models import Person


@dataclass(frozen=True)
class NoticeWritten(events.Event):
    """A notice that also goes out by mail."""

    notice_id: int


def notify(person: Person, kind: str, text: str | Promise, link: str = "", *, mail: bool = True) -> Notice:
    """Tell a person something: ``text`` is lazy, so that both languages are kept (with values: ``format_lazy``, since
    ``%`` makes a text of one language); ``link`` a path on this site.

    The mail goes out after the commit and is tried again when it fails. It holds the text: no personal data in it.
    """
    texts = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            texts[language] = str(text)[:500]
    with transaction.atomic():
        notice = Notice.objects.create(person=person, kind=kind, text_ja=texts["ja"], text_en=texts["en"], link=link)
        if mail:
            events.publish(NoticeWritten(notice.pk))
    return notice


def mark_read(person: Person, notice_ids: Sequence[int] | None = None) -> int:
    """Mark a person's notices as read (all, or these of theirs); returns how many were not before."""
    unread = Notice.objects.filter(person=person, read_at=None)
    if notice_ids is not None:
        unread = unread.filter(pk__in=notice_ids)
    return unread.update(read_at=timezone.now())
