from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "kakehashi.kernel.events"
    label = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        """Import every app's ``events`` module, so that handlers are known in each process."""
        autodiscover_modules("events")
