from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "kakehashi.systems.exchange"
    label = "exchange"
    verbose_name = _("Exchange")

    def ready(self) -> None:
        from kakehashi.systems.cases.public import CaseTab, register_tab
        from kakehashi.systems.exchange import handlers, workflow  # noqa: F401

        register_tab(CaseTab("nodes", _("Other nodes"), "exchange:case"))
