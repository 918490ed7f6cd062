"""Where people worked who were present. Of rows that were there before: the centre that a role of theirs named on the day, or
else where they work now."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
UPDATE meetings_attendance AS there SET centre_id = COALESCE((
    SELECT held.centre_id FROM accounts_membership AS held
    WHERE held.user_id = person.id AND held.centre_id IS NOT NULL AND held.valid_from <= meeting.held_at::date
    AND COALESCE(held.valid_to, held.ended_at::date, 'infinity'::date) >= meeting.held_at::date
    ORDER BY held.valid_from DESC, held.id DESC LIMIT 1
), person.centre_id)
FROM accounts_user AS person, meetings_meeting AS meeting
WHERE person.id = there.who_id AND meeting.id = there.meeting_id AND there.present
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_unit_cover"), ("meetings", "0004_plans")]

    operations = [
        migrations.AddField(
            "attendance",
            "centre",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.centre"
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
