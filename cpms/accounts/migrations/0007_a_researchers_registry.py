"""A researcher's role names the registry it is held for. Those held before name none, until ``consent`` 0004 says which."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_unit_cover")]

    operations = [
        migrations.AddField("membership", "registry", models.CharField(max_length=80, blank=True, default="", db_default="")),
        migrations.RemoveConstraint("membership", "accounts_open_role_once"),
        migrations.AddConstraint(
            "membership",
            models.UniqueConstraint(
                name="accounts_open_role_once",
                fields=["user", "role", "centre", "group", "network", "country", "registry"],
                condition=models.Q(valid_to__isnull=True),
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            "membership",
            models.CheckConstraint(
                name="accounts_registry_of_a_researcher", condition=models.Q(registry="") | models.Q(role="researcher")
            ),
        ),
    ]
