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
        """Connect the audit trail to allauth's signals, and name people in it."""
        from kakehashi.kernel.audit.naming import register_finding, register_names
        from kakehashi.kernel.people import accounts, queries  # noqa: F401

        register_names("person", queries.names_in_trail)
        register_finding("person", queries.person_written)
