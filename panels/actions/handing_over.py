"""Another clinician answers for a patient: of their own patients a clinician says so, of those left behind the hospital."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.urls import reverse

from consent import actions as consent
from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import Centre, User
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.drafts import actions as drafts
from cpms.jobs import actions as jobs
from cpms.locking import hold
from cpms.notifications import actions as notifications
from cpms.notifications.models import WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb
from cpms.patients.models import Patient
from cpms.patients.policy import may_give, may_take
from panels.actions import inviting, sight
from panels.cases.models import Case
from panels.models import Invitation, Panel, PanelStep
from panels.queries import handing_over
from panels.states import UNFINISHED, Move, State

HAND_OVER_WITHIN = dt.timedelta(days=14)
LEFT_BEHIND = "Patients left behind"
ASKED = {Verb.HAND_OVER: Notice.LEFT_BEHIND, Verb.NAME_REPRESENTATIVE: Notice.UNREPRESENTED}
NOT_ALL = "Somebody else has handed over, or erased, one of these patients meanwhile. Look at the list again."


@transaction.atomic
def hand_over(patients: Iterable[Patient], *, to: User, by: Any) -> int:
    """``to`` answers for these patients and leads their panels that are not over: all of them, or none; gives how many.

    The people are held first, so that nobody leaves meanwhile; then the patients, as a withdrawal does, all their panels, and who
    sees their cases. Consents stay as they are.
    """
    keys = [patient.pk for patient in patients]
    givers = set(Patient.objects.filter(pk__in=keys).order_by().values_list("enrolled_by", flat=True))
    hold(User.objects.filter(pk__in={*givers, to.pk}), no_key=True)
    taker = User.objects.get(pk=to.pk)
    held = held_patients(keys)
    for patient in held:
        if not (verdict := may_give(by, patient) and may_take(taker, patient)):
            raise Refused(verdict.reason)
    if len(held) < len(set(keys)) or not held:
        raise Refused(NOT_ALL)
    hold(Panel.objects.filter(case__patient__in=held))
    sight.hold(Case.objects.filter(patient__in=held))
    for patient in held:
        hand_one(patient, to=taker, by=by)
    for giver in User.objects.filter(pk__in=givers):
        settle_when_none_is_left(giver)
    path, occasion = reverse("patients:list"), str(uuid.uuid4())
    notifications.notify([taker], notice=Notice.HANDED_OVER, by=by, about=taker, path=path, again=occasion)
    return len(held)


def held_patients(keys: list[Any]) -> list[Patient]:
    """Held until commit, in one order for everybody, and read afterwards: of two hand-overs the second sees the first."""
    held = hold(Patient.objects.filter(pk__in=keys))
    return list(Patient.objects.filter(pk__in=held).select_related("enrolled_by", "centre", "key").order_by("pk"))


def hand_one(patient: Patient, *, to: User, by: Any) -> None:
    """One patient with everything that hangs on who answers: lead, seats, work, mails, half-written texts, sight."""
    giver, patient.enrolled_by = patient.enrolled_by, to
    patient.save(update_fields=["enrolled_by"])
    whom: dict[str, Any] = {"from": str(giver.pk), "to": str(to.pk)}
    audit.record(Event.PATIENT_HANDED_OVER, on=patient, by=by, **whom)
    panels = Panel.objects.filter(case__patient=patient).order_by("pk")
    for panel in (found := list(panels)):
        if panel.state in UNFINISHED:
            pass_lead(panel, to=to, by=by)
            jobs.enqueue("meetings.call_newcomer", panel_id=str(panel.pk), user_id=str(to.pk))
            jobs.enqueue("meetings.leave", panel_id=str(panel.pk), user_id=str(giver.pk))
        elif signs(giver, panel):
            pass_lead(
                panel, to=to, by=by
            )  # over, but its correction waits for the giver: the signature is the new lead's
        if panel.state in {State.OUTCOME, State.CLOSED}:
            jobs.enqueue("outcomes.ask_new_lead", panel_id=str(panel.pk), giver_id=str(giver.pk))
        drafts.discard_under(reverse("panels:detail", args=[panel.ref]), by=giver)
    notifications.pass_work([panel.ref for panel in found], giver=giver, to=to)
    for panel in found:  # after their work: a reminder that is just being written is waited for there
        notifications.cancel_mails_of(panel.ref, to=giver)
    consent.pass_reviews(patient, by=by)
    sight.project(Case.objects.filter(patient=patient), by=by)


def signs(giver: User, panel: Panel) -> bool:
    """Whether a signature under the outcome of a panel they lead still waits for them."""
    return (
        panel.lead_id == giver.pk and WorkItem.objects.open().filter(who=giver, verb=Verb.SIGN, ref=panel.ref).exists()
    )


def pass_lead(panel: Panel, *, to: User, by: Any) -> None:
    """A new lead, who is no member besides; the panel's log says so to everybody in it."""
    seats = Invitation.objects.live().filter(panel=panel, invitee=to).select_related("panel__case", "invitee")
    for invitation in seats:
        inviting.close(invitation, by=by)
    panel.lead = to
    panel.save(update_fields=["lead"])
    PanelStep.objects.create(panel=panel, verb=Move.HAND_OVER, source=panel.state, target=panel.state, lead=to, by=by)


