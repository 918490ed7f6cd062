"""One panel in one state, with every principal the oracle names."""

from __future__ import annotations

import datetime as dt

from consent import actions as consent
from consent.models import ConsentForm, Registry, Review
from consent.states import ReviewKind, Stage
from cpms import clock
from cpms.accounts.models import Delegation, Expert, ExpertGroup, User
from cpms.accounts.roles import Role
from helpdesk.kpis import sight_of
from helpdesk.models import FigureFile, MonthlyKpi
from helpdesk.tickets import actions as tickets
from outcomes import actions as outcomes
from outcomes.models import OutcomeDocument, SurveyAsked, SurveyRound, Topic
from outcomes.states import DocumentState
from panels import actions as panels
from panels.cases.models import CaseGrant
from panels.meetings import actions as meetings
from panels.meetings.models import VideoService
from panels.meetings.states import Can, Rhythm
from panels.models import Dispatch, Invitation, Panel
from panels.states import State
from tests.access.house import near, spoken_with, unit_of, wishes
from tests.factories import (
    AccessRequestFactory,
    GroupFactory,
    NetworkFactory,
    Story,
    TableFactory,
    UserFactory,
    give_role,
)

STATES = ("draft", "open", "outcome", "closed", "withdrawn", "consent withdrawn", "archived")


KEPT_AS = dict(
    pair.split(":")
    for pair in (
        "CaseFile:file Review:review Contribution:said Message:message Question:question Meeting:meeting "
        "DatePoll:poll MeetingSeries:series OutcomeDocument:document Topic:topic SurveyRound:survey "
        "AccessRequest:asked LostPhone:lost RoleProposal:proposal PlaceProposal:asked_place Outreach:spoken "
        "ExpertGroup:saved Table:table FigureFile:figures GlassBreak:glass Registry:registry Ticket:ticket "
        "StatusEntry:entry "
    ).split()
)
"""Model to the attribute of the world that holds the one row of it."""


