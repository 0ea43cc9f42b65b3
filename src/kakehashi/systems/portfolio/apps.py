from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.shell import FirstStep, Group, NavigationEntry, Text


def _desk(label: Text, view: str, rule: str, first: Text) -> NavigationEntry:
    """The page on which a role begins; ``first``: what one is told of it who has nothing to do yet."""
    used_by = f"kakehashi.systems.portfolio.{rule}"
    step = FirstStep(first, view, used_by)
    return NavigationEntry(Group.RESEARCH_MANAGEMENT, label, view, order=9, used_by=used_by, first_step=step)


class PortfolioConfig(AppConfig):
    name = "kakehashi.systems.portfolio"
    label = "portfolio"
    verbose_name = _("Portfolio")
    waiting = "kakehashi.systems.portfolio.desks.waiting.waiting_for"
    navigation = (
        _desk(
            _("My project"),
            "portfolio:my_project",
            "desks.rules.may_use_directors",
            _("Open your project: its money, its gates, what is late"),
        ),
        _desk(
            _("My disease area"),
            "portfolio:my_area",
            "desks.rules.may_use_coordinators",
            _("Open your disease area across the projects"),
        ),
        _desk(
            _("My books"),
            "portfolio:my_books",
            "desks.rules.may_use_accountants",
            _("See what is to be booked, and when the books close"),
        ),
        _desk(
            _("Audit of the figures"),
            "portfolio:my_audit",
            "desks.rules.may_use_auditors",
            _("Check the books, and walk a figure down to its entries"),
        ),
        _desk(
            _("My research awards"),
            "portfolio:my_research",
            "investigators.rules.used_by",
            _("See what is due in the awards that you carry out"),
        ),
        _desk(
            _("My awards"),
            "portfolio:my_awards",
            "desks.rules.may_use_officers",
            _("See what your awards need today"),
        ),
        NavigationEntry(
            Group.RESEARCH_MANAGEMENT,
            _("The agency"),
            "portfolio:agency",
            order=10,
            used_by="kakehashi.systems.portfolio.rules.used_by",
        ),
        NavigationEntry(
            Group.RESEARCH_MANAGEMENT,
            _("Structure"),
            "portfolio:structure",
            order=11,
            area="/portfolio/structure/",
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
            _("Calls"),
            "portfolio:calls",
            order=12,
            area="/portfolio/calls/",
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
            _("Pipeline"),
            "portfolio:pipeline",
            order=15,
            area="/portfolio/pipeline/",
            used_by="kakehashi.systems.portfolio.rules.used_by",
        ),
        NavigationEntry(
            Group.RESEARCH_MANAGEMENT,
            _("Co-operation abroad"),
            "portfolio:cooperation",
            order=15,
            area="/portfolio/abroad/",
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
            Group.RESEARCH_MANAGEMENT,
            _("Patient and public involvement"),
            "portfolio:involvement",
            order=16,
            area="/portfolio/involvement/",
            used_by="kakehashi.systems.portfolio.rules.used_by",
        ),
        NavigationEntry(
            Group.RESEARCH_MANAGEMENT,
            _("Published totals"),
            "portfolio:published",
            order=17,
            area="/portfolio/published/",
            used_by="kakehashi.systems.portfolio.rules.used_by",
        ),
        NavigationEntry(
            Group.RESEARCH_MANAGEMENT,
            _("Award finder"),
            "finder:find",
            order=18,
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
        from django.db.models.signals import post_migrate
        from django.urls import reverse

        from kakehashi.kernel.jobs.kinds import name_kind
        from kakehashi.kernel.search.kinds import SearchKind, register
        from kakehashi.systems.portfolio import finding, handlers, queries  # noqa: F401
        from kakehashi.systems.portfolio.adjustment import workflow  # noqa: F401
        from kakehashi.systems.portfolio.desks import checking
        from kakehashi.systems.portfolio.ledger import importing
        from kakehashi.systems.portfolio.milestones import workflow as gates  # noqa: F401
        from kakehashi.systems.portfolio.outputs import workflow as outputs  # noqa: F401

        name_kind(importing.LOOK, _("Looking at a file of entries"), importing.outcome_of)
        name_kind(importing.BOOK, _("Booking a file of entries"), importing.outcome_of)
        name_kind(checking.KIND, _("Checking the books"), checking.outcome_of)
        post_migrate.connect(_watch, sender=self, dispatch_uid="portfolio.stamps")
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


def _watch(sender: AppConfig, using: str, **_more: Any) -> None:
    """Put the triggers back that a migration may have taken away with a remade table."""
    from django.db import connections

    from kakehashi.systems.portfolio.columns import stamps
    from kakehashi.systems.portfolio.models import Stamp

    connection = connections[using]
    if Stamp._meta.db_table in connection.introspection.table_names():
        stamps.install(connection)
