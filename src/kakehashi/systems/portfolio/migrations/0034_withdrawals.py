"""Awards taken from public view; the rows are append-only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kakehashi.systems.portfolio.publication import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('portfolio', '0033_logic_links'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Withdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('published_on', models.DateField(verbose_name='published on')),
                ('reason', models.TextField(max_length=1000, verbose_name='reason')),
                ('withdrawn_at', models.DateTimeField(auto_now_add=True, verbose_name='taken from public view')),
                ('award', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawals', to='portfolio.award', verbose_name='award')),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken from public view by')),
            ],
            options={
                'verbose_name': 'withdrawal from public view',
                'verbose_name_plural': 'withdrawals from public view',
                'ordering': ['-pk'],
            },
        ),
        migrations.RunPython(install, remove),
    ]
