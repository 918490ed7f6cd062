import cpms.clock
import datetime
import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models

from cpms.audit.models import noted

BEFORE = noted("accounts_user", "is_active", "email", "password", "centre_id")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_noted'),
    ]

    operations = [
        migrations.CreateModel(
            name='UnitCover',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('valid_from', models.DateField(default=cpms.clock.rights_day)),
                ('valid_to', models.DateField()),
                ('reason', models.CharField(max_length=200)),
                ('given_at', models.DateTimeField(default=cpms.clock.now)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='covers', to='accounts.unit')),
            ],
            options={
                'ordering': ['-valid_from', '-given_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__gte', models.F('valid_from')), ('valid_to__lte', django.db.models.expressions.CombinedExpression(models.F('valid_from'), '+', models.Value(datetime.timedelta(days=60))))), name='accounts_cover_dates'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='accounts_cover_has_reason'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='accounts_ended_cover_says_who')],
            },
        ),
        noted('accounts_unitcover'),
        migrations.RunSQL(BEFORE.reverse_sql, BEFORE.sql),
        noted('accounts_user', 'is_active', 'email', 'password', 'centre_id', 'unit_id'),
    ]
