"""The readable words go; the sealed ones take their names."""

from importlib import import_module

from django.db import migrations

from cpms.vault.fields import SealedTextField

PAIRS = import_module("panels.cases.migrations.0003_room_for_sealed_words").PAIRS


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_seal_the_words")]

    operations = [
        *(migrations.RemoveField(model, name) for model, name in PAIRS),
        *(migrations.RenameField(model, f"{name}_sealed", name) for model, name in PAIRS),
        *(migrations.AlterField(model, name, SealedTextField()) for model, name in PAIRS),
    ]
