"""Seal the words of every case under its patient's key; backwards, open them again."""

from importlib import import_module

from django.db import migrations

from cpms.vault import cipher

BATCH = 500
WORDS = import_module("panels.cases.migrations.0003_room_for_sealed_words").WORDS


def rows(apps, model):
    """Each row with its data key's secret; ``None`` for a destroyed key."""
    for row in apps.get_model("cases", model).objects.select_related("key").iterator(chunk_size=BATCH):
        key = row.key
        yield row, key.wrapped and cipher.unwrap(key.kek_name, bytes(key.wrapped), f"vault_datakey.wrapped.{key.pk}")


def context(row, name):
    return f"{row._meta.db_table}.{name}.{row.pk}"


def seal(apps, schema_editor):
    for model, names in WORDS.items():
        for row, secret in rows(apps, model):
            for name in names:
                text = getattr(row, name).encode()
                sealed = cipher.seal(secret, text, context(row, name)) if text and secret else b""
                setattr(row, f"{name}_sealed", sealed)
            row.save(update_fields=[f"{name}_sealed" for name in names])


def unseal(apps, schema_editor):
    for model, names in WORDS.items():
        for row, secret in rows(apps, model):
            for name in names:
                sealed = bytes(getattr(row, f"{name}_sealed"))
                text = cipher.open_sealed(secret, sealed, context(row, name)) if sealed and secret else b""
                setattr(row, name, text.decode())
            row.save(update_fields=list(names))


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_room_for_sealed_words"), ("vault", "0001_initial")]

    operations = [migrations.RunPython(seal, unseal)]
