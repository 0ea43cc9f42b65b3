"""Contracts and amendments that were recorded wrongly are taken back; their numbers may be recorded anew."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kakehashi.systems.portfolio.contracts import triggers


def signed_may_change(apps, schema_editor):
    triggers.remove(schema_editor.connection, triggers.SIGNED)


def signed_stay(apps, schema_editor):
    triggers.install(schema_editor.connection, triggers.SIGNED)


def all_stay(apps, schema_editor):
    triggers.install(schema_editor.connection)


def all_may_change(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0002_prefecture'),
        ('portfolio', '0035_what_needs_somebody'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(signed_may_change, signed_stay),
        migrations.CreateModel(
            name='TakenBack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('taken_back_at', models.DateTimeField(auto_now_add=True, verbose_name='taken back on')),
                ('followed', models.JSONField(default=dict, editable=False)),
            ],
            options={
                'verbose_name': 'contract taken back',
                'verbose_name_plural': 'contracts taken back',
            },
        ),
        migrations.AddField(
            model_name='amendment',
            name='followed',
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name='contract',
            name='edition',
            field=models.PositiveSmallIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name='contract',
            name='followed',
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AlterField(
            model_name='contract',
            name='number',
            field=models.CharField(max_length=60, verbose_name='contract number'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.UniqueConstraint(fields=('number', 'edition'), name='contract_edition_once'),
        ),
        migrations.AddField(
            model_name='takenback',
            name='amendment',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='taken_back', to='portfolio.amendment', verbose_name='amendment of a contract'),
        ),
        migrations.AddField(
            model_name='takenback',
            name='contract',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='taken_back', to='portfolio.contract', verbose_name='contract'),
        ),
        migrations.AddField(
            model_name='takenback',
            name='taken_back_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken back by'),
        ),
        migrations.AddConstraint(
            model_name='takenback',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amendment__isnull', False), ('contract', None)), models.Q(('amendment', None), ('contract__isnull', False)), _connector='OR'), name='taken_back_one_of_both'),
        ),
        migrations.RunPython(all_stay, all_may_change),
    ]
