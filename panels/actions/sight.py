"""Who sees a case: the grants on it follow the invitations, the panel's state, the guests' dates and the consent.

Every action that touches one of these projects anew what it touched. ``mend_sight`` compares all of it with the truth,
nightly, and after a consent was given again.

Two panels may share a case, and nobody's lock on the one keeps the other still: who leaves both at one moment would be seen sitting
in the other by each. So the sight of a case is held, after its panels and as the last of what others may wait for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from consent.models import care_consent
from cpms import clock
from cpms.accounts.access import grants
from cpms.accounts.models import User
from panels.cases import actions as cases
from panels.cases.models import Case
from panels.models import Invitation
from panels.states import RUNNING, SHARED, InvitationKind, InvitationState

Sight = dict[tuple[Any, Any], dt.datetime | None]
HELD = 0x53494748
"""Ours among the advisory locks of the database."""
HOLD = """
SELECT pg_advisory_xact_lock(%s, number)
FROM (SELECT DISTINCT hashtext(key) AS number FROM unnest(%s::text[]) AS key ORDER BY number) AS numbers
"""


def hold(of: QuerySet[Case]) -> None:
    """Until commit nobody else changes who sees these cases. In one order for everybody; who changes several at different points
    of a deed holds all of them at first."""
    keys = [str(key) for key in of.order_by().values_list("pk", flat=True)]
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [HELD, keys])


def true_sight(of: QuerySet[Case]) -> Sight:
    """(case, person) to the end of it: experts while their panel is shared, guests while it runs and until their date.

    Of two seats the longer one counts; a seat without a date has no end.
    """
    expert = Q(kind=InvitationKind.EXPERT, panel__state__in=SHARED)
    guest = Q(kind=InvitationKind.GUEST, panel__state__in=RUNNING, guest_until__gt=clock.now())
    seats = Invitation.objects.filter(expert | guest, state=InvitationState.ACCEPTED, panel__case__in=of)
    seats = seats.filter(care_consent("panel__case__patient")).order_by()
    found: Sight = {}
    for case, person, until in seats.values_list("panel__case", "invitee", "guest_until"):
        earlier = found.get((case, person), until)
        found[case, person] = None if until is None or earlier is None else max(until, earlier)
    return found


def compared(of: QuerySet[Case]) -> tuple[Sight, set[tuple[Any, Any]]]:
    """What the grants on these cases should be, and where they are not."""
    wanted, there = true_sight(of), grants.held("view_case", of)
    pairs = wanted.keys() | there.keys()
    return wanted, {pair for pair in pairs if pair not in there or wanted.get(pair, pair) != there[pair]}


def project(of: QuerySet[Case], *, by: Any, people: Iterable[Any] | None = None) -> int:
    """Make the grants on these cases (of these people, or of all) what they should be; gives how many were not."""
    hold(of)
    wanted, wrong = compared(of)
    if people is not None:
        some = {person.pk for person in people}
        wrong = {pair for pair in wrong if pair[1] in some}
    about = Case.objects.in_bulk({case for case, _person in wrong})
    whom = User.objects.in_bulk({person for _case, person in wrong})
    for case, person in wrong:
        if (case, person) in wanted:
            cases.give_sight(about[case], to=whom[person], until=wanted[case, person], by=by)
        else:
            cases.take_sight(about[case], of=whom[person], by=by)
    return len(wrong)


@transaction.atomic
def mend_sight(*, by: Any, patient_id: str = "") -> int:
    """Compare every grant, or those of one patient, with the truth, and mend what differs; each mend is in the trail."""
    everything = Case.objects.filter(patient__pk=patient_id) if patient_id else Case.objects.all()
    _wanted, wrong = compared(everything)
    return project(Case.objects.filter(pk__in={case for case, _person in wrong}), by=by) if wrong else 0
