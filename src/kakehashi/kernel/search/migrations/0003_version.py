"""What the texts of an entry were made with. Nullable: then SQLite keeps the table, and its triggers with it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0002_full_text")]

    operations = [
        migrations.AddField(
            model_name="searchentry",
            name="version",
            field=models.CharField(max_length=100, null=True, verbose_name="version"),
        ),
    ]
