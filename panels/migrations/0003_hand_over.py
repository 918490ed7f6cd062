"""A panel's log says who leads it after a hand-over."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

MOVES = [
    ("open", "open"),
    ("start_outcome", "start the outcome"),
    ("close", "close"),
    ("withdraw", "withdraw"),
    ("reopen", "reopen"),
    ("hand_over", "hand over"),
]


class Migration(migrations.Migration):
    dependencies = [("panels", "0002_guests_as_typed"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField(
            "panelstep",
            "lead",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField("panelstep", "verb", models.CharField(choices=MOVES, max_length=20)),
    ]
