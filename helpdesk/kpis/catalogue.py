"""Each official figure: its name, what it counts, from which rows, and the indicator of the ERN monitoring it feeds.

``docs/kpis.md`` is generated from this table. Codes of indicators are those of the ERN continuous monitoring as far as
public sources name them; an empty one is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from outcomes.states import Benefit, EffectKind, Reason
from panels.states import Urgency


class Part(StrEnum):
    PEOPLE = "People"
    PANELS = "Panels"
    ASKING = "Invitations and meetings"
    ADVICE = "Outcomes and what became of the advice"
    CENTRES = "Who starts panels"
    SURVEYS = "Surveys"
    TICKETS = "The helpdesk"


ABOUT = """Frozen on the first night of the next month by beat (`helpdesk.freeze_month`) or by `manage.py freeze_month YYYY-MM`; a frozen
line never changes, which the database itself refuses, and a month that is not over is refused. Months begin and end at
midnight UTC. Counted by `helpdesk/kpis/` from ordinary rows, by queries whose number does not grow.

A month has one line for the whole network, one per thematic group, one per country and one per centre. People count by
their own groups and by the centre where they are on the night of the count, panels and what belongs to them by their
group and their lead's centre. A person in two groups counts in both group lines and once in the network's. Surveys and
starters stand where they have a meaning; tickets count for the network whose helpdesk was asked, and stand in no other line.

Each night of freezing, the twelve months before are counted again. Where rows came late (a reopened panel, an answer
entered afterwards) the difference is written beside the frozen line as a correction, never into it. Figures that depend
on where people are now, or on how much time was spent so far, are not counted again (last column).

Waits are nearest-rank percentiles: the least wait that so many of the waits do not exceed. They are given in hours.

Network coordinators and the helpdesk see the lines of their networks, group coordinators those of their groups,
representatives their centre's, national officers those of their country in every network, the core helpdesk all.
"""


@dataclass(frozen=True)
class Figure:
    """``late`` figures follow from rows with dates, so that a month can be counted again; the others are as things stood on
    the night of the count. ``patients`` are hidden where few: they are given for a network and a year only. ``adds`` says
    whether months may be added up, ``whole`` that it stands in the network's own line alone."""

    name: str
    words: str
    formula: str
    source: str
    part: Part
    indicator: str = ""
    late: bool = True
    patients: bool = False
    adds: bool = True
    whole: bool = False


def person(name: str, words: str, formula: str, source: str) -> Figure:
    return Figure(name, words, formula, source, Part.PEOPLE, late=False, adds=False)


def wait(name: str, words: str, of: str, source: str, indicator: str = "") -> list[Figure]:
    """Median and slowest tenth."""
    medians = Figure(
        f"{name}_median", f"{words}, median", f"nearest-rank median of {of}", source, Part.PANELS, indicator
    )
    tenths = Figure(
        f"{name}_p90", f"{words}, slowest tenth", f"nearest-rank 90th percentile of {of}", source, Part.PANELS
    )
    return [Figure(**vars(one) | {"adds": False}) for one in (medians, tenths)]


