"""What already waits belongs to the network of its panel, so that the network's reminders hold for it."""

from django.db import migrations

PATHS = {"panels.panel": ("Panel", "network"), "panels.invitation": ("Invitation", "panel__network")}


def fill(apps, _schema_editor):
    work = apps.get_model("notifications", "WorkItem")
    for subject, (name, path) in PATHS.items():
        open_items = work.objects.filter(subject_type=subject, settled_at=None, network=None)
        keys = open_items.values_list("subject_id", flat=True)
        networks = apps.get_model("panels", name)._base_manager.filter(pk__in=list(keys)).values_list("pk", path)
        for key, network in networks:
            open_items.filter(subject_id=key).update(network=network)


class Migration(migrations.Migration):
    dependencies = [("panels", "0007_terms_and_archive"), ("notifications", "0006_chasing_rules")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
