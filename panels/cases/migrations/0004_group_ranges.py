"""Ranges of the thematic groups. A row is a decision of its day: the database refuses any change and any removal."""

import cpms.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


GUARD = """
CREATE FUNCTION cases_range_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a range of a group is never changed; add a row' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER cases_range_stays BEFORE UPDATE OR DELETE ON cases_grouprange
    FOR EACH ROW EXECUTE FUNCTION cases_range_stays();
"""
NO_GUARD = "DROP TRIGGER cases_range_stays ON cases_grouprange; DROP FUNCTION cases_range_stays();"


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_noted'),
        ('cases', '0003_noted'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='labresult',
            name='range_source',
            field=models.CharField(blank=True, choices=[('laboratory', 'range of the laboratory'), ('group', 'range of the thematic group'), ('default', 'default, to be confirmed by the thematic group'), ('', 'no range given')], max_length=12),
        ),
        migrations.CreateModel(
            name='GroupRange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('analyte', models.CharField(max_length=40)),
                ('sex', models.CharField(choices=[('any', 'Both sexes'), ('female', 'Female'), ('male', 'Male')], max_length=6)),
                ('age_from', models.PositiveIntegerField()),
                ('age_to', models.PositiveIntegerField()),
                ('condition', models.CharField(blank=True, max_length=120)),
                ('low', models.DecimalField(decimal_places=9, max_digits=24, null=True)),
                ('high', models.DecimalField(decimal_places=9, max_digits=24, null=True)),
                ('unit', models.CharField(max_length=40)),
                ('source', models.CharField(blank=True, max_length=300)),
                ('address', models.CharField(blank=True, max_length=300)),
                ('since', models.DateField(null=True)),
                ('confirmed_at', models.DateTimeField(default=cpms.clock.now)),
                ('confirmed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ranges', to='accounts.thematicgroup')),
            ],
            options={
                'ordering': ['confirmed_at', 'pk'],
                'indexes': [models.Index(fields=['group', 'analyte'], name='cases_ranges_of_a_group')],
                'constraints': [models.CheckConstraint(condition=models.Q(('age_from__lt', models.F('age_to'))), name='cases_range_ages'), models.CheckConstraint(condition=models.Q(('low', None), ('high', None), ('low__lt', models.F('high')), _connector='OR'), name='cases_range_low_below_high'), models.CheckConstraint(condition=models.Q(models.Q(('high', None), ('low', None)), models.Q(('source', ''), _negated=True), _connector='OR'), name='cases_range_says_source')],
            },
        ),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
