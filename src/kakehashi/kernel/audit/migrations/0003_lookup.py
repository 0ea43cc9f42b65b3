"""The look-up of entries by what they name among others. It begins empty: the worker fills it beside the node at work."""

from django.db import migrations, models


def leave_older_to_the_worker(apps, schema_editor):
    head = apps.get_model("audit", "AuditHead").objects.filter(pk=1, sequence__gt=0).first()
    if head is not None:
        apps.get_model("audit", "Unlisted").objects.create(reached=0, until=head.sequence)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="NamedAmong",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "subject_type",
                        "subject_id",
                        "sequence",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("subject_type", models.CharField(max_length=80)),
                ("subject_id", models.CharField(max_length=80)),
                ("sequence", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "thing named among others",
                "verbose_name_plural": "things named among others",
            },
        ),
        migrations.CreateModel(
            name="Unlisted",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("reached", models.BigIntegerField()),
                ("until", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "part of the audit trail without look-up",
                "verbose_name_plural": "parts of the audit trail without look-up",
            },
        ),
        migrations.RunPython(leave_older_to_the_worker, migrations.RunPython.noop),
    ]
