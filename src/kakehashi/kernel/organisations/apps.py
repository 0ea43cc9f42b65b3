from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganisationsConfig(AppConfig):
    name = "kakehashi.kernel.organisations"
    label = "organisations"
    verbose_name = _("Organisations")

    def ready(self) -> None:
        """Name organisations in the audit trail."""
        from kakehashi.kernel.audit.naming import register_names
        from kakehashi.kernel.organisations.queries import names_in_trail

        register_names("organisation", names_in_trail)
