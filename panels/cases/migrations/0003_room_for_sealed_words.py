"""Room beside each readable word of a case for its sealed form."""

from django.db import migrations, models

WORDS = {
    "case": ("age_at_entry",),
    "diagnosis": ("label", "onset"),
    "finding": ("label", "onset", "qualifiers"),
    "labresult": ("label", "text_value", "unit", "unit_label", "taken"),
    "variant": ("gene", "zygosity", "significance"),
    "treatment": ("label",),
}
PAIRS = [(model, name) for model, names in WORDS.items() for name in names]


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_years_at_entry")]

    operations = [
        *(migrations.AlterField(model, name, models.CharField(blank=True, max_length=500)) for model, name in PAIRS),
        *(migrations.AddField(model, f"{name}_sealed", models.BinaryField(default=b"")) for model, name in PAIRS),
    ]
