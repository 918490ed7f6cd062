from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0002_versions"),
    ]

    operations = [
        migrations.AddField(
            model_name="network",
            name="version",
            field=models.PositiveIntegerField(default=1, db_default=1, editable=False),
        ),
        migrations.AddField(
            model_name="expertgroup",
            name="version",
            field=models.PositiveIntegerField(default=1, db_default=1, editable=False),
        ),
    ]
