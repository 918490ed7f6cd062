from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0004_wishes_about_mails'),
    ]

    operations = [
        migrations.AlterField(
            model_name='outboxmessage',
            name='path',
            field=models.CharField(max_length=400),
        ),
    ]
