"""Why the glass was broken is sealed under the panel's key."""

from django.db import migrations, models

from cpms.vault.fields import SealColumn


HAS_REASON = models.CheckConstraint(
    condition=models.Q(("kind", "lead"), models.Q(("reason", b""), _negated=True), _connector="OR"),
    name="panels_glass_has_reason",
)


class Migration(migrations.Migration):
    dependencies = [("panels", "0004_who_advised")]

    operations = [
        migrations.RemoveConstraint("assist", "panels_glass_has_reason"),
        SealColumn(
            "assist", "reason", table="panels_assist", owner="panels_panel", through="panel_id", longest=300
        ),
        migrations.AddConstraint("assist", HAS_REASON),
    ]
