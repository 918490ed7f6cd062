"""Whether a guest is the physician who referred the patient: they ask, and nobody waits for their advice.

Of rows that were there before: the guest who was asked by the address that the referral came from. Nothing waits for them any
more that asked for advice.
"""

from django.db import migrations, models

REFERRED = """
UPDATE panels_invitation AS seat SET referred = true
FROM panels_referral AS referral, accounts_user AS person
WHERE referral.panel_id = seat.panel_id AND person.id = seat.invitee_id
AND seat.kind = 'guest' AND lower(person.email) = lower(referral.email)
"""
NOTHING_WAITS = """
UPDATE notifications_workitem AS item SET settled_at = now(), settled_how = 'cancelled'
FROM panels_invitation AS seat
WHERE seat.referred AND item.who_id = seat.invitee_id AND item.subject_id = seat.panel_id
AND item.verb = 'reply' AND item.settled_at IS NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0005_what_staff_call_a_mail'),
        ('panels', '0012_not_their_field'),
    ]

    operations = [
        migrations.AddField(
            model_name='invitation',
            name='referred',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(REFERRED, migrations.RunSQL.noop),
        migrations.RunSQL(NOTHING_WAITS, migrations.RunSQL.noop),
    ]
