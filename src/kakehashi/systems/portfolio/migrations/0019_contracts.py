"""Contracts of awards and their amendments, never changed afterwards."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kakehashi.systems.portfolio.contracts import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, triggers.SIGNED)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection, triggers.SIGNED)


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0002_prefecture'),
        ('portfolio', '0018_documents_of_entries'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=60, unique=True, verbose_name='contract number')),
                ('kind', models.CharField(choices=[('commission', 'Commissioned research'), ('subsidy', 'Subsidy')], max_length=12, verbose_name='kind of contract')),
                ('signed_on', models.DateField(verbose_name='signed on')),
                ('begins', models.DateField(verbose_name='begins')),
                ('ends', models.DateField(verbose_name='ends')),
                ('amount_yen', models.BigIntegerField(validators=[django.core.validators.MinValueValidator(0)], verbose_name='amount (yen)')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='source')),
                ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='recorded')),
                ('award', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='portfolio.award', verbose_name='award')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='institution')),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by')),
            ],
            options={
                'verbose_name': 'contract',
                'verbose_name_plural': 'contracts',
                'ordering': ['signed_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Amendment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('signed_on', models.DateField(verbose_name='signed on')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('begins', models.DateField(blank=True, null=True, verbose_name='begins')),
                ('ends', models.DateField(blank=True, null=True, verbose_name='ends')),
                ('amount_yen', models.BigIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='amount (yen)')),
                ('title', models.CharField(blank=True, max_length=500, verbose_name='title')),
                ('title_en', models.CharField(blank=True, max_length=500, verbose_name='title in English')),
                ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='recorded')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='institution')),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='amendments', to='portfolio.contract', verbose_name='contract')),
            ],
            options={
                'verbose_name': 'amendment of a contract',
                'verbose_name_plural': 'amendments of contracts',
                'ordering': ['contract', 'number'],
            },
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('ends__gte', models.F('begins'))), name='contract_ends_after_begin'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('amount_yen__gte', 0)), name='contract_amount_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='amendment',
            constraint=models.UniqueConstraint(fields=('contract', 'number'), name='amendment_once'),
        ),
        migrations.AddConstraint(
            model_name='amendment',
            constraint=models.CheckConstraint(condition=models.Q(('amount_yen', None), ('amount_yen__gte', 0), _connector='OR'), name='amendment_amount_not_negative'),
        ),
        migrations.RunPython(install, remove),
    ]
