"""A mail counts apart how often it was tried and how often nobody knew what became of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_due")]

    operations = [migrations.AddField("outboxmessage", "doubts", models.PositiveSmallIntegerField(default=0))]
