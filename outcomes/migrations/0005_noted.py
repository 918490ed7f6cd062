from django.db import migrations

from cpms.audit.models import noted


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0004_seals'),
        ('outcomes', '0004_tries'),
    ]

    operations = [
        noted('outcomes_outcomeversion'),
        noted('outcomes_signoff'),
    ]
