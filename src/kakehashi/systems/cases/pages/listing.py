"""The table of cases: its columns, filters and order."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.listing import Column, Filter, Listing, day_filters
from kakehashi.systems.cases import queries
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.states import CaseState, Sex


def _age(case: Case) -> str:
    if case.age_days is None:
        return ""
    if case.age_days < 731:
        return _now("%(number)d m") % {"number": case.age_days // 30.4375}
    return _now("%(number)d y") % {"number": case.age_days // 365.25}


CASES = Listing(
    name="cases",
    order="-changed_at",
    row_link=lambda case: reverse("cases:show", args=[case.public_id]),
    columns=(
        Column("id", _("Case"), lambda case: case.public_id, sort="public_id", template="cases/parts/case_cell.html"),
        Column("local_id", _("Pseudonym"), lambda case: case.pseudonym, sort="local_id"),
        Column("state", _("State"), lambda case: case.get_state_display(), sort="state", short=True),
        Column("sex", _("Sex"), lambda case: case.get_sex_display(), sort="sex", short=True),
        Column("age", _("Age"), _age, sort="age_days", number=True),
        Column("present", _("Present"), lambda case: case.present_count, sort="present_count", number=True),
        Column("absent", _("Absent"), lambda case: case.absent_count, sort="absent_count", number=True),
        Column("diagnosis", _("Diagnosis"), queries.diagnosis_of, sort="diagnosis"),
        Column("organisation", _("Organisation"), lambda case: case.organisation.label(), shown=False),
        Column("entered", _("Entered"), lambda case: case.created_at, sort="created_at", shown=False),
        Column("changed", _("Changed"), lambda case: case.changed_at, sort="changed_at"),
    ),
    filters=(
        Filter("state", _("State"), CaseState.choices, lambda cases, value: cases.filter(state=value)),
        Filter("sex", _("Sex"), Sex.choices, lambda cases, value: cases.filter(sex=value)),
        Filter(
            "diagnosed",
            _("Diagnosis"),
            [("yes", _("Diagnosed")), ("no", _("Undiagnosed"))],
            lambda cases, value: cases.filter(Q(diagnosis="") if value == "no" else ~Q(diagnosis="")),
        ),
        Filter(
            "synthetic",
            _("Kind"),
            [("yes", _("Synthetic")), ("no", _("Not synthetic"))],
            lambda cases, value: cases.filter(synthetic=value == "yes"),
        ),
        *day_filters("changed_at", _("Changed from"), _("Changed until")),
    ),
)
