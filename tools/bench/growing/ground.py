"""One thing of each kind, which the pages are about, and the people who look. Everybody is invented."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from consent.models import Registry, Review
from consent.states import ReviewKind
from cpms import clock
from cpms.accounts.actions.addresses import way_in
from cpms.accounts.models import Centre, Expert, ExpertGroup, User
from cpms.accounts.roles import Role
from cpms.patients.models import Patient
from cpms.vault import actions as vault
from helpdesk import actions as helpdesk
from helpdesk import kpis
from helpdesk.models import FigureFile, MonthlyKpi
from helpdesk.people import actions as people
from helpdesk.people.models import Outreach, Table
from helpdesk.tickets import actions as tickets
from helpdesk.tickets.models import StatusEntry, Ticket
from outcomes import actions as outcomes
from outcomes.models import FollowUp, OutcomeDocument, SurveyRound
from outcomes.states import DocumentState
from panels import actions as panels
from panels.cases.models import Case, CaseFile
from panels.meetings import actions as meetings
from panels.meetings.models import AgendaItem, DatePoll, Meeting, MeetingSeries, VideoService
from panels.meetings.states import Rhythm
from panels.models import Contribution, Dispatch, Message, Panel, Question, Referral
from tests.factories import GroupFactory, NetworkFactory, Story, TableFactory, UserFactory, case_form, give_role
from tools.bench.filling import AFTER, TEXT, rows_of, store

ROLES = {
    "coordinator": Role.NETWORK_COORDINATOR,
    "helpdesk": Role.HELPDESK_ADULT,
    "core": Role.CORE_HELPDESK,
    "researcher": Role.RESEARCHER,
}
ELSEWHERE = {"small_coordinator": Role.NETWORK_COORDINATOR, "small_helpdesk": Role.HELPDESK_ADULT}
FIRST = {
    "people:list": "representative",
    "people:centres": "small_coordinator",
    "helpdesk:accounts_centre_changelist": "small_helpdesk",
    "helpdesk:helpdesk_monthlykpi_changelist": "small_helpdesk",
    "helpdesk:meetings_videoservice_changelist": "core",
    "helpdesk:meetings_videoservice_change": "core",
    "helpdesk:jobs_job_changelist": "core",
    "helpdesk:jobs_job_change": "core",
}
"""Who is asked first about a page that would show everybody else more rows than it grows by."""
OF_CLOSED = ("outcomes:version", "outcomes:correct", "outcomes:after")
"""What is asked about a panel that is closed; every other page is asked about one that is open."""

PDF, SECRET = b"%PDF-", "invented"


def ready(file: Any, **done: Any) -> Any:
    """A file that no worker makes here."""
    for name, value in (done | {"made_at": clock.now()}).items():
        setattr(file, name, value)
    file.save()
    return file


class Ground:
    """``lead`` leads an open and a closed panel, in which ``expert`` advises. ``most`` is how many rows a page will list."""

    def __init__(self, lead: User, *, most: int) -> None:
        self.lead, self.most, self.today = lead, most, clock.today()
        self.group: Any = GroupFactory()
        self.network: Any = self.group.network
        self.staff: dict[str, Any] = {name: UserFactory(role="none") for name in ROLES}
        for name, role in ROLES.items():
            give_role(self.staff[name], role, network=self.network)
        self.staff["representative"] = UserFactory(role="none", centre=lead.centre)
        give_role(self.staff["representative"], Role.REPRESENTATIVE, centre=lead.centre)
        self.small: Any = NetworkFactory(code="SMALL", name="Invented small network")
        for name, role in ELSEWHERE.items():
            self.staff[name] = UserFactory(role="none")
            give_role(self.staff[name], role, network=self.small)
        self.expert: Any = UserFactory(display_name="Dr Expert Person")
        self.open, self.closed = self.story("open"), self.story("closed")
        self.talk_about()
        self.conclude()
        self.things = self.at_work() | self.around()
        self.address_link = self.link_to_address()  # before anybody signs in: it takes a code that is newer

    @property
    def people(self) -> list[User]:
        """In the order in which they try to open a page."""
        return [self.lead, self.expert, *self.staff.values()]

    @cached_property
    def others(self) -> list[User]:
        """So many further people of hospitals of the network."""
        known = [user.pk for user in self.people]
        found = list(User.objects.active().exclude(centre=None).exclude(pk__in=known).order_by("pk")[: self.most])
        return found + [UserFactory(centre=self.lead.centre) for _ in range(self.most - len(found))]

    @cached_property
    def panels(self) -> list[Panel]:
        """So many further open panels of the lead, each about a patient of its own."""
        numbers = range(AFTER, AFTER + self.most)
        store(rows_of(number, self.lead, self.expert, [self.group]) for number in numbers)
        refs = [f"ENDO-26-{number:05d}" for number in numbers]
        return list(Panel.objects.with_case().filter(ref__in=refs).order_by("ref"))

    def story(self, tag: str) -> Story:
        """An open panel with a statement of its one member, and a message."""
        story = Story(f"bench-{tag}")
        vars(story).update(group=self.group, lead=self.lead, expert=self.expert)
        story.open(story.expert)
        panels.accept(story.invitation(story.expert), by=story.expert)
        panels.mark(story.contribute(story.expert), marked=True, by=self.lead)
        return story

    def talk_about(self) -> None:
        """A file, a message, a meeting ahead, dates to choose from, a returning meeting."""
        self.file = self.open.file
        self.said = self.open.contribute(self.expert, "second", kind="need_data")
        self.message = panels.comment(self.open.fresh(), text=TEXT, by=self.lead)
        ahead = [clock.now() + dt.timedelta(days=days) for days in (5, 6, 7)]
        when: dict[str, Any] = {"starts_at": ahead[0], "minutes": 30, "link": "https://video.example/x"}
        self.meeting = meetings.schedule(self.open.fresh(), by=self.lead, **when)
        self.poll = meetings.propose_dates(self.open.fresh(), dates=ahead, minutes=30, link="", by=self.lead)
        size: dict[str, Any] = {"minutes": 60, "slots": 4, "link": "", "name": "Board", "people": [self.lead]}
        first: dict[str, Any] = {"rhythm": Rhythm.FORTNIGHTLY, "first_on": ahead[0].date(), "at": dt.time(16)}
        by = self.staff["coordinator"]
        server = VideoService(network=self.network, address="https://meet.example", app_id="cpms")
        meetings.save_service(server, secret=SECRET, by=self.staff["helpdesk"])
        self.series = meetings.start_series(groups=[self.group], by=by, **first, **size)

    def conclude(self) -> None:
        """A signed text, its document, and what is asked after it."""
        story = self.closed
        outcome = outcomes.start_outcome(story.fresh(), by=self.lead)
        rows = [{"id": item.pk, "text": item.text, "strength": "strong"} for item in outcome.items.all()]
        words: dict[str, Any] = {"conclusion": TEXT, "items": rows, "version": outcome.version}
        outcomes.write_outcome(story.fresh(), by=self.lead, **words)
        outcomes.send_for_signature(story.fresh(), by=self.lead)
        outcomes.close_panel(story.fresh(), by=self.lead, although=9)
        self.document = OutcomeDocument.objects.get(panel=story.panel)
        ready(self.document, state=DocumentState.READY, pdf=PDF)
        FollowUp.objects.create(panel=story.fresh(), key=story.patient.key, months=3, closed_on=self.today)

    def at_work(self) -> dict[type, Any]:
        """What panels and patients bring with them, by model."""
        due = {"kind": ReviewKind.RETENTION, "due_on": self.today}
        question = Question(key=vault.new_key(), group=self.group, asker=self.lead)
        question.text = TEXT
        question.save(force_insert=True)
        case_form("core")
        return {
            Panel: self.open.panel,
            Case: self.open.case,
            CaseFile: self.file,
            Patient: self.open.patient,
            Review: Review.objects.create(patient=self.open.patient, **due),
            Contribution: self.said,
            Message: self.message,
            Meeting: self.meeting,
            AgendaItem: self.meeting.agenda.get(),
            DatePoll: self.poll,
            MeetingSeries: self.series,
            OutcomeDocument: self.document,
            Dispatch: self.open.panel.dispatches.get(),
            Referral: self.refer("first"),
            Question: question,
        }

    def refer(self, name: str) -> Referral:
        who: Any = {"name": "Dr Outside", "hospital": "Far Hospital", "country": "IE", "urgency": "soon"}
        where = {"network": self.network, "group": self.group}
        return panels.refer(f"{name}@far.example", text=TEXT, by=None, **where, **who)

    def around(self) -> dict[type, Any]:
        """What stands around the clinical work, by model."""
        place: Any = self.lead.centre
        helper, core, coordinator = (self.staff[name] for name in ("helpdesk", "core", "coordinator"))
        saved = ExpertGroup.objects.create(name="Mine", owner=self.lead)
        spoken: dict[str, Any] = {"on": self.today, "way": "phone", "person": None, "said": TEXT, "next_by": None}
        steps: dict[str, Any] = {"next_step": "", "next_on": None}
        survey = SurveyRound.objects.create(network=self.network, number=1, opened_by=coordinator)
        survey.asked.create(who=self.lead, kind="user")
        month: Any = kpis.period_of("2019-12")
        MonthlyKpi.objects.create(month=month.months[0], network=self.network, **dict.fromkeys(MonthlyKpi.COLUMNS, 0))
        wanted: dict[str, Any] = {"purpose": "network", "words": "Board", "kind": "pdf", "count": 1}
        figures = helpdesk.order_figures(month, by=coordinator, **wanted)
        ticket = tickets.raise_ticket("change", text=TEXT, network=self.network, by=self.lead)
        return {
            User: self.expert,
            Expert: Expert.objects.get(pk=self.expert.pk),
            Centre: place,
            Registry: Registry.objects.get_or_create(code="invented", name="Invented registry")[0],
            ExpertGroup: saved,
            Outreach: people.log_outreach(place, by=helper, **spoken, **steps),
            Table: TableFactory(network=self.network, read_by=helper),
            Ticket: ticket,
            StatusEntry: tickets.publish("change", title="Sort", words="", state="planned", by=core),
            SurveyRound: survey,
            FigureFile: ready(figures, state="ready", data=PDF, rights=kpis.sight_of(figures, coordinator)),
        }

    def link_to_address(self) -> str:
        """The secret part of what a mail to the lead's new address would hold."""
        words = {"user": str(self.lead.pk), "old": self.lead.email, "new": "new@bench.example"}
        return way_in(words, None).rstrip("/").rpartition("/")[2]

    def thing_for(self, name: str, model: type) -> Any:
        """What the address of this route names."""
        return self.closed.panel if name in OF_CLOSED else self.things[model]

    def first_to_ask(self, name: str) -> list[User]:
        """Everybody, in the order in which they try to open this page."""
        first = [self.staff[FIRST[name]]] if name in FIRST else []
        return [*first, *(user for user in self.people if user not in first)]

    def query_for(self, name: str) -> str:
        """What narrows a list to the rows that grow, where it would be full already."""
        return {
            "people:list": "?q=Dr New",
            "helpdesk:accounts_user_changelist": "?q=Dr New",
            "helpdesk:accounts_membership_changelist": "?q=Dr New",
            "helpdesk:accounts_centre_changelist": "?q=New Hospital",
        }.get(name, "")
