"""Random histories of three networks as plain rows, with moments close to the ends of months."""

from __future__ import annotations

import datetime as dt
import random

from consent.models import Consent
from cpms.accounts.models import Centre, CentreMembership, Network, ThematicGroup, User
from cpms.audit.models import AuditEvent
from cpms.patients.models import Patient
from cpms.vault.actions import new_key
from helpdesk import kpis
from helpdesk.people.models import WhyAway
from helpdesk.tickets.models import Ticket
from outcomes.models import Effect, FollowUp, Outcome, OutcomeVersion, SurveyAnswer, SurveyRound
from outcomes.states import Asked, Benefit, EffectKind, Reason
from panels.cases.models import Case
from panels.meetings.models import AgendaItem, Attendance, Meeting
from panels.models import Contribution, Invitation, Panel, Stance, TimeSpent
from panels.states import Urgency

FIRST = dt.datetime(2021, 11, 1, tzinfo=dt.UTC)
MONTHS = [dt.date(2021, 12, 1), dt.date(2022, 1, 1), dt.date(2022, 2, 1)]
EDGES = [dt.datetime(year, month, 1, tzinfo=dt.UTC) for year, month in ((2021, 12), (2022, 1), (2022, 2), (2022, 3))]


def lines_of(network: Network, month: dt.date) -> list[kpis.Line]:
    """One network's, its own line first."""
    return [line for line in kpis.counted(month) if line.place.network == network.pk]


