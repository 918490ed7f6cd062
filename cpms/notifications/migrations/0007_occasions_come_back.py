"""A mail that was called off stands in the way of no other: its occasion may come back. Backwards the mails stay as they are."""

from django.db import migrations, models
from django.db.models.functions import Cast


def free_occasions(apps, schema_editor):
    mails = apps.get_model("notifications", "OutboxMessage").objects.filter(state="cancelled")
    mails.update(dedupe_key=Cast("pk", models.CharField()))


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_parts_of_daily_mails")]

    operations = [migrations.RunPython(free_occasions, migrations.RunPython.noop)]
