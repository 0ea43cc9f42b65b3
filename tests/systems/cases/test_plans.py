"""What pages, searches and the index ask of a nation's cases is found by index: no plan reads the table through."""

import re

import pytest
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from kakehashi.kernel.sharing.decision import visible_to
from kakehashi.kernel.sharing.explanation import grants_on
from kakehashi.kernel.sharing.states import Purpose
from kakehashi.kernel.sharing.subjects import context, node_subject
from kakehashi.systems.cases import queries, rules, solved
from kakehashi.systems.cases.course.listed import numbers_given
from kakehashi.systems.cases.course.waiting import analysed_waiting
from kakehashi.systems.cases.models import Case, Revision
from kakehashi.systems.cases.states import FINDABLE

THROUGH = re.compile(r"SCAN (cases_|sharing_grant)\w*\b|Seq Scan on (cases_|sharing_grant)")


@pytest.fixture
def plan(case):
    """plan(queryset) → how the database would go about it, were its tables large."""

    def explained(rows):
        if connection.vendor == "postgresql":  # its tables are too small here for an index to be worth while
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
        return rows.explain()

    return explained


def asked(person):
    visible = queries.visible_cases(person).select_related(None)
    subject = rules.subject_of(person)
    matching = Case.objects.filter(visible_to(subject, Purpose.MATCHING, context(), rules.KIND), state__in=FINDABLE)
    abroad = visible_to(node_subject("n", country="SE"), Purpose.MATCHING, context(), rules.KIND)
    some = list(Case.objects.values_list("public_id", flat=True)[:64])
    return {
        "the newest fifty": visible.order_by("-changed_at", "-pk")[:50],
        "those in a state": visible.filter(state="registered").order_by("-changed_at", "-pk")[:50],
        "of one hospital": visible.filter(organisation__code="KITA").order_by("-changed_at", "-pk")[:50],
        "some, to be searched alone": matching.order_by().values_list("public_id", flat=True)[:4001],
        "which of the most similar": matching.filter(public_id__in=some),
        "for a node abroad": Case.objects.filter(abroad, state__in=FINDABLE).order_by().values_list("public_id")[:4001],
        "by name": queries.cases_named(visible, "N-001"),
        "whose name begins so": queries.keys_begun([person.memberships.get().organisation_id], "Fam-0"),
        "which of these are visible": queries.cases_begun(person, "N-0"),
        "the solved": solved.latest_solved(person, synthetic=False),
        "waiting for the index": Case.objects.not_indexed()[:1000],
        "waiting to be counted": Case.objects.not_counted()[:1000],
        "in the index": Case.objects.filter(state__in=FINDABLE, indexed_revision__gt=0)
        .values("state")
        .annotate(Count("pk"))
        .order_by(),
        "analysed, one's own": analysed_waiting(person).filter(registered_by=person.pk)[:10],
        "analysed, the others": analysed_waiting(person).exclude(pk__in=[1])[:1001],
        "numbers given of a disease": numbers_given(person, "OMIM:154700", "ORPHA:558")[:20],
        "who holds grants on it": grants_on(Case.objects.first(), person.memberships.get().organisation, 7),
        "changed since": Revision.objects.filter(at__gt=timezone.now()),
    }


def test_no_plan_reads_the_table_through(plan, clinician):
    for question, rows in asked(clinician).items():
        said = plan(rows)
        assert not THROUGH.search(said), f"{question}: {said}"


def test_whose_name_begins_so_is_asked_of_their_own_hospital_alone(plan, case):
    said = plan(queries.keys_begun([case.organisation_id], "Fam-0"))
    within = {
        "sqlite": "COVERING INDEX sqlite_autoindex_cases_case_2",
        "postgresql": "(organisation_id =",
    }
    assert within[connection.vendor] in said, said


def test_who_waits_for_the_index_is_found_at_once_in_a_table_that_waits_for_nothing(case):
    several = [
        Case(organisation=case.organisation, local_id=f"MANY-{number}", indexed_revision=1, counted_revision=1)
        for number in range(4000)
    ]
    Case.objects.bulk_create(several)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for waiting in (Case.objects.not_indexed(), Case.objects.not_counted()):
        said = waiting[:1].explain()  # as the planner would have it, with nothing forbidden
        assert "case_behind_" in said, said
