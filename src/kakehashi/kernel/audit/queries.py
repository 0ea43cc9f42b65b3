"""Questions put to the audit trail."""

from django.db.models import QuerySet

from kakehashi.kernel.audit.lookup import numbers_about
from kakehashi.kernel.audit.models import AuditEntry


def entries_about(subject_type: str, subject_id: object) -> QuerySet[AuditEntry]:
    """Every entry that names this thing, alone or among others, newest first."""
    numbers = numbers_about(subject_type, str(subject_id))
    return AuditEntry.objects.filter(pk__in=numbers).order_by("-sequence")


def entries_by(actor: str) -> QuerySet[AuditEntry]:
    """Every entry of this actor (``person:12``), newest first."""
    return AuditEntry.objects.filter(actor=actor).order_by("-sequence")
