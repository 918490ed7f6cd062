from django.db import migrations

from cpms.audit.models import noted


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0004_seals'),
        ('cases', '0002_who_advised'),
    ]

    operations = [
        noted('cases_casegrant'),
    ]
