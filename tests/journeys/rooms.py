"""A network with one panel per state, and people whose session is there already: for looking at pages, not for walking."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from consent import actions as consent
from consent.models import Consent, ConsentForm, Registry, Review
from consent.states import Answer, Giver, ReviewKind, Stage
from cpms import clock
from cpms.accounts.models import AdvocacyGroup, ExpertGroup
from cpms.accounts.roles import Role
from helpdesk import actions as helpdesk
from helpdesk import kpis
from helpdesk.people import actions as people
from helpdesk.tickets import actions as tickets
from outcomes import actions as outcomes
from outcomes.models import FollowUp, OutcomeDocument, SurveyAnswer, SurveyRound
from outcomes.states import Decision
from panels import actions as panels
from panels.meetings import actions as meetings
from panels.meetings.models import VideoService
from panels.meetings.states import Can, Rhythm
from panels.models import Message
from tests.clients import signed_in
from tests.factories import Story, UserFactory, give_role
from tests.journeys.person import Person


class Rooms:
    """Four panels of one lead: ``draft``, ``open`` with a discussion, ``writing``, ``signing`` and ``closed``."""

    def __init__(self) -> None:
        self.draft = Story("draft")
        self.lead, self.expert = self.draft.lead, self.draft.expert
        self.people = {"lead": self.lead, "member": self.expert, "invited": UserFactory(), "nobody": UserFactory()}
        roles = {
            "helpdesk": Role.HELPDESK_ADULT,
            "coordinator": Role.NETWORK_COORDINATOR,
            "researcher": Role.RESEARCHER,
            "core": Role.CORE_HELPDESK,
        }
        for name, role in roles.items():
            self.people[name] = UserFactory(role="none")
            give_role(self.people[name], role, network=self.draft.group.network)
        self.draft_panel = self.draft.panel
        self.open, self.writing, self.signing, self.closed = (
            self.talking(name) for name in ("open", "writing", "signing", "closed")
        )
        self.fill_open()
        self.series = self.start_series()
        for story in (self.writing, self.signing, self.closed):
            outcomes.start_outcome(story.fresh(), by=self.lead)
        for story in (self.signing, self.closed):
            self.send(story)
        self.close()
        coordinator = self.people["coordinator"]
        panels.return_with_question(self.writing.panel.dispatches.get(), reason="Is renin known?", by=coordinator)
        self.expert.groups_of_interest.add(self.draft.group)
        self.question = panels.ask_group(self.draft.group, text="Which assay do you use?", by=self.lead)
        panels.answer(self.question, text="Tandem mass spectrometry.", by=self.expert)
        self.referral, self.accepted = (self.refer(name) for name in ("a", "b"))
        panels.accept_referral(self.accepted, clinician=self.lead, by=self.people["coordinator"])
        self.ask_helpdesk()
        self.lay_down()
        self.survey = self.ask_around()
        helpdesk.freeze_month((clock.today().replace(day=1) - dt.timedelta(days=1)).replace(day=1), by=None)
        month = kpis.period_of(f"{helpdesk.last_month():%Y-%m}")
        said = {"purpose": "network", "words": "Board", "kind": "pdf", "count": 1}
        self.figures = helpdesk.order_figures(month, by=self.people["coordinator"], **said)

    def ask_helpdesk(self) -> None:
        """An escalated ticket with replies, told of in public, and one that waits."""
        network, staff, core = self.draft.group.network, self.people["helpdesk"], self.people["core"]
        tickets.raise_ticket("question", text="Where do I name an assistant?", network=network, by=self.lead)
        self.ticket = tickets.raise_ticket("change", text="Sort by hospital, please.", network=network, by=self.lead)
        tickets.reply(self.ticket, text="By which name of it?", by=staff)
        tickets.escalate(self.ticket, by=staff)
        tickets.reply(self.ticket, text="Others wish for it, too.", among_staff=True, by=core)
        words = {"title": "Sort lists by hospital", "words": "By its name, in every list.", "state": "planned"}
        self.entry = tickets.publish("change", ticket=self.ticket, by=core, **words)
        steps = {"next_step": "Show them the import", "next_on": clock.rights_day(), "next_by": staff}
        said = {"on": clock.rights_day(), "way": "visit", "person": None, "said": "They wait for a new colleague."}
        self.spoken = people.log_outreach(self.lead.centre, by=staff, **said, **steps)

    def lay_down(self) -> None:
        """A saved group, an advocacy group, forms, a registry with a consent for it, reviews that are due."""
        self.saved = ExpertGroup.objects.create(name="Adrenal", owner=self.lead, shared_with=self.draft.group)
        self.saved.members.add(self.expert, self.people["invited"])
        AdvocacyGroup.objects.create(network=self.draft.group.network, name="Invented Patients Together", country="IE")
        words = {"title": "Your consent", "body": "# 1. Care\n[] I agree.\nYou may change your mind."}
        self.registry = Registry.objects.create(code="invented", name="Invented registry")
        agreed = {"stage": Stage.REGISTRY, "answer": Answer.GIVEN, "given_by": Giver.PARENT, "given_on": clock.today()}
        consent.record_consent(self.closed.patient, by=self.lead, **agreed)
        self.sheet = ConsentForm.objects.create(language="en", version=9, published_on=clock.today(), **words)
        soon = clock.today() + dt.timedelta(days=20)
        Consent.objects.filter(patient=self.draft.patient).update(renew_on=soon)
        for story, kind in ((self.draft, ReviewKind.CONSENT), (self.open, ReviewKind.RETENTION)):
            Review.objects.create(patient=story.patient, kind=kind, due_on=soon)

    def ask_around(self) -> SurveyRound:
        """A closed round with answers, and one that is open."""
        network, by = self.draft.group.network, self.people["coordinator"]
        first = outcomes.open_round(network, by=by)
        said = {"useful": 8, "valued": 7, "again": 9, "reasons": ["time"]}
        SurveyAnswer.objects.bulk_create(SurveyAnswer(round=first, kind="user", **said) for _ in range(6))
        outcomes.close_round(first, by=by)
        running = outcomes.open_round(network, by=by)
        outcomes.ask_round(str(running.pk), by=None)
        return running

    def refer(self, name: str):
        """A question from outside."""
        who = {"name": "Dr Outside", "hospital": "Far Hospital, Galway", "country": "IE", "urgency": "soon"}
        where = {"network": self.draft.group.network, "group": self.draft.group}
        text = "A boy of six with low sodium. Could it be adrenal, and who can see him?"
        return panels.refer(f"{name}@far.example", text=text, by=None, **who, **where)

    def talking(self, tag: str) -> Story:
        """An open panel with a member, a marked statement and a message."""
        story = Story(tag)
        story.lead, story.expert = self.lead, self.expert
        story.open(self.expert, self.people["invited"])
        panels.accept(story.invitation(self.expert), by=self.expert)
        panels.mark(story.contribute(self.expert), marked=True, by=self.lead)
        panels.comment(story.fresh(), text=story.canary("message"), by=self.lead)
        return story

    def fill_open(self) -> None:
        """A second member with another view, a guest on the way, a planned meeting, an unmarked statement, a correction."""
        assert self.open.correction
        second = UserFactory(display_name="Prof. Ewa Szczepańska-Grzegorczyk")
        self.open.seat(second)
        self.said = self.open.contribute(self.expert, "earlier words")
        panels.reword(self.said, text=self.open.canary("later"), by=self.expert)
        panels.take_stance(self.said, kind="dissent", text="Not at this age.", by=second)
        panels.decline(self.open.invitation(self.seat_for("declines")), reason="time", by=self.people["declines"])
        self.open.invite_guest()
        when = {"starts_at": clock.now() + dt.timedelta(days=2), "minutes": 30, "link": "https://video.example/x"}
        self.meeting = meetings.schedule(self.open.fresh(), by=self.lead, **when)
        words = {"text": self.open.canary("decision"), "dissent": "Not before the scan.", "owner": self.lead}
        meetings.decide(self.meeting.agenda.get(), due_on=clock.today(), by=self.lead, **words)

    def start_series(self):
        """A group's returning meeting with one panel on its agenda, of which dates for another one are asked."""
        when = {"rhythm": Rhythm.FORTNIGHTLY, "first_on": clock.today() + dt.timedelta(days=3), "at": dt.time(16)}
        size = {"minutes": 60, "slots": 4, "link": "https://video.example/board"}
        groups, by = [self.open.group], self.people["coordinator"]
        series = meetings.start_series(groups=groups, name="Adrenal board", people=[self.expert], by=by, **when, **size)
        meetings.bring(self.open.fresh(), to=series.meetings.first(), invite=False, by=self.lead)
        server = VideoService(network=self.open.group.network, address="https://meet.example", app_id="cpms")
        meetings.save_service(server, secret="invented", by=self.people["helpdesk"])
        dates = [clock.now() + dt.timedelta(days=n) for n in (5, 6, 7)]
        self.poll = meetings.propose_dates(self.open.fresh(), dates=dates, minutes=30, link="", by=self.lead)
        meetings.answer_dates(self.poll, answers={self.poll.dates.first().pk: Can.MAYBE}, by=self.expert)
        return series

    def seat_for(self, name: str):
        self.people[name] = UserFactory()
        panels.invite_experts(self.open.fresh(), people=[self.people[name]], by=self.lead)
        return self.people[name]

    def send(self, story: Story) -> None:
        outcome = story.fresh().outcome
        rows = [{"id": item.pk, "text": item.text, "strength": "strong"} for item in outcome.items.all()]
        outcomes.write_outcome(
            story.fresh(), conclusion="Give salt.", items=rows, version=outcome.version, by=self.lead
        )
        outcomes.send_for_signature(story.fresh(), by=self.lead)

    def close(self) -> None:
        outcomes.sign(self.closed.fresh(), decision=Decision.DISSENT, number=1, by=self.expert, text="Less salt.")
        outcomes.close_panel(self.closed.fresh(), by=self.lead, although=9)
        self.document = OutcomeDocument.objects.get(panel=self.closed.panel)
        outcomes.say_effect(self.closed.fresh(), kind="no_experience", topic="Salt in the first year", by=self.lead)
        asked = {"months": 3, "closed_on": clock.today()}
        FollowUp.objects.create(panel=self.closed.fresh(), key=self.closed.patient.key, **asked)

    def thing(self, model, of: str):
        """What an address of this model names in one of the rooms; nothing for a page without a thing."""
        if model is None:
            return None
        story = getattr(self, of)
        if model.__name__ in {
            "Question",
            "Referral",
            "ExpertGroup",
            "SurveyRound",
            "Ticket",
            "StatusEntry",
            "Outreach",
            "FigureFile",
        }:
            return story
        return {
            "Panel": lambda: story.panel,
            "Centre": lambda: story.lead.centre,
            "Case": lambda: story.case,
            "CaseFile": lambda: story.file,
            "Expert": lambda: self.expert,
            "Patient": lambda: story.patient,
            "Review": lambda: Review.objects.get(patient=story.patient),
            "Contribution": lambda: self.said,
            "Message": lambda: Message.objects.get(panel=story.panel),
            "Meeting": lambda: self.meeting,
            "DatePoll": lambda: self.poll,
            "OutcomeDocument": lambda: self.document,
            "AgendaItem": lambda: self.meeting.agenda.get(),
            "Registry": lambda: self.registry,
            "Dispatch": lambda: story.panel.dispatches.first(),
            "MeetingSeries": lambda: self.series,
            "Invitation": lambda: story.invitation(self.people["invited"]),
        }[model.__name__]()

    def enter(self, name: str, browser, url: str) -> Person:
        return entered(self.people[name], browser, url)


def entered(user, browser, url: str, *, fresh: bool = True, **size: int) -> Person:
    """A person whose login lies behind them; its code, if not ``fresh``, by more than ten minutes."""
    person = Person(browser, url, **size)
    cookie = signed_in(user, fresh=fresh).cookies[settings.SESSION_COOKIE_NAME]
    person.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])
    return person
