from django.db import migrations

from cpms.audit.models import noted


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0004_seals'),
        ('consent', '0002_opened_on'),
    ]

    operations = [
        noted('consent_consent'),
    ]
