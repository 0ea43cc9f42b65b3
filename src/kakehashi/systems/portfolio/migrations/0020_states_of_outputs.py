"""What was said of an output's sureness becomes its state; one taken back says so itself."""

from django.db import migrations, models


def told_by_the_day(apps, schema_editor):
    outputs = apps.get_model("portfolio", "Output").objects.exclude(taken_back_on=None)
    outputs.filter(state="final").update(state="taken_back")
    outputs.filter(state="expected").update(state="given_up")


def told_by_sureness(apps, schema_editor):
    outputs = apps.get_model("portfolio", "Output").objects
    outputs.filter(state="taken_back").update(state="final")
    outputs.filter(state="given_up").update(state="expected")


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0019_contracts")]

    operations = [
        migrations.RenameField(model_name="output", old_name="sureness", new_name="state"),
        migrations.AlterField(
            model_name="output",
            name="state",
            field=models.CharField(
                choices=[
                    ("expected", "Expected"),
                    ("final", "Final"),
                    ("taken_back", "No longer counted"),
                    ("given_up", "No longer expected"),
                ],
                default="final",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.RunPython(told_by_the_day, told_by_sureness),
    ]
