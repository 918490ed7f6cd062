from django.db import migrations

from cpms.audit.models import noted


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0004_seals'),
        ('accounts', '0004_words'),
    ]

    operations = [
        noted('accounts_user', 'is_active', 'email', 'password', 'centre_id'),
        noted('accounts_membership'),
        noted('accounts_delegation'),
        noted('accounts_totpdevice', 'user_id', 'confirmed', 'seed'),
    ]
