"""Whoever was a researcher of a network did research for every registry that is open: one dated role for each, by the same people."""

from django.db import migrations


def name_registries(apps, schema_editor):
    roles = apps.get_model("accounts", "Membership").objects
    codes = list(apps.get_model("consent", "Registry").objects.filter(closed_on=None).values_list("code", flat=True))
    for held in roles.filter(role="researcher", registry="", ended_at=None):
        for code in codes[1:]:
            held.pk, held.registry = None, code
            held.save(force_insert=True)
    if codes:
        roles.filter(role="researcher", registry="", ended_at=None).update(registry=codes[0])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_a_researchers_registry"), ("consent", "0003_noted")]

    operations = [migrations.RunPython(name_registries, migrations.RunPython.noop)]
