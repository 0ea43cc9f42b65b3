"""Mailing notices, in the person's language."""

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kakehashi.kernel.events import handles
from kakehashi.kernel.notices.actions import NoticeWritten
from kakehashi.kernel.notices.models import Notice


@handles(NoticeWritten)
def mail_notice(event: NoticeWritten) -> None:
    """Once: a notice that was mailed before, or read meanwhile, is left."""
    notice = Notice.objects.select_related("person").filter(pk=event.notice_id).first()
    if notice is None or notice.mailed_at is not None or notice.read_at is not None or not notice.person.is_active:
        return
    with translation.override(notice.person.language):
        lines = [notice.text]
        if notice.link:
            lines += ["", f"{settings.BASE_URL}{notice.link}"]
        lines += ["", _("You get this mail because you have an account on %(node)s.") % {"node": settings.NODE_NAME}]
        subject = f"[{settings.NODE_NAME}] {notice.text}".splitlines()[0][:150]
        send_mail(subject, "\n".join(lines), None, [notice.person.email])
    notice.mailed_at = timezone.now()
    notice.save(update_fields=["mailed_at"])
