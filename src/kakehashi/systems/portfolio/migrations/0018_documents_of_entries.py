"""Entries name their document. Where the table is made anew for it (SQLite), its triggers are put back."""

from django.db import migrations, models

from kakehashi.systems.portfolio.ledger import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0017_stamps")]

    operations = [
        migrations.AddField(
            "entry", "reference", models.CharField(blank=True, max_length=100, verbose_name="document")
        ),
        migrations.AddIndex(
            "entry",
            models.Index(
                condition=models.Q(("reference", ""), _negated=True), fields=["reference"], name="entry_of_document"
            ),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
