"""What the clock finds to do: for each task of beat's table something that has waited long enough."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from dateutil.relativedelta import relativedelta
from django.db.models import F

from consent.models import Consent
from cpms import clock
from cpms.accounts.access import grants
from cpms.accounts.models import CentreMembership, Delegation
from cpms.accounts.roles import Role
from cpms.drafts import actions as drafts
from cpms.drafts.models import Draft
from cpms.jobs import actions as jobs
from cpms.jobs.models import Job
from cpms.jobs.states import JobState
from cpms.notifications.models import MailWish, OutboxMessage, WorkItem
from cpms.notifications.states import Pace
from cpms.vault import actions as vault
from cpms.vault.models import Envelope
from helpdesk.models import FigureFile
from helpdesk.people.models import LostPhone
from helpdesk.states import KEPT_FOR, MOST_TRIES
from helpdesk.tickets import actions as tickets
from outcomes import actions as outcomes
from outcomes.models import Outcome, OutcomeDocument
from outcomes.states import Decision, Language
from panels import actions as panels
from panels.meetings import actions as meetings
from panels.meetings.models import ProposedDate
from panels.meetings.states import Rhythm
from panels.models import Invitation, Panel
from tests.campaigns import late
from tests.campaigns.wards import DAY, HOUR, Ward, lapse
from tests.factories import AccessRequestFactory, UserFactory, WhyAwayFactory, give_role

LONG_AGO = 400 * DAY


def forget_unseen() -> None:
    """Half-written words about a panel that their writer does not see; an address whose link is over."""
    path = Ward().open().get_absolute_url()
    drafts.save_draft(form=f"reply:{path}", label="", path=path, fields={"text": "x"}, by=UserFactory())
    envelope = vault.put_in("new address", {"new": "new@far.example"})
    Envelope.objects.filter(pk=envelope).update(written_at=clock.now() - LONG_AGO)


def look_again() -> None:
    Consent.objects.filter(patient=Ward().patient).update(renew_on=clock.today())


def prune() -> None:
    drafts.save_draft(form="a form", label="", path="/", fields={"text": "x"}, by=UserFactory())
    Draft.objects.update(updated_at=clock.now() - LONG_AGO)


def file_of_figures(**state: object) -> FigureFile:
    reader = Ward().holding(Role.NETWORK_COORDINATOR)
    return FigureFile.objects.create(kind="csv", period="2020-01", count=0, asked_by=reader, **state)


def forget_files() -> None:
    file_of_figures(asked_at=clock.now() - KEPT_FOR - DAY)


def look_after_files() -> None:
    """One is asked for again, one has failed."""
    file_of_figures()
    file_of_figures(tries=MOST_TRIES)


def freeze_month() -> None:
    Ward().seated()


def quiet_centre() -> None:
    ward = Ward()
    ward.holding(Role.REPRESENTATIVE, centre=ward.centre)
    CentreMembership.objects.filter(centre=ward.centre).update(since=clock.today() - LONG_AGO)


def open_job() -> None:
    jobs.enqueue("drafts.prune")


def passed_dates() -> None:
    ward = Ward().seated()
    dates = [clock.now() + days * DAY for days in (5, 6)]
    poll = meetings.propose_dates(ward.fresh(), dates=dates, minutes=30, link="", by=ward.lead)
    ProposedDate.objects.filter(poll=poll).update(starts_at=F("starts_at") - 7 * DAY)


def unheld() -> None:
    """One meeting is over since an hour, and is asked about; one since four days, and counts as held."""
    Ward().seated().meeting(after=-HOUR)
    Ward().seated().meeting(after=-4 * DAY)


def plan_ahead() -> None:
    """The last date of a series is not planned yet, and one of its people has left."""
    ward, gone = Ward(), UserFactory()
    when = {"rhythm": Rhythm.FORTNIGHTLY, "first_on": clock.today() + 7 * DAY, "at": dt.time(16)}
    words = {"name": "Board", "minutes": 60, "slots": 2, "link": "", "people": [ward.person(), gone]}
    series = meetings.start_series(groups=[ward.group], by=ward.coordinator, **words, **when)
    last = series.meetings.latest("day")
    last.attendance.all().delete()
    last.delete()
    gone.memberships.update(valid_from=clock.rights_day() - LONG_AGO, valid_to=clock.rights_day() - 30 * DAY)


def meetings_soon() -> None:
    """One in half an hour, one in thirty hours; and a guest whose date has passed."""
    Ward().seated().meeting(after=HOUR / 2)
    ward = Ward().seated()
    ward.meeting(after=30 * HOUR)
    seat = Invitation.objects.filter(panel=ward.panel, invitee=ward.expert)
    seat.update(kind="guest", guest_until=clock.now() - HOUR)


def waiting_mail() -> None:
    OutboxMessage.objects.exclude(part_of=None).delete()
    OutboxMessage.objects.all().delete()  # of what others left, some is held back for a while
    Ward().seated()


def remind() -> None:
    """Of two that wait since four days, one opens no more to who was asked."""
    ward = Ward()
    ward.open(ward.expert, ward.second)
    WorkItem.objects.filter(who__in=[ward.expert, ward.second]).update(
        opened_at=clock.now() - 4 * DAY, remind_at=clock.now() - DAY
    )
    lapse(ward.second)


def held_mails() -> None:
    ward = Ward()
    MailWish.objects.create(user=ward.lead, pace=Pace.DAILY, daily_at=0)
    ward.seated()
    ward.contribute(ward.expert)
    panels.comment(ward.fresh(), text=ward.canary("message"), by=ward.expert)


def follow_ups() -> None:
    closed = clock.now() - relativedelta(months=3) - HOUR
    Panel.objects.filter(pk=Ward().closed().panel.pk).update(closed_at=closed)


def end_signing() -> None:
    """Under a correction one has signed and one has not, and the day has passed."""
    ward = Ward()
    ward.open()
    ward.seat(ward.second)
    ward.closed()
    words = {"conclusion": "Less.", "items": [], "reason": "A slip.", "version": ward.fresh().outcome.version}
    outcomes.correct_outcome(ward.fresh(), by=ward.lead, **words)
    outcomes.sign(ward.fresh(), decision=Decision.SIGNED, number=ward.fresh().outcome.number, by=ward.expert)
    Outcome.objects.filter(panel=ward.panel).update(sent_at=clock.now() - 8 * DAY)


def stuck_documents() -> None:
    """One is asked for again, one has failed."""
    ward = Ward().closed()
    again = OutcomeDocument.objects.get(panel=ward.panel)
    failed = outcomes.order_language(again, Language.DE, by=ward.lead)
    OutcomeDocument.objects.filter(pk=failed.pk).update(tries=MOST_TRIES)
    made = [str(document.pk) for document in (again, failed)]
    Job.objects.filter(ids__document_id__in=made).update(state=JobState.GIVEN_UP)


def check_grants() -> None:
    grants.grant(UserFactory(), "view_case", Ward().case)


def gone() -> None:
    """Roles that ended with a day: an expert's, and a clinician's whose patient is left behind."""
    ward = Ward().seated()
    ward.holding(Role.REPRESENTATIVE, centre=ward.centre)
    lapse(ward.expert)
    lapse(ward.lead)


def forget_why_away() -> None:
    WhyAwayFactory(at=clock.now() - 2 * LONG_AGO)


def requests() -> None:
    """A request that nobody was asked to decide yet; a lost phone that nobody seconded."""
    ward = Ward()
    ward.holding(Role.REPRESENTATIVE, centre=ward.centre)
    AccessRequestFactory(centre=ward.centre)
    LostPhone.objects.create(
        person=ward.lead,
        asked_by=ward.holding(Role.HELPDESK_ADULT),
        how_checked="A call.",
        asked_at=clock.now() - LONG_AGO,
    )


def ending_roles() -> None:
    ward = Ward()
    row = {"valid_from": clock.rights_day() - 60 * DAY, "valid_to": clock.rights_day() + 3 * DAY}
    give_role(ward.lead, Role.SUBSTITUTE, centre=ward.centre, granted_by=ward.coordinator, **row)
    Delegation.objects.create(assistant=ward.person(role="none"), clinician=ward.lead, **row)


def ticket() -> None:
    """The helpdesk of one has gone, to another somebody has come."""
    for goes in (True, False):
        ward = Ward()
        helper = ward.holding(Role.HELPDESK_ADULT)
        tickets.raise_ticket("bug", text=ward.canary("ticket"), network=ward.network, by=ward.lead)
        if goes:
            lapse(helper)
        else:
            ward.holding(Role.HELPDESK_PAEDIATRIC)


AGED: dict[str, Callable[[], None]] = {
    "accounts.forget_unseen": forget_unseen,
    "consent.look_again": look_again,
    "drafts.prune": prune,
    "helpdesk.forget_files": forget_files,
    "helpdesk.freeze_month": freeze_month,
    "helpdesk.look_after_files": look_after_files,
    "helpdesk.remind_quiet_centres": quiet_centre,
    "jobs.dispatch": open_job,
    "meetings.end_passed_dates": passed_dates,
    "meetings.look_after_unheld": unheld,
    "meetings.plan_ahead": plan_ahead,
    "meetings.remind": meetings_soon,
    "notifications.dispatch_outbox": waiting_mail,
    "notifications.remind": remind,
    "notifications.seal_again": waiting_mail,
    "notifications.send_daily": held_mails,
    "outcomes.ask_follow_ups": follow_ups,
    "outcomes.end_signing": end_signing,
    "outcomes.look_after_documents": stuck_documents,
    "panels.check_grants": check_grants,
    "panels.chase_questions": late.questions,
    "panels.escalate": late.late_panels,
    "panels.expire_invitations": late.expire_invitations,
    "panels.look_after_idle": late.idle,
    "panels.look_after_left_behind": gone,
    "panels.look_after_referrals": late.referrals,
    "panels.look_after_unattended": late.unattended,
    "people.forget_why_away": forget_why_away,
    "people.look_after_requests": requests,
    "people.tell_of_ends": ending_roles,
    "tickets.look_after": ticket,
}