@transaction.atomic
def follow_lead(panel: Panel, *, by: Any) -> Panel:
    """A panel that is over keeps its lead for the record; when something is asked of it again, its patient's clinician leads."""
    clinician = panel.case.patient.enrolled_by
    if panel.lead_id != clinician.pk:
        pass_lead(panel, to=clinician, by=by)
    return panel


@transaction.atomic
def look_for_left_behind(user_id: str, *, by: Any) -> int:
    """Somebody has gone, or is back: while nobody answers for their patients, it waits for who represents the hospital, or
    for who can name a representative of a hospital without one. Whoever is neither any more is asked no longer."""
    person = User.objects.get(pk=uuid.UUID(user_id))
    if settle_when_none_is_left(person):
        return 0
    left = Patient.objects.left_behind().filter(enrolled_by=person)
    asked: set[tuple[Any, str]] = set()
    for centre in Centre.objects.filter(pk__in=left.order_by().values("centre")):
        asked |= ask_hospital(person, centre, by=by)
    for item in WorkItem.objects.open().about(person).filter(verb__in=ASKED).select_related("who"):
        if (item.who_id, item.verb) not in asked:
            notifications.settle_all(person, Verb(item.verb), who=item.who)
    return left.count()


def ask_hospital(person: User, centre: Centre, *, by: Any) -> set[tuple[Any, str]]:
    """Who is asked to do what about the patients of somebody who has gone; those who were not asked before are told."""
    verb, people, path = handing_over.who_decides(centre)
    waiting = WorkItem.objects.open().about(person).filter(verb=verb).values_list("who", flat=True)
    new = [one for one in people if one.pk not in set(waiting)]
    due, today = clock.now() + HAND_OVER_WITHIN, str(clock.today())
    notifications.open_for(new, verb, on=person, ref=LEFT_BEHIND, path=path, due_at=due)
    notifications.notify(new, notice=ASKED[verb], by=by, about=person, path=path, again=today)
    return {(one.pk, verb) for one in people}


def look_after_left_behind(*, by: Any) -> int:
    """Run by the clock, for roles end and begin with a day; gives for how many who have gone somebody is asked. What waits for
    these themselves is put down."""
    keys = list(Patient.objects.left_behind().order_by().values_list("enrolled_by", flat=True).distinct())
    for key in keys:
        look_for_left_behind(str(key), by=by)
    for key in WorkItem.objects.open().filter(who__in=keys).order_by().values_list("who", flat=True).distinct():
        jobs.enqueue("people.put_down", user_id=str(key))
    return len(keys)


def settle_when_none_is_left(person: User) -> bool:
    """Whether somebody answers for every patient of this person's, who may still be here; then nobody needs to hand over."""
    if Patient.objects.left_behind().filter(enrolled_by=person).exists():
        return False
    notifications.settle_all(person, *ASKED, how=Settled.DONE)
    return True
