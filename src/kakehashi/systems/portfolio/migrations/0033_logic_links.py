"""What leads to what in a logic model."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('portfolio', '0032_round_cancelled'),
    ]

    operations = [
        migrations.CreateModel(
            name='LogicLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('after', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comes_from', to='portfolio.logicstatement', verbose_name='leads to')),
                ('before', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leads_to', to='portfolio.logicstatement', verbose_name='statement of a logic model')),
            ],
            options={
                'verbose_name': 'link of a logic model',
                'verbose_name_plural': 'links of logic models',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('before', 'after'), name='logic_link_once')],
            },
        ),
    ]
