"""On the way back to one waiting wish for each network: of several that differ in the registry alone the oldest stays; the others
are asked anew. Forwards there is nothing to do."""

from django.db import migrations


def keep_the_oldest(apps, schema_editor):
    wishes, kept = apps.get_model("people", "RoleProposal").objects, set()
    for wish in wishes.filter(state="waiting", role="researcher").order_by("asked_at", "pk"):
        if (same := (wish.person_id, wish.network_id)) in kept:
            wish.delete()
        kept.add(same)


class Migration(migrations.Migration):
    dependencies = [("people", "0005_a_researchers_registry")]

    operations = [migrations.RunPython(migrations.RunPython.noop, keep_the_oldest)]