class World:
    """``people`` maps principal to user; ``things`` maps model name to the object that routes are asked for."""

    def __init__(self, state: str) -> None:
        self.state = state
        self.story, self.other = Story("a"), Story("b")
        self.other.group = GroupFactory(network=NetworkFactory(code="BOND", name="ERN BOND"), number=1, name="Bone")
        self.people: dict[str, User] = {"lead": self.story.lead}
        self.make_roles()
        self.open_panel()
        self.fill()
        self.put_before()
        self.ask_from_outside()
        self.people["member"].groups_of_interest.add(self.story.group)
        self.question = panels.ask_group(self.story.group, text=self.story.canary("quick-question"), by=self.story.lead)
        self.ask_helpdesk()
        self.take_figures_out()
        due = {"kind": ReviewKind.RETENTION, "due_on": clock.today()}
        self.review = Review.objects.create(patient=self.story.patient, **due)
        self.asked = AccessRequestFactory(centre=self.story.lead.centre)
        words = {"title": "Your consent", "body": "# 1. Care", "published_on": clock.today()}
        ConsentForm.objects.get_or_create(language="en", version=9, defaults=words)
        vars(self).update(wishes(self.story, self.other, self.people))
        self.spoken = spoken_with(self.story.lead.centre, by=self.people["helpdesk"])
        self.table = TableFactory(network=self.story.group.network)
        self.saved = ExpertGroup.objects.create(name="Adrenal", owner=self.story.lead, shared_with=self.story.group)
        self.saved.members.add(self.people["outsider"])
        self.registry = Registry.objects.get_or_create(code="invented", name="Invented registry")[0]
        panels.let_in(self.story.fresh(), who=self.people["let_in"], by=self.story.lead)
        words = {"panel": self.story.panel, "group": self.story.group, "network": self.story.group.network}
        self.topic = Topic.objects.create(key=self.story.patient.key, text="Which dose at this weight?", **words)
        by = self.people["network_coordinator"]
        self.survey = SurveyRound.objects.create(network=self.story.group.network, number=1, opened_by=by)
        SurveyAsked.objects.create(round=self.survey, who=self.story.lead, kind="user")
        self.elsewhere()
        self.end_some()
        self.bring_to(state)

    def make_roles(self) -> None:
        lead, people = self.story.lead, self.people
        people["assistant"] = UserFactory(role="none", centre=lead.centre)
        people["former_assistant"] = UserFactory(role="none", centre=lead.centre)
        Delegation.objects.create(assistant=people["assistant"], clinician=lead)
        past = {"valid_from": clock.today() - dt.timedelta(9), "valid_to": clock.today() - dt.timedelta(1)}
        Delegation.objects.create(assistant=people["former_assistant"], clinician=lead, **past)
        people["colleague"] = UserFactory(centre=lead.centre)
        people.update(unit_of(lead))
        people["outsider"] = UserFactory()
        for name in ("member", "invited", "declined", "lapsed", "removed", "switched_off", "half", "former_clinician"):
            people[name] = UserFactory()
        for role in (
            Role.GROUP_COORDINATOR,
            Role.NETWORK_COORDINATOR,
            Role.HELPDESK_ADULT,
            Role.CORE_HELPDESK,
            Role.RESEARCHER,
            Role.NATIONAL_OFFICER,
        ):
            name = "helpdesk" if role == Role.HELPDESK_ADULT else str(role)
            people[name] = UserFactory(role="none")
            held = {"group": self.story.group} if role == Role.GROUP_COORDINATOR else {}
            give_role(people[name], role, **(held or {"network": self.story.group.network}))
        people["coordinator_elsewhere"], people["let_in"] = UserFactory(role="none"), UserFactory(role="none")
        give_role(people["coordinator_elsewhere"], Role.NETWORK_COORDINATOR, network=self.other.group.network)
        give_role(people["let_in"], Role.HELPDESK_PAEDIATRIC, network=self.story.group.network)
        for name, role in (("representative", Role.REPRESENTATIVE), ("substitute", Role.SUBSTITUTE)):
            people[name] = UserFactory(role="none", centre=lead.centre)
            give_role(people[name], role, centre=lead.centre)

    def open_panel(self) -> None:
        self.people.update(near(self.story, self.people["member"], network=self.story.group.network))
        people = [
            self.people[n]
            for n in ("member", "invited", "declined", "lapsed", "removed", "switched_off", "half", "former_clinician")
        ]
        panel = self.story.open(*people)
        for name in ("member", "removed", "switched_off", "half", "former_clinician"):
            panels.accept(self.story.invitation(self.people[name]), by=self.people[name])
        panels.decline(self.story.invitation(self.people["declined"]), reason="time", by=self.people["declined"])
        for name in ("guest", "guest_past"):
            self.people[name] = self.seat_guest(self.story, f"{name}@far.example")
        self.panel_ref = panel.ref

    def seat_guest(self, story: Story, email: str) -> User:
        invitation = story.invite_guest(email)
        guest = invitation.invitee
        User.objects.filter(pk=guest.pk).update(activated_at=clock.now())
        guest.refresh_from_db()
        panels.accept(invitation, by=guest)
        return guest

    def fill(self) -> None:
        """A shown file, a statement of the member's, a message, a planned and a held meeting, a finished document."""
        self.file = self.story.file
        assert self.story.correction
        self.said = self.story.contribute(self.people["member"], kind="need_data")
        panels.comment(self.story.fresh(), text=self.story.canary("message"), by=self.story.lead)
        words = self.story.canary("own-message")
        self.message = panels.comment(self.story.fresh(), text=words, by=self.people["member"])
        when = {"starts_at": clock.now() + dt.timedelta(minutes=10), "minutes": 30, "link": "https://video.example/x"}
        self.meeting = meetings.schedule(self.story.fresh(), by=self.story.lead, **when)
        dates = [clock.now() + dt.timedelta(days=n) for n in (5, 6)]
        self.poll = meetings.propose_dates(self.story.fresh(), dates=dates, minutes=30, link="", by=self.story.lead)
        yes = {self.poll.dates.first().pk: Can.YES}
        meetings.answer_dates(self.poll, answers=yes, by=self.people["member"])
        kept = {"name": "Group meeting", "rhythm": Rhythm.MONTHLY_LAST, "minutes": 60, "slots": 4, "link": ""}
        first = {"first_on": dt.date(2026, 1, 28), "at": dt.time(16), "by": self.people["network_coordinator"]}
        self.series = meetings.start_series(groups=[self.story.group], people=[], **kept, **first)
        server = VideoService(network=self.story.group.network, address="https://meet.example", app_id="cpms")
        meetings.save_service(server, secret=self.story.canary("video-secret"), by=self.people["helpdesk"])

    def put_before(self) -> None:
        """Before its own group, where it waits; before another, whose coordinator asked something."""
        self.dispatch = Dispatch.objects.get(panel=self.story.panel)
        network = self.story.group.network
        second = panels.address(
            self.story.fresh(), network=network, group=GroupFactory(number=2, name="Calcium"), by=self.story.lead
        )
        words = self.story.canary("coordinators-question")
        self.returned = panels.return_with_question(second, reason=words, by=self.people["network_coordinator"])

    def ask_from_outside(self) -> None:
        """One referral waits; another was accepted for the lead."""
        where = {"network": self.story.group.network, "group": self.story.group}
        self.referral, self.accepted = (
            panels.refer(
                f"{name}@far.example",
                name="Dr Outside",
                hospital="Far Hospital",
                country="IE",
                text=self.story.canary(f"referral-{name}"),
                urgency="routine",
                by=None,
                **where,
            )
            for name in ("waits", "accepted")
        )
        coordinator = self.people["network_coordinator"]
        panels.accept_referral(self.accepted, clinician=self.story.lead, by=coordinator)

    def ask_helpdesk(self) -> None:
        """The lead's ticket, which waits; and a change request on the public page."""
        place = {"network": self.story.group.network, "by": self.story.lead}
        self.ticket = tickets.raise_ticket("bug", text=self.story.canary("ticket"), **place)
        words = {"title": "Sort by hospital", "words": "", "state": "planned"}
        self.entry = tickets.publish("change", by=self.people["core_helpdesk"], **words)

    def take_figures_out(self) -> None:
        """A file of figures that is ready for the coordinator."""
        counts = dict.fromkeys(MonthlyKpi.COLUMNS, 0)
        MonthlyKpi.objects.create(month=dt.date(2020, 1, 1), network=self.story.group.network, **counts)
        ready = {"state": "ready", "data": b"%PDF-", "made_at": clock.now()}
        self.figures = FigureFile(kind="pdf", period="2020-01", count=0, **ready)
        self.figures.asked_by = self.people["network_coordinator"]
        self.figures.rights = sight_of(self.figures, self.figures.asked_by)
        self.figures.save()

    def elsewhere(self) -> None:
        other = self.other.open()
        self.people["member_elsewhere"] = UserFactory()
        panels.invite_experts(other, people=[self.people["member_elsewhere"]], by=self.other.lead)
        invitation = self.other.invitation(self.people["member_elsewhere"])
        panels.accept(invitation, by=self.people["member_elsewhere"])
        self.people["guest_elsewhere"] = self.seat_guest(self.other, "guest_elsewhere@far.example")

    def end_some(self) -> None:
        past = self.story.yesterday
        rows = Invitation.objects.filter(panel=self.story.panel)
        early = past - dt.timedelta(days=30)
        rows.filter(invitee=self.people["lapsed"]).update(sent_at=early, expires_at=past)
        rows.filter(invitee=self.people["guest_past"]).update(guest_until=past)
        CaseGrant.objects.filter(user=self.people["guest_past"]).update(until=past)
        panels.end_invitation(self.story.invitation(self.people["removed"]), by=self.story.lead)
        User.objects.filter(pk=self.people["switched_off"].pk).update(is_active=False)
        yesterday = clock.rights_day() - dt.timedelta(days=1)
        self.people["former_clinician"].memberships.update(valid_from=yesterday, valid_to=yesterday)

    def bring_to(self, state: str) -> None:
        if state == "draft":
            Panel.objects.filter(pk=self.story.panel.pk).update(state=State.DRAFT)
            CaseGrant.objects.filter(content_object=self.story.case).delete()  # nobody was ever seated in a draft
        if state in {"outcome", "closed", "archived"}:
            self.write_outcome()
        if state in {"closed", "archived"}:
            outcomes.close_panel(self.story.fresh(), by=self.story.lead, although=9)
            Panel.objects.filter(pk=self.story.panel.pk).update(
                lead=self.people["former_lead"]
            )  # as closed before a hand-over
        if state == "archived":
            panels.archive(self.story.fresh(), by=self.story.lead)
        if state == "withdrawn":
            panels.withdraw(self.story.fresh(), by=self.story.lead)
        if state == "consent withdrawn":
            consent.withdraw_consent(self.story.patient, by=self.story.lead, stage=Stage.CARE)
        self.document = self.finished_document()

    def write_outcome(self) -> None:
        panels.mark(self.said, marked=True, by=self.story.lead)
        outcome = outcomes.start_outcome(self.story.fresh(), by=self.story.lead)
        words = {"conclusion": self.story.canary("conclusion"), "items": [], "version": outcome.version}
        outcomes.write_outcome(self.story.fresh(), by=self.story.lead, **words)
        outcomes.send_for_signature(self.story.fresh(), by=self.story.lead)

    def finished_document(self) -> OutcomeDocument:
        document = OutcomeDocument.objects.filter(panel=self.story.panel).first()
        if document is None:
            made = {"number": 9, "code": "TEST-CODE-0001", "asked_by": self.story.lead}
            document = OutcomeDocument(panel=self.story.fresh(), key=self.story.patient.key, **made)
        document.pdf = b"%PDF-" + self.story.canary("pdf").encode()
        document.state, document.made_at = DocumentState.READY, clock.now()
        document.save()
        return document

    def thing_for(self, model: str, principal: str):
        """The object a route is asked for; an invitation is the principal's own, or the invited person's."""
        if model == "Invitation":
            mine = Invitation.objects.filter(panel=self.story.panel, invitee=self.people.get(principal)).first()
            return mine or self.story.invitation(self.people["invited"])
        if model == "Referral":
            return self.accepted if principal in {"lead", "assistant"} else self.referral
        if model == "Dispatch":
            return self.returned if principal in {"lead", "assistant"} else self.dispatch
        if model in KEPT_AS:
            return getattr(self, KEPT_AS[model])
        return {
            "Panel": self.story.panel,
            "Case": self.story.case,
            "Patient": self.story.patient,
            "AgendaItem": self.meeting.agenda.get(),
            "Centre": self.story.lead.centre,
            "User": self.story.lead,
            "Expert": Expert.objects.get(pk=self.story.lead.pk),
        }[model]