PEOPLE = [
    person("registered", "Registered users", "accounts activated before the month's end", "User.activated_at"),
    person(
        "active", "Active users", "registered users who signed in at least once in the month", "AuditEvent signed_in"
    ),
    person(
        "contributing",
        "Contributing users",
        "registered users who wrote a statement or message",
        "Contribution, Message",
    ),
    person(
        "not_returning",
        "Users who do not return",
        "accounts activated before the month before last began, without a sign-in since",
        "User, AuditEvent signed_in",
    ),
]
OPENED = "panels whose first opening lies in the month"
PANELS = [
    Figure("panels_opened", "Panels opened", OPENED, "Panel.opened_at", Part.PANELS, "3.1"),
    Figure(
        "panels_closed",
        "Panels closed",
        "panels closed in the month and still closed",
        "Panel.closed_at",
        Part.PANELS,
        "3.1",
    ),
    *(
        Figure(
            f"opened_{kind.value}",
            f"Opened: {kind.label.lower()}",
            f"{OPENED}, of this urgency",
            "Panel.urgency",
            Part.PANELS,
        )
        for kind in Urgency
    ),
    *(
        Figure(
            f"opened_{route}",
            f"Opened {words}",
            f"{OPENED}, by the route of the patient",
            "Patient.route",
            Part.PANELS,
            patients=True,
        )
        for route, words in (
            ("own", "for the centre's own patient"),
            ("non_ern", "for a physician outside the networks"),
            ("non_eu", "for a physician outside the EU"),
        )
    ),
    Figure(
        "first_replies",
        "First replies",
        "panels whose first reply lies in the month",
        "Panel.first_reply_at",
        Part.PANELS,
    ),
    *wait(
        "reply",
        "Hours to the first reply",
        "opening to first reply, of first replies of the month",
        "Panel.first_reply_at",
    ),
    *wait("closing", "Hours to the close", "opening to close, of panels closed in the month", "Panel.closed_at", "3.2"),
    Figure("entered", "Cases entered", f"{OPENED} and whose case was begun for it", "Case.begun_at", Part.PANELS),
    *wait("entry", "Hours to enter a case", "first page to opening, of panels opened in the month", "Case.begun_at"),
    Figure(
        "minutes_spent",
        "Clinicians' minutes this year",
        "minutes spent on panels in the calendar year so far, as people say or as measured",
        "TimeSpent",
        Part.PANELS,
        late=False,
        adds=False,
    ),
]
ASKING = [
    Figure(name, words, formula, source, Part.ASKING)
    for name, words, formula, source in (
        ("invited", "Invitations sent", "invitations sent in the month", "Invitation.sent_at"),
        ("guests", "Guests invited", "of these, to guests", "Invitation.kind"),
        ("answered", "Invitations answered", "invitations answered in the month", "Invitation.answered_at"),
        ("accepted", "Invitations accepted", "of these, accepted", "Invitation.state"),
        (
            "advised",
            "Invited people who gave advice",
            "invitations whose person's first statement in the panel lies in the month",
            "Contribution.at",
        ),
        (
            "meetings",
            "Meetings held",
            "meetings held in the month with a panel of the place on the agenda",
            "Meeting.held_at",
        ),
        ("attended", "Attendance", "people present in these meetings", "Attendance.present"),
    )
]
ADVICE = [
    Figure("outcomes", "Outcomes", "outcomes first sent for signature in the month", "OutcomeVersion", Part.ADVICE),
    *(
        Figure(
            f"effect_{kind.value}",
            f"Effect on the treatment: {kind.label.lower()}",
            "said in the month",
            "Effect",
            Part.ADVICE,
            patients=True,
        )
        for kind in EffectKind
    ),
    Figure("follow_asked", "Follow-ups asked", "asked in the month", "FollowUp.asked_at", Part.ADVICE),
    Figure("follow_answered", "Follow-ups answered", "answered in the month", "FollowUp.answered_at", Part.ADVICE),
    *(
        Figure(
            f"benefit_{kind.value}",
            f"Benefit: {kind.label.lower()}",
            "follow-ups answered so in the month",
            "FollowUp",
            Part.ADVICE,
            patients=True,
        )
        for kind in Benefit
    ),
    *(
        Figure(
            f"consent_{name}",
            f"Consent to {words}",
            f"{OPENED}, the patient's consent given and not withdrawn at the month's end",
            "Consent",
            Part.ADVICE,
            patients=True,
        )
        for name, words in (("registry", "registries"), ("research", "contact about research"))
    ),
]
CENTRES = [
    Figure(
        "starters",
        "People who start panels",
        "people who opened one in the twelve months to the month's end",
        "Panel.lead",
        Part.CENTRES,
        adds=False,
    ),
    Figure(
        "top_five_share",
        "Share of the five who start most",
        "their panels among those of the twelve months, per cent",
        "Panel.lead",
        Part.CENTRES,
        adds=False,
    ),
    Figure(
        "centres",
        "Centres",
        "centres of the network on the month's last day",
        "CentreMembership",
        Part.CENTRES,
        "1",
        late=False,
        adds=False,
    ),
    Figure(
        "centres_idle",
        "Centres without a panel this year",
        "of these, without one opened since January",
        "Panel",
        Part.CENTRES,
        late=False,
        adds=False,
    ),
]
SURVEYS = [
    Figure(name, words, formula, "SurveyAnswer", Part.SURVEYS, adds=False)
    for name, words, formula in (
        ("survey_answers", "Answers of the survey", "answers of the round that ended in the month"),
        ("survey_useful", "Advice useful, 0 to 10", "mean of that round"),
        ("survey_valued", "Felt valued, 0 to 10", "mean of that round"),
        ("survey_again", "Would use it again, 0 to 10", "mean of that round"),
        *(
            (f"reason_{why.value}", f"Reason not to return: {why.label.lower()}", "named in that round")
            for why in Reason
        ),
    )
]
TICKETS = [
    Figure("tickets_raised", "Tickets", "raised in the month", "Ticket.raised_at", Part.TICKETS),
    Figure(
        "tickets_answered", "Tickets answered", "first answered in the month", "Ticket.first_answer_at", Part.TICKETS
    ),
    *wait("ticket_answer", "Hours to the first answer", "raising to first answer, of these", "Ticket.first_answer_at"),
    Figure(
        "tickets_closed", "Tickets closed", "closed in the month and still closed", "Ticket.closed_at", Part.TICKETS
    ),
    *wait("ticket_closing", "Hours to the close of a ticket", "raising to close, of these", "Ticket.closed_at"),
]
TICKETS = [Figure(**vars(one) | {"part": Part.TICKETS, "whole": True}) for one in TICKETS]
FIGURES = [*PEOPLE, *PANELS, *ASKING, *ADVICE, *CENTRES, *SURVEYS, *TICKETS]
BY_NAME = {figure.name: figure for figure in FIGURES}
LATE = frozenset(figure.name for figure in FIGURES if figure.late)
