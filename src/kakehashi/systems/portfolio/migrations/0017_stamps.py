"""Stamps that tell whether awards and accounts have changed since they were read."""

from django.db import migrations, models

from kakehashi.systems.portfolio.columns import stamps


def begin(apps, schema_editor):
    stamps.stamp_what_stands(schema_editor.connection)


def remove(apps, schema_editor):
    stamps.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0016_people")]

    operations = [
        migrations.CreateModel(
            name="Stamp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", models.CharField(max_length=20)),
                ("fiscal_year", models.IntegerField()),
                ("written_in", models.BigIntegerField()),
                ("number", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["about", "fiscal_year", "written_in"], name="stamp_once_a_transaction"
                    )
                ],
            },
        ),
        migrations.RunPython(begin, remove),
    ]
