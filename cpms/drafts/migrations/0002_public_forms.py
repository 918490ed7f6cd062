"""Forms that are sent without signing in are done once too."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("drafts", "0001_release"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.RemoveConstraint("postkey", "drafts_post_once"),
        migrations.AlterField(
            "postkey",
            "user",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            "postkey",
            models.UniqueConstraint(fields=("user", "key"), name="drafts_post_once", nulls_distinct=False),
        ),
    ]
