import django.db.models.deletion
from django.db import migrations, models


def say_whose(apps, schema_editor):
    """Each match is of the institution that holds its case."""
    holder = apps.get_model("cases", "Case").objects.filter(pk=models.OuterRef("case")).values("organisation")
    apps.get_model("exchange", "Match").objects.update(organisation=models.Subquery(holder))


def of_whom():
    """Empty for the moment: the next migration, another transaction on PostgreSQL, forbids it."""
    return models.ForeignKey(
        "organisations.organisation", django.db.models.deletion.PROTECT, related_name="+", editable=False, null=True
    )


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0011_review_taken_back"),
        ("organisations", "0002_prefecture"),
        ("exchange", "0005_precision"),
    ]

    operations = [
        migrations.AddField("match", "organisation", of_whom()),
        migrations.RunPython(say_whose, migrations.RunPython.noop),
    ]
