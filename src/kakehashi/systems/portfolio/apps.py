from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.shell import Group, NavigationEntry


class PortfolioConfig(AppConfig):
    name = "kakehashi.systems.portfolio"
    label = "portfolio"
    verbose_name = _("Portfolio")
    waiting = "kakehashi.systems.portfolio.milestones.actions.waiting_for"
    navigation = (
        NavigationEntry(
            Group.RESEARCH_MANAGEMENT,
            _("The agency"),
            "portfolio:agency",
            order=10,
            used_by="kakehashi.systems.portfolio.rules.used_by",
        ),
        NavigationEntry(
            Group.RESEARCH_MANAGEMENT,
            _("Awards"),
            "portfolio:awards",
            order=12,
            area="/portfolio/awards/",
            used_by="kakehashi.systems.portfolio.rules.used_by",
        ),
        NavigationEntry(
            Group.RESEARCH_MANAGEMENT,
            _("Data book"),
            "portfolio:databook",
            order=13,
            area="/portfolio/databook/",
            used_by="kakehashi.systems.portfolio.rules.used_by",
        ),
        NavigationEntry(
            Group.RESEARCH_MANAGEMENT,
            _("Outputs"),
            "portfolio:outputs",
            order=13,
            area="/portfolio/outputs/",
            used_by="kakehashi.systems.portfolio.rules.used_by",
        ),
        NavigationEntry(
            Group.RESEARCH_MANAGEMENT,
            _("Ledger"),
            "portfolio:entries",
            order=14,
            area="/portfolio/entries/",
            used_by="kakehashi.systems.portfolio.rules.used_by",
        ),
        NavigationEntry(
            Group.RESEARCH_MANAGEMENT,
            _("Awards that end"),
            "portfolio:ending",
            order=15,
            area="/portfolio/ending/",
            used_by="kakehashi.systems.portfolio.rules.used_by",
        ),
        NavigationEntry(
            Group.RESEARCH_MANAGEMENT,
            _("Adjustment funds"),
            "portfolio:adjustment",
            order=16,
            area="/portfolio/adjustment/",
            used_by="kakehashi.systems.portfolio.rules.used_by",
        ),
        NavigationEntry(
            Group.RESEARCH_MANAGEMENT,
            _("Collections"),
            "portfolio:collections",
            order=17,
            area="/portfolio/collections/",
            used_by="kakehashi.systems.portfolio.rules.used_by",
        ),
        NavigationEntry(
            Group.ADMINISTRATION,
            _("Offices"),
            "portfolio:offices",
            order=40,
            used_by="kakehashi.systems.portfolio.offices.rules.may_appoint",
        ),
    )

    def ready(self) -> None:
        from django.urls import reverse

        from kakehashi.kernel.search.kinds import SearchKind, register
        from kakehashi.systems.portfolio import finding, handlers, queries  # noqa: F401
        from kakehashi.systems.portfolio.adjustment import workflow  # noqa: F401
        from kakehashi.systems.portfolio.milestones import workflow as gates  # noqa: F401

        register(
            SearchKind(
                finding.SEARCH_KIND,
                _("Award"),
                visible_to=queries.awards_visible_to,
                title=lambda award: f"{award.number} · {award.label()}",
                link=lambda award: reverse("portfolio:award", args=[award.number]),
                named=queries.awards_named,
            )
        )
