"""A joint board of two groups that meets next week, with the running panels on its agenda and one decision written down."""

from __future__ import annotations

import datetime as dt

from cpms import clock
from cpms.accounts.models import Network, User
from panels.meetings import actions
from panels.meetings.states import Rhythm
from panels.models import Panel

CHAIR = "katharina.hohenberger"
GROUPS = (2, 4, 5)
IN_DAYS = 6
DECIDED = (
    "Stop phosphate and alfacalcidol one week before the first dose of burosumab; fasting phosphate after four weeks.",
    "X-ray of both knees before the treatment and after a year.",
)


def load_meetings(made: Network) -> int:
    """Start the series, bring the open panels whose lead may, and give each ten minutes. Gives the number of panels."""
    chair = User.objects.get(email__startswith=f"{CHAIR}@")
    panels = list(Panel.objects.with_case().filter(network=made, state="open", lead__isnull=False).order_by("ref"))
    people = [chair, *{panel.lead for panel in panels} - {chair}]
    series = actions.start_series(
        groups=list(made.groups.filter(number__in=GROUPS)),
        rhythm=Rhythm.FORTNIGHTLY,
        first_on=clock.today() + dt.timedelta(days=IN_DAYS),
        at=dt.time(16),
        people=people,
        by=chair,
        name="Joint board, calcium and growth",
        minutes=60,
        slots=4,
        link="https://video.demo.example/joint-board",
    )
    meeting = series.meetings.order_by("starts_at").first()
    if meeting is None:
        return 0
    for panel in panels:
        actions.bring(panel, to=meeting, invite=False, by=panel.lead)
    first = meeting.agenda.select_related("panel__key", "panel__lead").order_by("position").first()
    if first is None:
        return 0
    due = clock.today() + dt.timedelta(days=20)
    for text in DECIDED:
        actions.decide(first, text=text, dissent="", owner=first.panel.lead, due_on=due, by=chair)
    return len(panels)
