"""The month's figures once more: plain Python over all rows, one place after the other, nothing shared with the product's."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter

from consent.models import Consent
from cpms.accounts.models import Centre, CentreMembership, Network, ThematicGroup, User
from cpms.audit.models import AuditEvent
from helpdesk.people.models import WhyAway
from helpdesk.tickets.models import Ticket
from outcomes.models import Effect, FollowUp, OutcomeVersion, SurveyAnswer, SurveyRound
from outcomes.states import Reason
from panels.meetings.models import AgendaItem, Attendance
from panels.models import Contribution, Invitation, Message, Panel, Stance, TimeSpent


def month_of(moment):
    return (moment.year, moment.month) if moment else None


def back(month, many):
    number = month[0] * 12 + month[1] - 1 - many
    return number // 12, number % 12 + 1


def shown_of(counts, names):
    """A row of counts and its total, with ``None`` for what is hidden: one to four; all of a row of so few; and the smallest
    of what is left, or the total before a nought, until two or more are hidden that come to five or more."""
    row, total = {name: counts[name] for name in names}, sum(counts[name] for name in names)
    if 0 < total < 5:
        return dict.fromkeys(names), None
    hidden = {name for name in names if 0 < row[name] < 5}
    while hidden and (len(hidden) < 2 or sum(row[name] for name in hidden) < 5):
        left = sorted((name for name in names if row[name] and name not in hidden), key=row.get)
        if not left:
            total = None
            break
        hidden.add(left[0])
    return {name: None if name in hidden else row[name] for name in names}, total


class Slow:
    """Everything is read at once; ``of`` answers for one place."""

    def __init__(self, day: dt.date) -> None:
        self.month = (day.year, day.month)
        following = back(self.month, -1)
        self.last = dt.date(*following, 1) - dt.timedelta(days=1)
        self.places = [
            m for m in CentreMembership.objects.all() if m.since <= self.last and (not m.until or m.until >= self.last)
        ]
        self.people = list(User.objects.prefetch_related("groups_of_interest"))
        self.switches = list(AuditEvent.objects.filter(event="account_switched").order_by("at", "pk"))
        self.sign_ins = [(e.actor_id, month_of(e.at)) for e in AuditEvent.objects.all() if e.event == "signed_in"]
        self.panels = {p.pk: p for p in Panel.objects.select_related("case__patient", "centre")}
        self.centres = {c.pk: c for c in Centre.objects.all()}
        self.why = list(WhyAway.objects.all())
        self.statements = list(Contribution.objects.all())

    def lines(self):
        """Network, group, country, centre of every line."""
        networks = {m.network_id for m in CentreMembership.objects.all()}
        yield from ((n, None, "", None) for n in Network.objects.values_list("pk", flat=True) if n in networks)
        yield from ((g.network_id, g.pk, "", None) for g in ThematicGroup.objects.all() if g.network_id in networks)
        yield from {(m.network_id, None, self.centres[m.centre_id].country, None) for m in self.places}
        yield from {(m.network_id, None, "", m.centre_id) for m in self.places}
        for p in self.panels.values():
            if p.centre and p.network_id in networks:
                of_the_left = (p.network_id, None, p.centre.country, None), (p.network_id, None, "", p.centre_id)
                yield from (place for place in of_the_left if self.of(*place))

    def of(self, network, group, country, centre):
        here = [p for p in self.panels.values() if self.lies(p, network, group, country, centre)]
        found = (
            self.of_people(network, group, country, centre) | self.of_panels(here) | self.of_rows({p.pk for p in here})
        )
        if group is None:
            found |= self.of_centres(network, country, centre)
        if (group, country, centre) == (None, "", None):
            found |= self.of_tickets([t for t in Ticket.objects.all() if t.network_id == network])
            found |= self.of_survey(network)
        return {name: value for name, value in found.items() if value}

    def lies(self, panel, network, group, country, centre):
        at = panel.centre
        return (
            panel.network_id == network
            and (group is None or panel.group_id == group)
            and (not country or (at is not None and at.country == country))
            and (centre is None or (at is not None and at.pk == centre))
        )

    def belongs(self, person, network, group, country, centre):
        if group is not None:
            return group in {g.pk for g in person.groups_of_interest.all()}
        mine = [m for m in self.places if m.network_id == network and m.centre_id == person.centre_id]
        return (
            bool(mine)
            and (not country or self.centres[person.centre_id].country == country)
            and centre in {None, person.centre_id}
        )

    def is_on(self, person):
        """As the newest switch up to the month's end left it; before the first one on, and without one as now."""
        known = [s for s in self.switches if s.subject_id == str(person.pk)]
        before = [s.detail["verb"] for s in known if month_of(s.at) <= self.month]
        if before or not known:
            return before[-1] == "on" if before else person.is_active
        return person.is_active or month_of(known[-1].at) > self.month

    def of_people(self, *place):
        there = {
            p.pk: p
            for p in self.people
            if p.activated_at and month_of(p.activated_at) <= self.month and self.belongs(p, *place) and self.is_on(p)
        }
        spoke = {
            row.author_id
            for model in (Contribution, Message)
            for row in model.objects.all()
            if month_of(row.at) == self.month
        } | {row.who_id for row in Stance.objects.all() if month_of(row.at) == self.month}
        since = back(self.month, 2)
        lately = {who for who, when in self.sign_ins if since <= when <= self.month}
        old = {pk for pk, p in there.items() if month_of(p.activated_at) < since}
        return (self.of_reasons(old - lately) if place[1:] == (None, "", None) else {}) | {
            "registered": len(there),
            "active": len({who for who, when in self.sign_ins if when == self.month and who in there}),
            "contributing": len(spoke & set(there)),
            "not_returning": len(old - lately),
        }

    def of_reasons(self, away):
        """The last one that each gave in the twelve months to the month's end."""
        found = Counter()
        for person in away:
            said = [
                w for w in self.why if w.person_id == person and back(self.month, 11) <= month_of(w.at) <= self.month
            ]
            last = max(said, key=lambda w: (w.at, w.pk), default=None)
            found["away_unsaid" if last is None else f"away_{last.reason}"] += 1
        return dict(found)

    def of_panels(self, here):
        opened = [p for p in here if month_of(p.opened_at) == self.month]
        closed = [p for p in here if month_of(p.closed_at) == self.month]
        replied = [p for p in here if month_of(p.first_reply_at) == self.month]
        entered = [p for p in opened if p.case.begun_at]
        found = {
            "panels_opened": len(opened),
            "panels_closed": len(closed),
            "first_replies": len(replied),
            "entered": len(entered),
            "patients_entered": len({p.case.patient_id for p in opened}),
            "patients_reviewed": len({p.case.patient_id for p in replied}),
        }
        for verb, moved in (("opened", opened), ("closed", closed)):
            found |= Counter(f"{verb}_{p.urgency}" for p in moved)
            found |= Counter(f"{verb}_{p.case.patient.route}" for p in moved)
        for name, stage in (("consent_registry", 2), ("consent_research", 3)):
            found[name] = len([p for p in opened if self.consented(p.case.patient_id, stage)])
        found |= self.wait("reply", [p.first_reply_at - p.opened_at for p in replied])
        found |= self.wait("closing", [p.closed_at - p.opened_at for p in closed])
        found |= self.wait("entry_minutes", [p.opened_at - p.case.begun_at for p in entered], dt.timedelta(minutes=1))
        year = [p for p in here if p.opened_at and back(self.month, 11) <= month_of(p.opened_at) <= self.month]
        leads = Counter(p.started_by_id for p in year)
        if leads:
            found["starters"] = len(leads)
            found["top_five_share"] = round(100 * sum(n for _, n in leads.most_common(5)) / len(year))
        return found

    def of_tickets(self, here):
        answered = [t for t in here if month_of(t.first_answer_at) == self.month]
        closed = [t for t in here if month_of(t.closed_at) == self.month]
        found = {"tickets_answered": len(answered), "tickets_closed": len(closed)}
        found["tickets_raised"] = len([t for t in here if month_of(t.raised_at) == self.month])
        found |= self.wait("ticket_answer", [t.first_answer_at - t.raised_at for t in answered])
        return found | self.wait("ticket_closing", [t.closed_at - t.raised_at for t in closed])

    def of_survey(self, network):
        """The last round that ended in the month."""
        rounds = [r for r in SurveyRound.objects.filter(network=network) if month_of(r.closed_at) == self.month]
        if not rounds:
            return {}
        last = max(rounds, key=lambda r: (r.closed_at, r.number))
        answers = list(SurveyAnswer.objects.filter(round=last))
        kinds, total = shown_of(Counter({"user": 0, "other": 0}) + Counter(a.kind for a in answers), ("user", "other"))
        found = {"survey_answers": total}
        for name in ("useful", "valued", "again"):
            scores = [getattr(a, name) for a in answers if a.kind == "user" and getattr(a, name) is not None]
            if kinds["user"] is not None and len(scores) >= 5:
                found[f"survey_{name}"] = round(sum(scores) / len(scores), 1)
        named, _total = shown_of(Counter(why for a in answers for why in a.reasons), Reason.values)
        return found | {f"reason_{why}": number for why, number in named.items()}

    def wait(self, name, took, unit=dt.timedelta(hours=1)):
        if not took:
            return {}
        took = sorted(took)
        nearest = {part: took[max(math.ceil(part * len(took)), 1) - 1] for part in (0.5, 0.9)}
        given = {part: round(value / unit, 1) for part, value in nearest.items()}
        return {f"{name}_median": given[0.5], f"{name}_p90": given[0.9]}

    def consented(self, patient, stage):
        rows = [c for c in Consent.objects.all() if (c.patient_id, c.stage, c.answer) == (patient, stage, "given")]
        return any(
            month_of(c.recorded_at) <= self.month and (not c.withdrawn_at or month_of(c.withdrawn_at) > self.month)
            for c in rows
        )

    def of_rows(self, here):
        month, found = self.month, Counter()
        for row in Invitation.objects.filter(panel__in=here):
            found["invited"] += month_of(row.sent_at) == month
            found["guests"] += month_of(row.sent_at) == month and row.kind == "guest"
            found["answered"] += month_of(row.answered_at) == month
            found["accepted"] += month_of(row.answered_at) == month and row.state in {"accepted", "ended"}
            said = [c.at for c in self.statements if (c.panel_id, c.author_id) == (row.panel_id, row.invitee_id)]
            found["advised"] += bool(said) and month_of(min(said)) == month
        for row in Effect.objects.filter(panel__in=here):
            found[f"effect_{row.kind}"] += month_of(row.at) == month
        for row in FollowUp.objects.filter(panel__in=here):
            found["follow_asked"] += month_of(row.asked_at) == month
            if month_of(row.answered_at) == month:
                found["follow_answered"] += 1
                found[f"benefit_{row.benefit}"] += 1
        for row in OutcomeVersion.objects.filter(outcome__panel__in=here, number=1):
            found["outcomes"] += month_of(row.sent_at) == month
        items = AgendaItem.objects.filter(panel__in=here).select_related("meeting")
        held = {i.meeting_id for i in items if month_of(i.meeting.held_at) == month}
        found["meetings"] = len(held)
        found["attended"] = len([a for a in Attendance.objects.all() if a.meeting_id in held and a.present])
        found["minutes_spent"] = sum(t.minutes for t in TimeSpent.objects.filter(panel__in=here) if t.year == month[0])
        return dict(found)

    def of_centres(self, network, country, centre):
        mine = {m.centre_id for m in self.places if m.network_id == network and centre in {None, m.centre_id}}
        mine = {pk for pk in mine if not country or self.centres[pk].country == country}
        january = (self.month[0], 1)
        busy = {
            p.centre_id
            for p in self.panels.values()
            if p.network_id == network and p.opened_at and january <= month_of(p.opened_at) <= self.month
        }
        return {"centres": len(mine), "centres_idle": len(mine - busy)}
