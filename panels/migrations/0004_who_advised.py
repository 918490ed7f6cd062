"""Who advised on which case is read from indexes alone."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_who_advised"), ("panels", "0003_hand_over")]

    operations = [
        migrations.AlterField(
            model_name="panel",
            name="case",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="panels",
                to="cases.case",
            ),
        ),
        migrations.AddIndex(
            model_name="contribution",
            index=models.Index(fields=["panel"], include=("author", "kind"), name="panels_who_advised"),
        ),
        migrations.AddIndex(
            model_name="panel",
            index=models.Index(fields=["case"], include=("id",), name="panels_by_case"),
        ),
    ]
