from django.db import migrations

from cpms.audit.models import noted


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0004_seals'),
        ('panels', '0007_unanswered'),
    ]

    operations = [
        noted('panels_panel', 'state', 'lead_id', 'network_id', 'group_id', 'case_id'),
        noted('panels_invitation', 'state', 'kind', 'invitee_id', 'panel_id', 'guest_until'),
    ]
