"""Whoever is a researcher of a network does research for every registry that is open: one dated role for each, given by the same
person, and each new one in the trail. Backwards, these become one role of the network again."""

from django.db import migrations
from django.db.models import Q
from django.utils import timezone

LISTED = {"role": "researcher", "ended_at": None}


def name_registries(apps, schema_editor):
    """Of roles that are in force or to come; those of the past stay as they were held."""
    roles, trail = apps.get_model("accounts", "Membership").objects, apps.get_model("audit", "AuditEvent").objects
    codes = list(apps.get_model("consent", "Registry").objects.filter(closed_on=None).values_list("code", flat=True))
    held = roles.filter(Q(valid_to=None) | Q(valid_to__gte=timezone.localdate()), registry="", **LISTED)
    for role in list(held) if codes else ():
        roles.filter(pk=role.pk).update(registry=codes[0])
        for code in codes[1:]:
            role.pk, role.registry = None, code
            role.save(force_insert=True)
            said = {"role": "researcher", "registry": code, "spread": True}
            trail.create(event="role_granted", subject_type="accounts.user", subject_id=str(role.user_id), detail=said)


def forget_registries(apps, schema_editor):
    """Before the rule of one open role for each network comes back."""
    roles, kept = apps.get_model("accounts", "Membership").objects, set()
    for role in roles.filter(role="researcher").exclude(registry="").order_by("pk"):
        same = (role.user_id, role.network_id, role.valid_to, role.ended_at)
        if same in kept:
            role.delete()
        else:
            kept.add(same)
            roles.filter(pk=role.pk).update(registry="")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_a_researchers_registry"), ("audit", "0004_seals"), ("consent", "0003_noted")]

    operations = [migrations.RunPython(name_registries, forget_registries)]
