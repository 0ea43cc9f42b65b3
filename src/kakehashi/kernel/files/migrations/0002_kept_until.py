"""Uploads are kept until a moment; those from before it was written down were all made for imports."""

from datetime import timedelta

from django.db import migrations, models
from django.utils import timezone


def end_what_was_open(apps, schema_editor):
    apps.get_model("files", "StoredFile").objects.update(kept_until=timezone.now() + timedelta(days=30))


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="storedfile",
            name="kept_until",
            field=models.DateTimeField(db_index=True, null=True, verbose_name="kept until"),
        ),
        migrations.RunPython(end_what_was_open, migrations.RunPython.noop),
    ]
