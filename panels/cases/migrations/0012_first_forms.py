"""Our forms as version 1: a common core, two ready groups, six starters. A published version is never changed again."""

import json
from pathlib import Path

from django.db import migrations

from cpms import clock

FOLDER = Path(__file__).resolve().parents[1] / "questionnaires"
GROUPS = {
    "adrenal": 1, "calcium": 2, "glucose": 3, "tumours": 4, "growth": 5, "pituitary": 6, "sex-development": 7, "thyroid": 8,
}  # of Endo-ERN
GUARD = """
CREATE FUNCTION cases_form_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published form is never changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER cases_form_stays BEFORE UPDATE OR DELETE ON cases_caseform
    FOR EACH ROW EXECUTE FUNCTION cases_form_stays();
"""
NO_GUARD = "DROP TRIGGER cases_form_stays ON cases_caseform; DROP FUNCTION cases_form_stays();"


def add(apps, schema_editor):
    forms = apps.get_model("cases", "CaseForm").objects
    for path in sorted(FOLDER.glob("*.json")):
        body = path.read_text(encoding="utf-8")
        number = GROUPS.get(path.stem)
        forms.create(
            slug=path.stem,
            version=1,
            title=json.loads(body)["title"],
            network="ENDO" if number else "",
            number=number,
            body=body,
            published_at=clock.now(),
        )


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_group_forms")]

    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
