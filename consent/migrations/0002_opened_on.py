"""Since when a registry is named on the sheets; those from before have no day, and every general yes covers them."""

from django.db import migrations, models

import cpms.clock


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_release")]

    operations = [
        migrations.AddField("registry", "opened_on", models.DateField(null=True, editable=False)),
        migrations.AlterField("registry", "opened_on", models.DateField(null=True, default=cpms.clock.today, editable=False)),
    ]
