"""When somebody named a colleague who knows more: it answers for the round in which it was said. Of names that were there before,
it counts as said when the person came in."""

from django.db import migrations, models

PROPOSED = """
UPDATE panels_invitation SET proposed_at = answered_at WHERE state = 'accepted' AND better_name <> ''::bytea
"""


class Migration(migrations.Migration):

    dependencies = [
        ('panels', '0013_who_referred'),
    ]

    operations = [
        migrations.AddField(
            model_name='invitation',
            name='proposed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(PROPOSED, migrations.RunSQL.noop),
    ]
