"""Cases are found by a condition or a present finding without reading the tables."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_release")]

    operations = [
        migrations.AddIndex(
            model_name="diagnosis",
            index=models.Index(fields=["code"], include=("case",), name="cases_by_condition"),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(
                condition=models.Q(("present", True)), fields=["code"], include=("case",), name="cases_by_finding"
            ),
        ),
    ]
