"""How strongly something is advised may stay unsaid. What was saved before stays as it was."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outcomes', '0006_saves'),
    ]

    operations = [
        migrations.AlterField(
            model_name='adviceitem',
            name='strength',
            field=models.CharField(blank=True, choices=[('strong', 'Strong'), ('conditional', 'Conditional'), ('option', 'Option')], default='', max_length=12),
        ),
    ]
