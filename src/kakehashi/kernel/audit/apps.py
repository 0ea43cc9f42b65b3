from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.shell import Group, NavigationEntry


class AuditConfig(AppConfig):
    name = "kakehashi.kernel.audit"
    label = "audit"
    verbose_name = _("Audit trail")
    navigation = (
        NavigationEntry(
            Group.ADMINISTRATION,
            _("Audit trail"),
            "audit:list",
            order=20,
            used_by="kakehashi.kernel.audit.rules.used_by",
        ),
    )

    def ready(self) -> None:
        from kakehashi.kernel.audit import older
        from kakehashi.kernel.jobs.kinds import name_kind

        name_kind(older.KIND, _("Making older entries of the audit trail findable"))
