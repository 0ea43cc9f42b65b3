"""Results of one award each become outputs with a credit; back again the diagnoses do, which alone had a place before."""

from django.db import migrations

AT_ONCE = 1_000


def into_outputs(apps, schema_editor):
    result, output, credit = (apps.get_model("portfolio", name) for name in ("AwardResult", "Output", "Credit"))
    for row in result.objects.order_by("pk").iterator(AT_ONCE):
        made = output.objects.create(
            kind=row.kind,
            reference=row.reference,
            on=row.on,
            taken_back_on=row.taken_back_on,
            revision=row.revision,
        )
        credit.objects.create(output=made, award_id=row.award_id, since=row.on)


def into_results(apps, schema_editor):
    result, output, credit = (apps.get_model("portfolio", name) for name in ("AwardResult", "Output", "Credit"))
    standing = credit.objects.filter(output__kind="diagnosis", until=None).select_related("output").order_by("pk")
    for row in standing.iterator(AT_ONCE):
        result.objects.get_or_create(
            kind=row.output.kind,
            reference=row.output.reference,
            defaults={
                "award_id": row.award_id,
                "on": row.output.on,
                "taken_back_on": row.output.taken_back_on,
                "revision": row.output.revision,
            },
        )
    credit.objects.filter(output__kind="diagnosis").delete()
    output.objects.filter(kind="diagnosis").delete()


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0009_outputs_and_credits")]

    operations = [
        migrations.RunPython(into_outputs, into_results),
        migrations.DeleteModel(name="AwardResult"),
    ]
