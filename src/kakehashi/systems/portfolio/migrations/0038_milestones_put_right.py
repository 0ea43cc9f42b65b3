"""Milestones are withdrawn, and planned anew under their name; earlier wordings are kept with a reason."""

from django.db import migrations, models

from kakehashi.systems.portfolio.keeping import triggers


def may_change(apps, schema_editor):
    triggers.remove(schema_editor.connection)


def stay(apps, schema_editor):
    triggers.install(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('portfolio', '0037_companies_named'),
    ]

    operations = [
        migrations.RunPython(may_change, stay),
        migrations.RemoveConstraint(
            model_name='milestone',
            name='milestone_once',
        ),
        migrations.AddField(
            model_name='revision',
            name='reason',
            field=models.CharField(blank=True, default='', max_length=500, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='gatedecision',
            name='decision',
            field=models.CharField(choices=[('planned', 'Planned'), ('held', 'On hold'), ('go', 'Go'), ('no_go', 'No-go'), ('withdrawn', 'Withdrawn')], max_length=12, verbose_name='decision'),
        ),
        migrations.AlterField(
            model_name='milestone',
            name='state',
            field=models.CharField(choices=[('planned', 'Planned'), ('held', 'On hold'), ('go', 'Go'), ('no_go', 'No-go'), ('withdrawn', 'Withdrawn')], default='planned', max_length=12, verbose_name='state'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('award', 'name'), name='milestone_once'),
        ),
        migrations.RunPython(stay, may_change),
    ]
