from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.shell import Group, NavigationEntry


class ExchangeConfig(AppConfig):
    name = "kakehashi.systems.exchange"
    label = "exchange"
    verbose_name = _("Exchange")
    waiting = "kakehashi.systems.exchange.waiting.waiting_for"
    navigation = (
        NavigationEntry(
            Group.DATA_SHARING,
            _("My matches"),
            "exchange:matches",
            order=20,
            used_by="kakehashi.systems.cases.public.works_on_cases",
        ),
    )

    def ready(self) -> None:
        from kakehashi.kernel.jobs.kinds import name_kind
        from kakehashi.systems.cases.public import CaseTab, register_tab
        from kakehashi.systems.exchange import handlers, matching, metrics, tasks, workflow  # noqa: F401
        from kakehashi.systems.exchange.conversations import workflow as conversation_workflow  # noqa: F401
        from kakehashi.systems.exchange.solving import workflow as solving_workflow  # noqa: F401

        name_kind(tasks.KIND, _("Asking other nodes"))
        name_kind(matching.KIND, _("Matching cases"))

        register_tab(CaseTab("nodes", _("Other nodes"), "exchange:case"))
