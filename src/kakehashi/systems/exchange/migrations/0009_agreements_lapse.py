"""Whether a side knew of the other case when it agreed: of those that wait, it did where it has the match."""

from django.db import migrations, models


def from_matches(apps, schema_editor):
    matches = apps.get_model("exchange", "Match").objects.filter(case=models.OuterRef("case"))
    first, second = models.OuterRef("conversation__first"), models.OuterRef("conversation__second")
    known = matches.filter(models.Q(other=first) | models.Q(other=second))
    sides = apps.get_model("exchange", "Side").objects.filter(models.Exists(known), state="agreed")
    sides.update(agreed_knowing=True)


class Migration(migrations.Migration):
    dependencies = [("exchange", "0008_when_confirmed")]

    operations = [
        migrations.AddField(
            model_name="side",
            name="agreed_knowing",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(from_matches, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="side",
            index=models.Index(condition=models.Q(("state", "agreed")), fields=["id"], name="side_agreed"),
        ),
    ]
