"""One panel, eight people with open sessions, and what may happen to them: the deeds that sequences are drawn from."""

from __future__ import annotations

import copy
import datetime as dt

from django.db import transaction
from django.test import Client

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import Delegation, User
from cpms.accounts.models.people import MembershipQuerySet
from cpms.accounts.roles import Role
from cpms.drafts import actions as drafts
from cpms.notifications import actions as notifications
from outcomes import actions as outcomes
from outcomes.models import OutcomeDocument
from outcomes.states import DocumentState
from panels import actions as panels
from panels.cases.models import CaseGrant
from panels.meetings import actions as meetings
from panels.models import Assist, Invitation
from tests.access.model import Model
from tests.access.units import OfUnit
from tests.clients import signed_in
from tests.factories import Story, UserFactory, give_role


class Scene(OfUnit):
    """The real thing, made once: each sequence begins from it and is undone again."""

    def __init__(self) -> None:
        self.story, self.model = Story("a"), Model()
        self.story.open()
        self.people = {
            "lead": self.story.lead,
            "expert": self.story.expert,
            "assistant": UserFactory(centre=self.story.lead.centre, role="none"),
            "outsider": UserFactory(),
            "helpdesk": UserFactory(role="none"),
            "coordinator": UserFactory(role="none"),
        }
        self.make_unit()
        self.network, self.centre = self.story.group.network, self.story.expert.centre
        give_role(self.people["helpdesk"], Role.HELPDESK_ADULT, network=self.network)
        self.coordinator = UserFactory(role="none")
        give_role(self.coordinator, Role.NETWORK_COORDINATOR, network=self.network)
        self.path = self.story.fresh().get_absolute_url()
        when = {"starts_at": clock.now() + dt.timedelta(days=2), "minutes": 30, "link": "https://video.example/x"}
        assert self.story.file
        self.meeting = meetings.schedule(self.story.fresh(), by=self.story.lead, **when)
        self.document = self.finished_document()
        self.cookies = {who: signed_in(user).cookies for who, user in self.people.items()}
        self.clients: dict[str, Client] = {}
        notifications.dispatch_outbox()

    def finished_document(self) -> OutcomeDocument:
        row = {"number": 99, "code": "SEQUENCE-99", "asked_by": self.story.lead, "state": DocumentState.READY}
        document = OutcomeDocument(panel=self.story.fresh(), key=self.story.patient.key, made_at=clock.now(), **row)
        document.pdf = b"%PDF-" + self.story.canary("pdf").encode()
        document.save()
        return document

    def begin(self) -> None:
        """Everything as it was made: the facts, the people, and the sessions that they have open."""
        self.model = Model()
        self.story.patient.refresh_from_db()
        self.people.pop("guest", None)
        self.clients = {who: Client(headers={"host": "localhost"}) for who in self.cookies}
        for who, cookies in self.cookies.items():
            self.clients[who].cookies = copy.deepcopy(cookies)

    def of(self, who: str) -> Invitation:
        rows = Invitation.objects.filter(panel=self.story.panel, invitee=self.people[who])
        return rows.order_by("-sent_at")[0]

    def do(self, deed: str) -> bool:
        """The deed, if it is possible; the model moves only when the product let it happen. A refused one is rolled back."""
        self.story.lead = self.fresh("lead")  # as the next request loads the person
        try:
            with transaction.atomic():
                getattr(self, deed)()
        except (Refused, IndexError, KeyError, User.DoesNotExist):
            return False
        return True

    def invite(self) -> None:
        if panels.invite_experts(self.story.fresh(), people=[self.people["expert"]], by=self.story.lead):
            self.model.expert = "pending"

    def accept(self) -> None:
        """They join, and begin to write."""
        panels.accept(self.of("expert"), by=self.fresh("expert"))
        fields = {"text": self.story.canary("half-written")}
        drafts.save_draft(form="reply", label="x", path=self.path, fields=fields, by=self.fresh("expert"))
        self.model.expert = "accepted"

    def decline(self) -> None:
        panels.decline(self.of("expert"), reason="time", by=self.fresh("expert"))
        self.model.expert = "declined"

    def end(self) -> None:
        panels.end_invitation(self.of("expert"), by=self.story.lead)
        self.model.expert = "ended"

    def expire(self) -> None:
        if self.model.expert == "pending":
            past = clock.now() - dt.timedelta(seconds=1)
            row = Invitation.objects.filter(pk=self.of("expert").pk)
            row.update(sent_at=past - dt.timedelta(days=14), expires_at=past)
            self.model.expert = "expired"

    def invite_guest(self) -> None:
        invitation = self.story.invite_guest("guest@far.example")
        self.people["guest"] = invitation.invitee
        User.objects.filter(pk=invitation.invitee_id).update(activated_at=clock.now())
        self.model.guest, self.model.guest_in_time = "pending", True

    def accept_guest(self) -> None:
        panels.accept(self.of("guest"), by=self.fresh("guest"))
        self.model.guest = "accepted"

    def guest_passes(self) -> None:
        if self.model.guest == "accepted":
            past = clock.now() - dt.timedelta(seconds=1)
            Invitation.objects.filter(pk=self.of("guest").pk).update(guest_until=past)
            CaseGrant.objects.filter(user=self.people["guest"]).update(until=past)
            self.model.guest_in_time = False

    def withdraw_consent(self) -> None:
        consent.withdraw_consent(self.story.patient, by=self.story.lead, stage=Stage.CARE)
        self.model.consented = False

    def give_consent(self) -> None:
        self.story.give_consent(self.story.patient)
        self.model.consented = True

    def withdraw(self) -> None:
        panels.withdraw(self.story.fresh(), by=self.story.lead)
        self.model.panel = "withdrawn"

    def conclude(self) -> None:
        self.story.contribute(self.people["expert"])
        outcomes.start_outcome(self.story.fresh(), by=self.story.lead)
        version = self.story.fresh().outcome.version
        outcomes.write_outcome(self.story.fresh(), conclusion="Salt.", items=[], version=version, by=self.story.lead)
        outcomes.send_for_signature(self.story.fresh(), by=self.story.lead)
        outcomes.close_panel(self.story.fresh(), by=self.story.lead, although=9)
        self.model.panel = "closed"

    def reopen(self) -> None:
        panels.reopen(self.story.fresh(), by=self.story.lead)
        self.model.panel = "open"

    def let_in(self) -> None:
        panels.let_in(self.story.fresh(), who=self.fresh("helpdesk"), by=self.story.lead)
        self.model.let_in = True

    def end_assist(self) -> None:
        panels.end_assist(Assist.objects.running()[0], by=self.story.lead)
        self.model.let_in = False

    def lapse_assist(self) -> None:
        past = clock.now() - dt.timedelta(seconds=1)
        Assist.objects.running().update(given_at=past - dt.timedelta(minutes=59), until=past)
        self.model.let_in = False

    def take_staff_role(self) -> None:
        role = self.people["helpdesk"].memberships.current().filter(role=Role.HELPDESK_ADULT)[0]
        accounts.end_role(role, by=self.coordinator)
        self.model.is_staff = False

    def give_staff_role(self) -> None:
        if not self.model.is_staff:
            give_role(self.people["helpdesk"], Role.HELPDESK_ADULT, network=self.network)
            self.model.is_staff = True

    def make_coordinator(self) -> None:
        if not self.people["coordinator"].memberships.current().exists():
            give_role(self.people["coordinator"], Role.GROUP_COORDINATOR, group=self.story.group)

    def end_coordinator(self) -> None:
        role = self.people["coordinator"].memberships.current().filter(role=Role.GROUP_COORDINATOR)[0]
        accounts.end_role(role, by=self.coordinator)

    def change_role(self) -> None:
        """A further role of the network that opens no panel, and its end by turns; those that open some have deeds of their own."""
        expert = self.fresh("expert")
        held = expert.memberships.current().filter(role=Role.NATIONAL_OFFICER)
        if held:
            accounts.end_role(held[0], by=self.coordinator)
        else:
            accounts.grant_role(expert, Role.NATIONAL_OFFICER, by=self.coordinator, network=self.network, country="FI")

    def end_clinician(self) -> None:
        """For good: what came with the role ends, as on leaving."""
        accounts.end_role(self.held_by("expert")[0], by=self.coordinator)
        self.model.clinician = False
        if self.model.expert in {"pending", "accepted"}:
            self.model.expert = "ended"

    def lapse_clinician(self) -> None:
        """Its last day has passed, and the clock has not looked yet."""
        self.lapse("expert")
        self.model.clinician = False

    def make_clinician(self) -> None:
        if not self.model.clinician:
            accounts.grant_role(self.fresh("expert"), Role.CLINICIAN, by=self.coordinator, centre=self.centre)
            self.model.clinician = True

    def end_lead(self) -> None:
        accounts.end_role(self.held_by("lead")[0], by=self.coordinator)
        self.model.leads = self.model.assists = False

    def lapse_lead(self) -> None:
        self.lapse("lead")
        self.model.leads = False

    def make_lead(self) -> None:
        if not self.model.leads:
            accounts.grant_role(self.fresh("lead"), Role.CLINICIAN, by=self.coordinator, centre=self.story.lead.centre)
            self.model.leads = True

    def held_by(self, who: str) -> MembershipQuerySet:
        """Their role of clinician."""
        return self.people[who].memberships.current().filter(role=Role.CLINICIAN)

    def lapse(self, who: str) -> None:
        yesterday = clock.rights_day() - dt.timedelta(days=1)
        self.held_by(who)[0]
        self.held_by(who).update(valid_from=yesterday, valid_to=yesterday)

    def switch_off(self) -> None:
        accounts.switch_account(self.people["expert"], on=False, by=self.coordinator)
        self.model.active = False

    def switch_on(self) -> None:
        if not self.model.active:
            accounts.switch_account(self.people["expert"], on=True, by=self.coordinator)
            self.model.active = True

    def name_assistant(self) -> None:
        accounts.name_assistant(self.people["assistant"], until=None, by=self.fresh("lead"))
        self.model.assists = True

    def end_assistant(self) -> None:
        held = Delegation.objects.current().filter(assistant=self.people["assistant"])[0]
        accounts.end_delegation(held, by=self.people["assistant"])
        self.model.assists = False

    def lapse_assistant(self) -> None:
        yesterday = clock.today() - dt.timedelta(days=1)
        Delegation.objects.current().update(valid_from=yesterday, valid_to=yesterday)
        self.model.assists = False

    def leave(self) -> None:
        accounts.leave_centre(self.fresh("expert"), by=self.coordinator)
        self.model.employed = False
        if self.model.expert in {"pending", "accepted"}:
            self.model.expert = "ended"

    def fresh(self, who: str) -> User:
        return User.objects.get(pk=self.people[who].pk)
