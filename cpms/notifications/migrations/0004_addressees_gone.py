"""The address of somebody without an account goes with their mail, as the path does. Backwards no address comes back: one that can
never exist (RFC 2606) stands where the rule of before wants one."""

from django.db import migrations, models
from django.db.models import Q

UNSENT = ["waiting", "held", "sending"]
NOBODY = "gone@cpms.invalid"


def forget_addresses(apps, schema_editor):
    apps.get_model("notifications", "OutboxMessage").objects.exclude(state__in=UNSENT).update(address="")


def name_nobody(apps, schema_editor):
    apps.get_model("notifications", "OutboxMessage").objects.filter(recipient=None, address="").update(address=NOBODY)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_doubts")]

    operations = [
        migrations.RemoveConstraint("outboxmessage", "notifications_one_addressee"),
        migrations.RunPython(forget_addresses, name_nobody),
        migrations.AddConstraint(
            "outboxmessage",
            models.CheckConstraint(
                name="notifications_one_addressee",
                condition=Q(recipient__isnull=False, address="")
                | (Q(recipient=None, state__in=UNSENT) & ~Q(address=""))
                | (Q(recipient=None, address="") & ~Q(state__in=UNSENT)),
            ),
        ),
    ]
