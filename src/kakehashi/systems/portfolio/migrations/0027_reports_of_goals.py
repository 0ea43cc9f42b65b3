"""Reports of goals say who made them and which wrong one they supersede; what rows said before is kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kakehashi.systems.portfolio.keeping import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('portfolio', '0026_held_by_an_import'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('row', models.BigIntegerField()),
                ('before', models.JSONField(verbose_name='before')),
                ('changed_at', models.DateTimeField(auto_now_add=True, verbose_name='changed')),
            ],
            options={
                'verbose_name': 'earlier wording',
                'verbose_name_plural': 'earlier wordings',
                'ordering': ['-pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='goalactual',
            name='goal_actual_once',
        ),
        migrations.AddField(
            model_name='goalactual',
            name='note',
            field=models.CharField(blank=True, max_length=1000, verbose_name='note'),
        ),
        migrations.AddField(
            model_name='goalactual',
            name='replaces',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='portfolio.goalactual', verbose_name='instead of'),
        ),
        migrations.AddField(
            model_name='goalactual',
            name='reported_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='reported'),
        ),
        migrations.AddField(
            model_name='goalactual',
            name='reported_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reported by'),
        ),
        migrations.AddConstraint(
            model_name='goalactual',
            constraint=models.UniqueConstraint(condition=models.Q(('reported_at', None)), fields=('goal', 'as_of', 'standing', 'cumulative'), name='goal_actual_once'),
        ),
        migrations.AddField(
            model_name='revision',
            name='changed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by'),
        ),
        migrations.AddIndex(
            model_name='revision',
            index=models.Index(fields=['kind', 'row'], name='revision_of_row'),
        ),
        migrations.RunPython(install, remove),
    ]
