"""Results of one award become outputs with a credit, and come back as they were."""

from datetime import date

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kakehashi.systems.portfolio.models import Output

BEFORE, AFTER = [("portfolio", "0009_outputs_and_credits")], [("portfolio", "0010_results_become_outputs")]
VALUES = ("award_id", "kind", "reference", "on", "taken_back_on", "revision")


def migrated(target):
    executor = MigrationExecutor(connection)
    executor.migrate(target)
    return MigrationExecutor(connection).loader.project_state(target).apps


@pytest.mark.django_db(transaction=True)
def test_results_become_outputs_and_back_again():
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        apps = migrated(BEFORE)
        organisation = apps.get_model("organisations", "Organisation").objects.create(code="univ", name="大学")
        award = apps.get_model("portfolio", "Award").objects.create(
            number="A1", title="課題", organisation=organisation, begins=date(2019, 4, 1), ends=date(2020, 3, 31)
        )
        result = apps.get_model("portfolio", "AwardResult")
        for number, gone in enumerate((None, date(2019, 9, 1))):
            result.objects.create(
                award=award,
                kind="diagnosis",
                reference=str(number),
                on=date(2019, 6, 1),
                taken_back_on=gone,
                revision=number,
            )
        told = list(result.objects.values_list(*VALUES))
        apps = migrated(AFTER)
        credit = apps.get_model("portfolio", "Credit")
        fields = ("award_id", *(f"output__{name}" for name in VALUES[1:]))
        assert list(credit.objects.order_by("pk").values_list(*fields)) == told
        assert set(credit.objects.values_list("since", "until")) == {(date(2019, 6, 1), None)}
        apps = migrated(BEFORE)
        assert list(apps.get_model("portfolio", "AwardResult").objects.order_by("pk").values_list(*VALUES)) == told
    finally:
        MigrationExecutor(connection).migrate(latest)
    assert list(Output.objects.order_by("pk").values_list("state", flat=True)) == ["final", "taken_back"]
