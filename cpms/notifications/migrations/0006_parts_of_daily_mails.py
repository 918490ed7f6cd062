import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0005_what_staff_call_a_mail'),
    ]

    operations = [
        migrations.AddField(
            model_name='outboxmessage',
            name='part_of',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='notifications.outboxmessage'),
        ),
    ]
