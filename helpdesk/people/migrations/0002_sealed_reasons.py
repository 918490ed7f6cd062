"""Why somebody asks to break the glass is sealed under the panel's key."""

from django.db import migrations

from cpms.vault.fields import SealColumn


class Migration(migrations.Migration):
    dependencies = [("people", "0001_release"), ("panels", "0005_sealed_reasons")]

    operations = [
        SealColumn(
            "glassbreak", "reason", table="people_glassbreak", owner="panels_panel", through="panel_id", longest=300
        ),
    ]
