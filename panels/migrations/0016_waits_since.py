"""When a referral came to those who decide now. Of those from before, the day they were asked counts, as it did."""

from django.db import migrations, models

import cpms.clock

SINCE = "UPDATE panels_referral SET waits_since = asked_at"


class Migration(migrations.Migration):

    dependencies = [
        ('panels', '0015_certainty_may_be_unsaid'),
    ]

    operations = [
        migrations.AddField(
            model_name='referral',
            name='waits_since',
            field=models.DateTimeField(default=cpms.clock.now),
        ),
        migrations.RunSQL(SINCE, migrations.RunSQL.noop),
    ]
