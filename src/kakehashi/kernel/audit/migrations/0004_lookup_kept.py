"""The look-up's rows are as safe as the entries; several stretches of the trail may wait for theirs."""

from django.db import migrations, models

from kakehashi.kernel.audit import triggers


def install(apps, schema_editor):
    triggers.install_on_lookup(schema_editor.connection)


def remove(apps, schema_editor):
    triggers.remove_from_lookup(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_lookup")]

    operations = [
        migrations.AddField(
            model_name="unlisted",
            name="to_the_head",
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name="unlisted",
            name="id",
            field=models.BigAutoField(primary_key=True, serialize=False),
        ),
        migrations.RunPython(install, remove),
    ]