class History:
    def __init__(self, seed: int, panels: int | None = None) -> None:
        self.chance = random.Random(seed)
        self.networks = [Network.objects.create(code=f"N{n}", name=f"Network {n}") for n in range(3)]
        self.groups = [
            ThematicGroup.objects.create(network=n, number=k, name=f"G{k}") for n in self.networks for k in (1, 2)
        ]
        self.centres = [
            Centre.objects.create(name=f"C{n}", city="T", country=self.chance.choice(["FI", "PT"])) for n in range(5)
        ]
        for centre in self.centres:
            for network in self.chance.sample(self.networks, self.chance.randint(0, 2)):
                since = self.moment().date()
                until = self.maybe(since + dt.timedelta(days=self.chance.randint(0, 90)))
                CentreMembership.objects.create(centre=centre, network=network, kind="full", since=since, until=until)
        self.people = [self.person(n) for n in range(self.chance.randint(2, 9))]
        for number in range(self.chance.randint(0, 12) if panels is None else panels):
            self.panel(number)
        for _ in range(self.chance.randint(0, 6)):
            self.ticket()
        for network in self.networks:
            for number in range(self.chance.randint(0, 3)):
                self.round(network, number)

    def ticket(self):
        raised, who = self.moment(), self.chance.choice(self.people)
        answered, closed = self.maybe(self.later(raised)), self.maybe(self.later(raised))
        times = {"raised_at": raised, "first_answer_at": answered, "closed_at": closed, "escalated_at": raised}
        ends = {"state": "closed", "closed_by": who} if closed else {"state": "answered"}
        place = {"network": self.maybe(self.chance.choice(self.networks)), "asker": who, "escalated_by": who}
        Ticket.objects.create(kind="bug", key=new_key(), **times, **ends, **place)

    def round(self, network, number, closed=None):
        """Of few or many answers; everybody names a reason or none, and not everybody scores everything."""
        closed, who = closed or self.moment(), self.people[0]
        ends = {"opened_at": closed - dt.timedelta(days=21), "closed_at": closed, "opened_by": who, "closed_by": who}
        asked = SurveyRound.objects.create(network=network, number=number, **ends)
        few = self.chance.choice([2, 6, 40])
        for kind in Asked.values:
            for _ in range(self.chance.randint(0, few)):
                scores = {name: self.maybe(self.chance.randint(0, 10)) for name in ("useful", "valued", "again")}
                why = self.chance.sample(Reason.values, self.chance.randint(0, 2))
                SurveyAnswer.objects.create(round=asked, kind=kind, reasons=why, **scores)

    def maybe(self, thing):
        return thing if self.chance.random() < 0.6 else None

    def moment(self):
        """Somewhere, or within a second of the end of a month."""
        if self.chance.random() < 0.4:
            return self.chance.choice(EDGES) + dt.timedelta(microseconds=self.chance.choice([-1, 0, 1, 999_999]))
        return FIRST + dt.timedelta(seconds=self.chance.randint(0, 130 * 86_400))

    def later(self, moment):
        return moment + dt.timedelta(
            seconds=self.chance.randint(0, 40 * 86_400), microseconds=self.chance.randint(0, 999_999)
        )

    def person(self, number):
        joined = self.chance.choice([None, self.moment(), FIRST - dt.timedelta(days=200)])
        home = self.maybe(self.chance.choice(self.centres))
        user = User.objects.create(email=f"{number}@x.example", display_name="X", centre=home, activated_at=joined)
        self.switch(user)
        user.groups_of_interest.set(self.chance.sample(self.groups, self.chance.randint(0, 3)))
        for _ in range(self.chance.randint(0, 3)):
            AuditEvent.objects.create(
                event=self.chance.choice(["signed_in", "signed_out"]), actor_id=user.pk, at=self.moment()
            )
        for _ in range(self.chance.choice([0, 0, 1, 2])):
            at = self.chance.choice([self.moment(), FIRST - dt.timedelta(days=self.chance.randint(200, 500))])
            WhyAway.objects.create(person=user, reason=self.chance.choice(Reason.values), at=at, by=user)
        return user

    def switch(self, user):
        """Off and on again, in the order of time; or off, and the trail does not know when."""
        about = {"event": "account_switched", "subject_type": "accounts.user", "subject_id": str(user.pk)}
        moments, verb = sorted(self.moment() for _ in range(self.chance.choice([0, 0, 1, 2, 3]))), "on"
        for at in moments:
            verb = "on" if verb == "off" else "off"
            AuditEvent.objects.create(at=at, detail={"verb": verb}, **about)
        on = verb == "on" if moments else self.chance.random() < 0.9
        User.objects.filter(pk=user.pk).update(is_active=on)

    def panel(self, number):
        pick, lead, group, key = (
            self.chance.choice,
            self.chance.choice(self.people),
            self.chance.choice(self.groups),
            new_key(),
        )
        common = {"sex": "female", "country": "FI", "centre": pick(self.centres), "enrolled_by": lead}
        patient = Patient.objects.create(
            key=key, pseudonym=f"P{number}", route=pick(["own", "non_ern", "non_eu"]), **common
        )
        for stage in (2, 3):
            given = {
                "stage": stage,
                "answer": pick(["given", "refused"]),
                "given_by": "patient",
                "given_on": FIRST.date(),
            }
            gone = self.maybe(self.moment())
            given |= {"recorded_at": FIRST, "withdrawn_at": gone, "withdrawn_by": lead if gone else None}
            Consent.objects.create(patient=patient, recorded_by=lead, **given)
        opened = self.moment()
        begun = self.maybe(opened - dt.timedelta(minutes=self.chance.randint(0, 90)))
        case = Case.objects.create(patient=patient, key=key, made_by=lead, begun_at=begun)
        reply, closed = self.maybe(self.later(opened)), self.maybe(self.later(opened))
        times = {"opened_at": opened, "first_reply_at": reply, "closed_at": closed, "wanted_by": FIRST.date()}
        words = {"ref": f"R{number}", "state": "closed" if closed else "open", "urgency": pick(Urgency.values)}
        place = {"network": group.network, "group": group, "lead": lead, "case": case, "key": key}
        place |= {"started_by": pick(self.people), "centre": pick(self.centres)}
        panel = Panel.objects.create(**place, **times, **words)
        self.around(panel, key)

    def around(self, panel, key):
        pick, about = self.chance.choice, {"panel": panel, "key": key}
        for who in self.chance.sample(self.people, self.chance.randint(0, len(self.people))):
            self.invitation(about, who, panel.lead)
            if self.maybe(who):
                said = Contribution.objects.create(author=who, kind="test", at=self.moment(), **about)
                Stance.objects.create(contribution=said, who=pick(self.people), kind="agree", at=self.moment(), key=key)
            TimeSpent.objects.create(panel=panel, who=who, year=pick([2021, 2022]), seconds=self.chance.randint(0, 999))
        if self.maybe(panel):
            Effect.objects.create(kind=pick(EffectKind.values), by=panel.lead, at=self.moment(), **about)
            answered = self.maybe(self.moment())
            said = (
                {"benefit": pick(Benefit.values), "answered_at": answered, "answered_by": panel.lead}
                if answered
                else {}
            )
            FollowUp.objects.create(months=3, closed_on=FIRST.date(), asked_at=self.moment(), **said, **about)
            outcome = Outcome.objects.create(**about)
            OutcomeVersion.objects.create(outcome=outcome, number=1, sent_at=self.moment(), sent_by=panel.lead, key=key)
            self.meeting(panel)

    def invitation(self, about, who, lead):
        sent, guest = self.moment(), self.maybe(who)
        state = self.chance.choice(["pending", "accepted", "declined", "ended", "expired"])
        answered = self.later(sent) if state in {"accepted", "declined", "ended"} else None
        ends = sent + dt.timedelta(days=14)
        more = {"kind": "guest", "guest_until": ends} if guest else {}
        when = {"sent_at": sent, "answered_at": answered, "expires_at": ends}
        Invitation.objects.create(invitee=who, invited_by=lead, state=state, **when, **more, **about)

    def meeting(self, panel):
        """A new one, or the one before with one more panel."""
        meeting = Meeting.objects.order_by("called_at").last() if self.chance.random() < 0.5 else None
        if meeting is None:
            held = self.maybe(self.moment())
            words = {"zone": "UTC", "called_by": panel.lead, "held_at": held, "state": "held" if held else "planned"}
            meeting = Meeting.objects.create(starts_at=held or FIRST, **words)
            for who in self.people[:3]:
                Attendance.objects.create(meeting=meeting, who=who, present=self.chance.choice([True, False, None]))
        AgendaItem.objects.create(meeting=meeting, panel=panel)
