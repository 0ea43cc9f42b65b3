"""The sharing app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.shell import Group, NavigationEntry


class SharingConfig(AppConfig):
    name = "kakehashi.kernel.sharing"
    label = "sharing"
    verbose_name = _("Sharing")
    navigation = (
        NavigationEntry(
            Group.ADMINISTRATION,
            _("Networks"),
            "sharing:networks",
            order=30,
            used_by="kakehashi.kernel.sharing.pages.used_by",
        ),
    )

    def ready(self) -> None:
        from kakehashi.kernel.sharing import asked  # noqa: F401
