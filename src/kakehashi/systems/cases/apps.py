from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.shell import FirstStep, Group, NavigationEntry


class CasesConfig(AppConfig):
    name = "kakehashi.systems.cases"
    label = "cases"
    verbose_name = _("Cases")
    waiting = "kakehashi.systems.cases.course.waiting.waiting_for"
    changes = "kakehashi.systems.cases.queries.changes_for"
    navigation = (
        NavigationEntry(
            Group.DATA_SHARING,
            _("Cases"),
            "cases:list",
            order=10,
            used_by="kakehashi.systems.cases.queries.used_by",
            first_step=FirstStep(_("Register a case"), "cases:new", "kakehashi.systems.cases.queries.enters_cases"),
        ),
        NavigationEntry(
            Group.DATA_SHARING,
            _("Consultations"),
            "cases:consultations",
            order=12,
            area="/cases/consultations/",
            used_by="kakehashi.systems.cases.queries.used_by",
        ),
        NavigationEntry(
            Group.DATA_SHARING,
            _("Outcomes"),
            "outcomes:show",
            order=40,
            used_by="kakehashi.systems.cases.outcomes.rules.used_by",
        ),
    )

    def ready(self) -> None:
        from django.urls import reverse

        from kakehashi.kernel.audit.naming import register_finding, register_names
        from kakehashi.kernel.jobs.kinds import name_kind
        from kakehashi.kernel.search.kinds import SearchKind, register
        from kakehashi.systems.cases import handlers, queries, reindexing, rows, tasks, workflow  # noqa: F401
        from kakehashi.systems.cases.course import referrals  # noqa: F401
        from kakehashi.systems.cases.families import queries as families

        name_kind(tasks.KIND, _("Import of cases"), tasks.outcome_of)
        name_kind(reindexing.KIND, _("Reading cases anew for the search"))
        register_names("case", queries.names_in_trail)
        register_finding("case", queries.case_written)
        register_names("family", families.names_in_trail)
        register(
            SearchKind(
                rows.SEARCH_KIND,
                _("Case"),
                visible_to=queries.searchable_cases,
                title=lambda case: " · ".join(dict.fromkeys([case.public_id, case.pseudonym])),
                link=lambda case: reverse("cases:show", args=[case.public_id]),
                named=queries.cases_named,
                begun=queries.cases_begun,
                note=queries.diagnosis_of,
                version=rows.search_version,
                rules=rows.search_rules,
            )
        )
