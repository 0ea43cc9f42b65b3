from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "kakehashi.kernel.people"
    label = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        """Connect the audit trail to allauth's signals."""
        from kakehashi.kernel.people import accounts  # noqa: F401
