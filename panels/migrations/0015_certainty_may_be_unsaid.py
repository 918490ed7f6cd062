"""How sure somebody is of their advice may stay unsaid. What was saved before stays as it was."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('panels', '0014_when_proposed'),
    ]

    operations = [
        migrations.AlterField(
            model_name='contribution',
            name='certainty',
            field=models.CharField(blank=True, choices=[('very', 'Very sure'), ('fairly', 'Fairly sure'), ('not', 'Not sure')], default='', max_length=10),
        ),
    ]
