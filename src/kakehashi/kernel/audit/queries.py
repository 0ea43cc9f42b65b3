"""Questions put to the audit trail."""

from django.db.models import Q, QuerySet

from kakehashi.kernel.audit.models import AuditEntry


def entries_about(subject_type: str, subject_id: object) -> QuerySet[AuditEntry]:
    """Every entry that names this thing, alone or among others, newest first."""
    identifier = str(subject_id)
    named = Q(subject_id=identifier) | Q(subject_ids__contains=f'"{identifier}"')
    return AuditEntry.objects.filter(named, subject_type=subject_type).order_by("-sequence")


def entries_by(actor: str) -> QuerySet[AuditEntry]:
    """Every entry of this actor (``person:12``), newest first."""
    return AuditEntry.objects.filter(actor=actor).order_by("-sequence")
