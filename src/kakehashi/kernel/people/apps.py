from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.shell import Group, NavigationEntry


class PeopleConfig(AppConfig):
    name = "kakehashi.kernel.people"
    label = "people"
    verbose_name = _("People")
    navigation = (
        NavigationEntry(
            Group.ADMINISTRATION,
            _("People"),
            "people:list",
            order=10,
            used_by="kakehashi.kernel.people.pages.used_by",
        ),
    )

    def ready(self) -> None:
        """Connect the audit trail to allauth's signals."""
        from kakehashi.kernel.people import accounts  # noqa: F401
