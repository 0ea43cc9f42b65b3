"""Where programmes and awards count under a plan term's scheme."""

from django.db.models import Q

from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.systems.portfolio.models import IntegratedProject, Placement, PlanTerm


def counting_in(fiscal_year: int) -> Q:
    """The placements that count in a fiscal year: those of its last day."""
    _first, last = fiscal_year_days(fiscal_year)
    return (Q(since=None) | Q(since__lte=last)) & (Q(until=None) | Q(until__gte=last))


def places(scheme: PlanTerm, fiscal_year: int) -> tuple[dict[int | None, int], dict[int, int]]:
    """Which project of a term each programme counts in, and each award that is placed by itself: as of the last day of
    a fiscal year. Of several the latest holds."""
    rows = Placement.objects.filter(counting_in(fiscal_year), project__term=scheme).order_by("pk")
    of_programme: dict[int | None, int] = {}
    of_award: dict[int, int] = {}
    for project, programme, award in rows.values_list("project_id", "programme_id", "award_id"):
        if award is None:
            of_programme[programme] = project
        else:
            of_award[award] = project
    return of_programme, of_award


def counts_in(programme: int, project: IntegratedProject, fiscal_year: int) -> bool:
    """Whether a programme (its primary key) counts in a project in a fiscal year, under the project's term."""
    of_programme, _of_award = places(project.term, fiscal_year)
    return of_programme.get(programme) == project.pk
