import cpms.clock
from django.db import migrations, models

FORBID = """
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit_auditseal
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""
ALLOW = """
DROP TRIGGER audit_no_truncate ON audit_auditseal;
DROP TRIGGER audit_no_change ON audit_auditseal;
"""

# Tables that ask for it note their changes in the trail themselves, by whatever way a change came. The trigger's arguments name
# the columns that matter; without any, all do. Names of columns are noted, never what stands in them.
NOTE = """
CREATE FUNCTION audit_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    changed text[] := '{}';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT array_agg(key ORDER BY key) INTO changed FROM jsonb_each(after)
        WHERE value IS DISTINCT FROM before -> key AND (TG_NARGS = 0 OR key = ANY (TG_ARGV));
        IF changed IS NULL THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO audit_auditevent (at, event, result, subject_type, subject_id, route, request_id, detail)
    VALUES (clock_timestamp(), 'row_changed', 'done', TG_TABLE_NAME, coalesce(after, before) ->> 'id', '', '',
        jsonb_build_object('verb', lower(TG_OP), 'fields', changed, 'role', session_user));
    RETURN NULL;
END $$;
"""
UNNOTE = "DROP FUNCTION audit_note_change();"


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_sign_ins'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField(default=0)),
                ('last_id', models.BigIntegerField(default=0)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('next_id', models.BigIntegerField(null=True)),
                ('waits_for', models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('first_id', models.BigIntegerField()),
                ('last_id', models.BigIntegerField()),
                ('events', models.PositiveIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField(default=cpms.clock.now)),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.RunSQL(FORBID, ALLOW),
        migrations.RunSQL(NOTE, UNNOTE),
    ]
