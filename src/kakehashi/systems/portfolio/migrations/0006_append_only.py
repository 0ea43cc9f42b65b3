"""Programmes stand by themselves now; entries of the ledger and their movements are never changed."""

from django.db import migrations

from kakehashi.systems.portfolio.ledger import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0005_programmes_named")]

    operations = [
        migrations.RemoveField("award", "programme_name"),
        migrations.RemoveField("award", "programme_name_en"),
        migrations.RunPython(install, remove),
    ]
