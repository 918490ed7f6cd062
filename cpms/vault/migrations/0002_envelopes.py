import uuid

from django.db import migrations, models

import cpms.clock


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_release")]

    operations = [
        migrations.CreateModel(
            name="Envelope",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("purpose", models.CharField(max_length=40)),
                ("sealed", models.TextField()),
                ("written_at", models.DateTimeField(default=cpms.clock.now)),
            ],
        ),
    ]
