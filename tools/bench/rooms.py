"""Rows for pages about one thing: three of each kind, with 3, 30 and 300 lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from cpms import clock
from cpms.accounts.models import Centre, Membership, Network, ThematicGroup, User
from cpms.accounts.roles import Role
from cpms.vault import actions as vault
from helpdesk.models import MonthlyKpi
from outcomes.models import AdviceItem, Outcome
from panels.cases.models import Finding
from panels.meetings.models import AgendaItem, Attendance, Meeting
from panels.models import Answer, Invitation, Panel, Question
from panels.states import State
from tools.bench.filling import SIZES, TEXT

AHEAD = dt.timedelta(days=14)


class Rooms:
    """Takes panels of the third lead, three at a time, and turns them into what a page needs; gives their addresses."""

    def __init__(self, leads: list[User]) -> None:
        self.lead, self.guest = leads[-1], leads[0]
        self.others = list(User.objects.exclude(pk__in=[user.pk for user in leads])[: SIZES[-1]])
        self.free: Iterator[Panel] = iter(Panel.objects.with_case().filter(lead=self.lead).order_by("ref")[3:30])

    def give_everybody(self, leads: list[User]) -> None:
        """A coming meeting and an unanswered invitation for each lead, so that My work shows the same parts to all."""
        for lead in leads:
            panel = Panel.objects.filter(lead=lead, state=State.OPEN).order_by("ref").last()
            if panel is None:
                continue
            when = {"starts_at": clock.now() + AHEAD, "zone": "Europe/Helsinki"}
            AgendaItem.objects.create(meeting=Meeting.objects.create(called_by=lead, **when), panel=panel)
            common = {"panel": panel, "key": panel.key, "invited_by": lead, "expires_at": clock.now() + AHEAD}
            Invitation(invitee=self.uninvited(panel, SIZES[-1])[0], **common).save(force_insert=True)

    def questions(self) -> list[str]:
        """A quick question, by answers."""
        group = ThematicGroup.objects.get(network__code="ENDO", number=1)
        pages = []
        for count in SIZES:
            question = Question(key=vault.new_key(), group=group, asker=self.lead)
            question.text = TEXT
            question.save(force_insert=True)
            answers = [Answer(question=question, key=question.key, author=one) for one in self.others[:count]]
            for answer in answers:
                answer.text = TEXT
            Answer.objects.bulk_create(answers)
            pages.append(question.get_absolute_url())
        return pages

    def take(self) -> list[tuple[Panel, int]]:
        return [(next(self.free), count) for count in SIZES]

    def cases(self) -> list[str]:
        """The case's form, by findings."""
        return [reverse("cases:edit", args=[self.with_findings(panel, count)]) for panel, count in self.take()]

    def with_findings(self, panel: Panel, count: int) -> object:
        case = panel.case
        words = [{"code": f"HP:{n:07d}", "label": f"Finding {n}", "position": n} for n in range(3, count)]
        Finding.objects.bulk_create(Finding(case=case, key=case.key, **row) for row in words)
        return case.pk

    def drafts(self) -> list[str]:
        """The page that prepares a panel, by findings of its case."""
        found = self.take()
        for panel, count in found:
            self.with_findings(panel, count)
            panel.state, panel.opened_at = State.DRAFT, None
            panel.save(update_fields=["state", "opened_at"])
        return [reverse("panels:prepare", args=[panel.ref]) for panel, _count in found]

    def invitations(self) -> list[str]:
        """The sheet of somebody who has not answered, by others who were asked."""
        pages = []
        for panel, count in self.take():
            common = {"panel": panel, "key": panel.key, "invited_by": self.lead, "expires_at": clock.now() + AHEAD}
            Invitation.objects.bulk_create(Invitation(invitee=one, **common) for one in self.uninvited(panel, count))
            mine = Invitation(invitee=self.guest, **common)
            mine.save(force_insert=True)
            pages.append(reverse("panels:invitation", args=[mine.pk]))
        return pages

    def uninvited(self, panel: Panel, count: int) -> list[User]:
        there = set(panel.invitations.values_list("invitee", flat=True))
        return [one for one in self.others[:count] if one.pk not in there]

    def outcomes(self) -> list[str]:
        """The outcome being written, by items of advice."""
        pages = []
        for panel, count in self.take():
            Panel.objects.filter(pk=panel.pk).update(state=State.OUTCOME)
            outcome = Outcome(panel=panel, key=panel.key)
            outcome.conclusion = TEXT
            outcome.save(force_insert=True)
            items = [AdviceItem(outcome=outcome, key=panel.key, position=n) for n in range(count)]
            for item in items:
                item.text = TEXT
            AdviceItem.objects.bulk_create(items)
            pages.append(reverse("outcomes:edit", args=[panel.ref]))
        return pages

    def meetings(self) -> list[str]:
        """A planned meeting, by people who were asked to come."""
        pages = []
        for panel, count in self.take():
            when = {"starts_at": clock.now() + AHEAD, "zone": "Europe/Helsinki"}
            meeting = Meeting.objects.create(called_by=self.lead, link="https://video.example/x", **when)
            AgendaItem.objects.create(meeting=meeting, panel=panel)
            Attendance.objects.bulk_create(Attendance(meeting=meeting, who=one) for one in self.others[:count])
            pages.append(reverse("meetings:detail", args=[meeting.pk]))
        return pages


def reports() -> tuple[User, list[str]]:
    """A coordinator, and three months with so many lines."""
    network = Network.objects.get(code="ENDO")
    user = User.objects.create(email="coordinator@bench.example", display_name="Coordinator", activated_at=clock.now())
    Membership.objects.create(user=user, role=Role.NETWORK_COORDINATOR, network=network)
    more = [Centre(name=f"Far Hospital {n}", city="Town", country="SE") for n in range(SIZES[-1])]
    centres = Centre.objects.bulk_create(more)
    figures = {"registered": 3, "active": 2, "panels_opened": 1, "panels_closed": 1, "network": network}
    for month, count in enumerate(SIZES, start=1):
        day = dt.date(2020, month, 1)
        lines = (MonthlyKpi(month=day, centre=one, stands_in=one.country, **figures) for one in centres[:count])
        MonthlyKpi.objects.bulk_create(lines)
    return user, [f"{reverse('kpis')}?month=2020-{month:02d}" for month in range(1, len(SIZES) + 1)]
