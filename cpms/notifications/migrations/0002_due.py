"""When a mail should have gone, apart from when it is tried next: without it a mail that fails is never late."""

from django.db import migrations, models

import cpms.clock


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_release")]

    operations = [
        migrations.AddField("outboxmessage", "due_at", models.DateTimeField(default=cpms.clock.now)),
        migrations.RunSQL(
            "UPDATE notifications_outboxmessage SET due_at = CASE WHEN attempts = 0 THEN not_before ELSE written_at END",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            "outboxmessage",
            models.Index(
                condition=models.Q(("state__in", ["waiting", "sending", "held"])),
                fields=["due_at"],
                name="notifications_due",
            ),
        ),
    ]
