"""Makes the table of audit entries append-only, on both databases."""

from django.db import migrations

from kakehashi.kernel.audit import triggers


def install(apps, schema_editor):
    triggers.install_on_entries(schema_editor.connection)


def remove(apps, schema_editor):
    triggers.remove_from_entries(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
