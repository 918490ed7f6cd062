"""A wish for a researcher's role names the registry; one that waits since before is asked anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_a_researchers_registry"), ("people", "0004_outreach")]

    operations = [
        migrations.AddField("roleproposal", "registry", models.CharField(max_length=80, default="", db_default="")),
        migrations.RemoveConstraint("roleproposal", "people_one_open_proposal"),
        migrations.AddConstraint(
            "roleproposal",
            models.UniqueConstraint(
                name="people_one_open_proposal",
                fields=["person", "role", "network", "registry"],
                condition=models.Q(state="waiting"),
                nulls_distinct=False,
            ),
        ),
    ]
