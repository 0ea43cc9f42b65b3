"""Calls tell their budget and when they were published; awards their DOI."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0002_prefecture'),
        ('portfolio', '0021_cooperation'),
    ]

    operations = [
        migrations.AddField(
            model_name='award',
            name='doi',
            field=models.CharField(blank=True, max_length=200, verbose_name='DOI'),
        ),
        migrations.AddField(
            model_name='call',
            name='budget_yen',
            field=models.BigIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='budget (yen)'),
        ),
        migrations.AddField(
            model_name='call',
            name='published_on',
            field=models.DateField(blank=True, null=True, verbose_name='published on'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.UniqueConstraint(condition=models.Q(('doi', ''), _negated=True), fields=('doi',), name='award_doi_unique'),
        ),
    ]
