"""The model texts in six languages as version 1; a language that already has a form keeps its own."""

from pathlib import Path

from django.db import migrations

from cpms import clock

FOLDER = Path(__file__).resolve().parents[1] / "texts"


def add(apps, schema_editor):
    forms = apps.get_model("consent", "ConsentForm").objects
    for path in sorted(FOLDER.glob("*.txt")):
        if not forms.filter(language=path.stem).exists():
            title, _, body = path.read_text(encoding="utf-8").partition("\n")
            forms.create(language=path.stem, version=1, title=title, body=body, published_on=clock.today())


class Migration(migrations.Migration):
    dependencies = [("consent", "0002_forms_and_registries")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
