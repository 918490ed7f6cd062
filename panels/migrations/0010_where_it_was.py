"""Where a panel was opened and by whom, and where people worked when they answered and advised: for figures that stay.

Of rows that were there before: the patient's centre; who led the panel, or opened it where it was handed over since; and of
people the centre that a role of theirs named on the day, or else where they work now.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

PANELS = """
UPDATE panels_panel AS panel SET centre_id = patient.centre_id, started_by_id = COALESCE((
    SELECT step.by_id FROM panels_panelstep AS step
    WHERE step.panel_id = panel.id AND step.verb = 'open' AND step.by_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM accounts_delegation AS help WHERE help.assistant_id = step.by_id)
    AND EXISTS (SELECT 1 FROM panels_panelstep AS later
                WHERE later.panel_id = panel.id AND later.verb = 'hand_over' AND later.at >= step.at)
    ORDER BY step.at, step.id LIMIT 1
), panel.lead_id)
FROM cases_case AS record JOIN patients_patient AS patient ON patient.id = record.patient_id
WHERE record.id = panel.case_id AND panel.opened_at IS NOT NULL
"""
WORKED = """
UPDATE {table} AS said SET centre_id = COALESCE((
    SELECT held.centre_id FROM accounts_membership AS held
    WHERE held.user_id = person.id AND held.centre_id IS NOT NULL AND held.valid_from <= {at}::date
    AND COALESCE(held.valid_to, held.ended_at::date, 'infinity'::date) >= {at}::date
    ORDER BY held.valid_from DESC, held.id DESC LIMIT 1
), person.centre_id)
FROM accounts_user AS person WHERE person.id = said.{who} AND {at} IS NOT NULL
"""


def where_it_was(model: str) -> migrations.AddField:
    """The new column of a table."""
    on_delete, to = django.db.models.deletion.PROTECT, "accounts.centre"
    related = "panels" if model == "panel" else "+"
    return migrations.AddField(
        model, "centre", models.ForeignKey(null=True, on_delete=on_delete, related_name=related, to=to)
    )


def filled(table: str, who: str, at: str) -> migrations.RunSQL:
    """Rows that were there before."""
    return migrations.RunSQL(WORKED.format(table=table, who=who, at=at), migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_unit_cover"),
        ("panels", "0009_leaving_and_views"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        where_it_was("panel"),
        migrations.AddField(
            "panel",
            "started_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        where_it_was("contribution"),
        where_it_was("invitation"),
        migrations.RunSQL(PANELS, migrations.RunSQL.noop),
        filled("panels_contribution", "author_id", "said.at"),
        filled("panels_invitation", "invitee_id", "said.answered_at"),
        migrations.AddConstraint(
            "panel",
            models.CheckConstraint(
                name="panels_opened_says_where",
                condition=Q(opened_at=None) | Q(centre__isnull=False, started_by__isnull=False),
            ),
        ),
    ]
