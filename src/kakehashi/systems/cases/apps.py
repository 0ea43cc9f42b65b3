from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.shell import Group, NavigationEntry


class CasesConfig(AppConfig):
    name = "kakehashi.systems.cases"
    label = "cases"
    verbose_name = _("Cases")
    navigation = (
        NavigationEntry(
            Group.DATA_SHARING,
            _("Cases"),
            "cases:list",
            order=10,
            used_by="kakehashi.systems.cases.queries.used_by",
        ),
    )

    def ready(self) -> None:
        from kakehashi.systems.cases import handlers, workflow  # noqa: F401
