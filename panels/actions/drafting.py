"""Draft a panel on a case, and write its question."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from consent.actions import hold_consent
from cpms import clock, locking
from cpms.accounts import queries as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import Network, ThematicGroup
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.states import Verb
from cpms.patients.models import Patient
from panels.cases.models import Case
from panels.models import Panel, PanelCounter
from panels.policy import may_prepare
from panels.states import QUORUM, WANTED_WITHIN, Urgency

FINISH_WITHIN = dt.timedelta(days=7)


def next_ref(network: Network) -> str:
    """ "ENDO-26-0001": the network, the year, a number; the counter's row is locked until commit."""
    year = clock.today().year
    PanelCounter.objects.get_or_create(network=network, year=year)
    counter = PanelCounter.objects.select_for_update().get(network=network, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{network.code}-{year % 100:02d}-{counter.last:04d}"


@transaction.atomic
def draft_panel(case: Case, *, network: Network, by: Any) -> Panel:
    """A draft under the patient's key, led by the patient's clinician of this moment (an assistant drafts for theirs). Raises
    ``Refused`` for a network that the clinician's centre does not belong to today."""
    hold_consent(case.patient_id)
    case.patient = Patient.objects.select_related("enrolled_by").get(pk=case.patient_id)
    if not accounts.networks_of(case.patient.enrolled_by).filter(pk=network.pk).exists():
        raise Refused("The clinician's centre does not belong to this network.")
    panel = Panel(key=case.key, case=case, network=network, lead=case.patient.enrolled_by, ref=next_ref(network))
    if not (verdict := may_prepare(by, panel)):
        raise Refused(verdict.reason)
    first = case.diagnoses.first()
    panel.title = first.label if first else ""
    panel.save(force_insert=True)
    notifications.open_work(
        panel.lead,
        Verb.FINISH_DRAFT,
        on=panel,
        ref=panel.ref,
        path=panel.get_absolute_url(),
        due_at=clock.now() + FINISH_WITHIN,
    )
    audit.record(Event.PANEL_DRAFTED, on=panel, by=by)
    return panel


def main_group_in(panel: Panel, group: ThematicGroup | None) -> ThematicGroup | None:
    """The main group that a question went to, where it is of the panel's network: a panel belongs to a group of its own."""
    main = group.parent or group if group is not None else None
    return main if main is not None and main.network_id == panel.network_id else None


def wanted_date(urgency: str) -> dt.date:
    """The date advice is wanted by when the lead names none."""
    return clock.today() + WANTED_WITHIN[Urgency(urgency)]


@transaction.atomic
def prepare(
    panel: Panel,
    *,
    by: Any,
    version: int,
    question: str,
    title: str = "",
    group: ThematicGroup | None = None,
    urgency: str = Urgency.ROUTINE,
    wanted_by: dt.date | None = None,
    quorum: int = QUORUM,
) -> Panel:
    """Write question, group, urgency and date of a draft. Raises ``Clash`` when somebody else saved meanwhile."""
    hold_consent(panel.case.patient_id)
    if not (verdict := may_prepare(by, Panel.objects.held(panel.pk))):
        raise Refused(verdict.reason)
    words: dict[str, Any] = {"question": question, "title": title, "group": group, "urgency": urgency}
    words |= {"wanted_by": wanted_by or wanted_date(urgency), "quorum": quorum}
    locking.claim(panel, version, words)
    for name, value in words.items():
        setattr(panel, name, value)
    panel.save(update_fields=[*words])
    audit.record(Event.PANEL_DRAFTED, on=panel, by=by, verb="prepared", saved=panel.version)
    return panel
