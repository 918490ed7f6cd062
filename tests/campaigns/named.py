"""What a task is asked for by name, with the ids of things that are there: each as the deed that asks for it leaves them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from consent.models import Consent
from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.roles import Role
from cpms.jobs.models import Job
from cpms.notifications import actions as notifications
from cpms.patients.actions import erase
from helpdesk.people import actions as people
from helpdesk.people.models import LostPhone
from outcomes.models import SurveyRound
from outcomes.states import Decision
from panels import actions as panels
from panels.cases import actions as cases
from panels.meetings import actions as meetings
from panels.models import Invitation, Panel, Question
from panels.states import InvitationState
from tests.campaigns.wards import DAY, Ward, lapse
from tests.cases.files.making import jpeg
from tests.factories import AccessRequestFactory, UserFactory

Ids = dict[str, str]


def asked_for(task: str) -> Ids:
    """The ids of the newest job of this name."""
    return Job.objects.filter(task=task).latest("asked_at").ids


def answer_address() -> Ids:
    accounts.ask_for_address(UserFactory(), address=f"{uuid.uuid4()}@far.example", by=None)
    return asked_for("accounts.answer_address")


def answer_reset() -> Ids:
    accounts.ask_for_reset(UserFactory().email, by=None)
    return asked_for("accounts.answer_reset")


def take_request() -> Ids:
    ward = Ward()
    ward.holding(Role.REPRESENTATIVE, centre=ward.centre)
    words = {"display_name": "Dr Invented", "job_title": "Surgeon", "role": "clinician", "groups": [ward.group]}
    email = f"{ward.tag}@far.example"
    people.hand_in_request(email, centre=ward.centre, why="I see adults.", by=None, **words)
    return asked_for("people.take_request")


def clean_file() -> Ids:
    ward = Ward()
    return {"file_id": str(cases.add_file(ward.case, filename="one.jpg", data=jpeg(), by=ward.lead).pk)}


def copy_files() -> Ids:
    ward = Ward()
    assert ward.file.can_be_seen
    return {"case_id": str(cases.copy_case(ward.case, by=ward.lead).pk)}


def erased() -> Ids:
    ward = Ward()
    assert ward.case
    erase(ward.patient, by=ward.lead)
    return {"patient_id": str(ward.patient.pk)}


def forget_questions() -> Ids:
    """A panel of an erased patient grew from a question."""
    ward = Ward()
    question = panels.ask_group(ward.group, text=ward.canary("question-asked"), by=ward.lead)
    panels.close_question(question, by=ward.lead)
    assert ward.panel
    erase(ward.patient, by=ward.lead)
    Question.objects.filter(pk=question.pk).update(panel=ward.panel)
    return {"patient_id": str(ward.patient.pk)}


def who_where(ward: Ward, person: Any) -> Ids:
    return {"panel_id": str(ward.panel.pk), "user_id": str(person.pk)}


def call_newcomer() -> Ids:
    """The panel has a meeting, and others are asked about dates."""
    ward = Ward().seated()
    ward.meeting(after=3 * DAY)
    dates = [clock.now() + days * DAY for days in (5, 6)]
    meetings.propose_dates(ward.fresh(), dates=dates, minutes=30, link="", by=ward.lead)
    ward.seat(ward.second)
    return who_where(ward, ward.second)


def clear_agendas() -> Ids:
    ward = Ward().seated()
    ward.meeting(after=3 * DAY)
    ward.withdraw_consent()
    return {"panel_id": str(ward.panel.pk)}


def leave() -> Ids:
    ward = Ward().seated()
    ward.meeting(after=3 * DAY)
    panels.end_invitation(ward.invitation(ward.expert), by=ward.lead)
    return who_where(ward, ward.expert)


def occasion() -> Ids:
    return {"user_id": str(UserFactory().pk), "occasion": "once", "notice": "recovery_used"}


def written_to() -> Ids:
    return {**occasion(), "address": "nobody@far.example", "notice": "address_changed", "path": "/"}


def unknown_reset() -> Ids:
    return {"address": "nobody@far.example", "user_id": "", "path": "/", "occasion": str(uuid.uuid4())}


def stay_at() -> Ids:
    """A warning of the account waits to be sent."""
    ids = occasion()
    notifications.tell(**ids, by=None)
    return {"user_id": ids["user_id"], "address": "old@far.example"}


def ask_new_lead() -> Ids:
    """The giver was asked to sign; somebody else leads the panel now."""
    ward = Ward().sent()
    ward.fresh().outcome.signoffs.filter(who=ward.lead).update(decision=Decision.PENDING, at=None)
    Panel.objects.filter(pk=ward.panel.pk).update(lead=ward.second)
    return {"panel_id": str(ward.panel.pk), "giver_id": str(ward.lead.pk)}


def ask_newcomer() -> Ids:
    """Somebody accepts while the outcome is out for signature."""
    ward = Ward()
    ward.open(ward.second)
    ward.sent()
    Invitation.objects.filter(panel=ward.panel, invitee=ward.second).update(
        state=InvitationState.ACCEPTED, answered_at=clock.now()
    )
    return who_where(ward, ward.second)


def ask_round() -> Ids:
    ward = Ward().seated()
    return {"survey_id": str(SurveyRound.objects.create(network=ward.network, number=1, opened_by=ward.lead).pk)}


def take_decision() -> Ids:
    ward = Ward().seated()
    item = ward.meeting(after=-DAY / 48).agenda.get()
    meetings.decide(item, by=ward.lead, text="Scan first.", dissent="", owner=None, due_on=None)
    return asked_for("outcomes.take_decision")


def given_again(ward: Ward) -> None:
    """The consent that was withdrawn is in force again; nothing else is done yet."""
    Consent.objects.filter(patient=ward.patient).update(withdrawn_at=None, withdrawn_by=None)


def thaw_outcome() -> Ids:
    ward = Ward().closed()
    ward.withdraw_consent()
    given_again(ward)
    return {"panel_id": str(ward.panel.pk)}


def thaw() -> Ids:
    ward = Ward().seated()
    ward.withdraw_consent()
    given_again(ward)
    return {"patient_id": str(ward.patient.pk)}


def freeze() -> Ids:
    ward = Ward().seated()
    Consent.objects.filter(patient=ward.patient).update(withdrawn_at=clock.now(), withdrawn_by=ward.lead)
    return {"patient_id": str(ward.patient.pk)}


def let_go() -> Ids:
    ward = Ward().seated()
    lapse(ward.expert)
    return {"user_id": str(ward.expert.pk)}


def left_behind() -> Ids:
    ward = Ward().seated()
    ward.holding(Role.REPRESENTATIVE, centre=ward.centre)
    lapse(ward.lead)
    return {"user_id": str(ward.lead.pk)}


def tell_corrected() -> Ids:
    ward = Ward().seated()
    return {"correction_id": str(ward.correction.pk)}


def follow_address() -> Ids:
    """A lost phone and a request for access wait."""
    ward = Ward()
    old, new = (f"{name}-{ward.tag}@far.example" for name in ("old", "new"))
    AccessRequestFactory(centre=ward.centre, email=old)
    LostPhone.objects.create(person=ward.lead, asked_by=ward.holding(Role.HELPDESK_ADULT), how_checked="A call.")
    return {"user_id": str(ward.lead.pk), "old": old, "new": new}


def put_down() -> Ids:
    """A request for access waits for somebody whose role ended with a day, and others decide it now."""
    ward = Ward()
    gone = ward.holding(Role.REPRESENTATIVE, centre=ward.centre)
    AccessRequestFactory(centre=ward.centre)
    people.look_after_requests(by=None)
    lapse(gone)
    ward.holding(Role.NETWORK_COORDINATOR)
    return {"user_id": str(gone.pk)}


def take_rows() -> Ids:
    """A table of two hospitals."""
    ward = Ward()
    by = ward.holding(Role.NETWORK_COORDINATOR)
    lines = "".join(f"{ward.tag} Hospital {n},Turku,FI\n" for n in (1, 2))
    table = people.read_table(ward.network, data=f"Hospital,City,Country\n{lines}".encode(), name="list.csv", by=by)
    people.take_table(table, by=by)
    return {"table_id": str(table.pk)}


NAMED: dict[str, Callable[[], Ids]] = {
    "accounts.answer_address": answer_address,
    "accounts.answer_reset": answer_reset,
    "cases.clean_file": clean_file,
    "cases.copy_files": copy_files,
    "cases.forget": erased,
    "meetings.call_newcomer": call_newcomer,
    "meetings.clear_agendas": clear_agendas,
    "meetings.leave": leave,
    "notifications.answer_reset": unknown_reset,
    "notifications.stay_at": stay_at,
    "notifications.tell": occasion,
    "notifications.write_to": written_to,
    "outcomes.ask_new_lead": ask_new_lead,
    "outcomes.ask_newcomer": ask_newcomer,
    "outcomes.ask_round": ask_round,
    "outcomes.take_decision": take_decision,
    "outcomes.thaw": thaw_outcome,
    "panels.forget_questions": forget_questions,
    "panels.freeze": freeze,
    "panels.left_behind": left_behind,
    "panels.let_go": let_go,
    "panels.tell_corrected": tell_corrected,
    "panels.thaw": thaw,
    "people.follow_address": follow_address,
    "people.put_down": put_down,
    "people.take_request": take_request,
    "people.take_rows": take_rows,
}
