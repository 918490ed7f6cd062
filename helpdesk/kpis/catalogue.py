"""Each official figure: its name, what it counts, from which rows, and the indicator of the ERN monitoring it feeds.

``docs/kpis.md`` is generated from this table. Codes of indicators are those of the ERN continuous monitoring as far as
public sources name them; an empty one is not known.
"""

from __future__ import annotations

from helpdesk.kpis.figure import Figure, Of, Over, Part, patients, person, wait
from outcomes.states import Benefit, EffectKind, Reason
from panels.states import Urgency


def split(verb: str, formula: str) -> list[Figure]:
    """Panels that were opened or closed, by urgency and by the route of the patient."""
    urgencies = [
        Figure(
            f"{verb}_{kind.value}",
            f"{verb.title()}: {kind.label.lower()}",
            f"{formula}, of this urgency",
            "Panel.urgency",
            Part.PANELS,
            of=Of.PANELS,
            splits=f"panels_{verb}",
        )
        for kind in Urgency
    ]
    by_route = f"{formula}, by the route of the patient"
    routes = [
        Figure(f"{verb}_{route}", f"{verb.title()} {words}", by_route, "Patient.route", Part.PANELS, of=Of.PATIENTS)
        for route, words in ROUTES
    ]
    return [*urgencies, *routes]


def named(why: Reason) -> str:
    """A reason inside a sentence; who says it stays “I”."""
    return why.label if why.label.startswith("I ") else why.label[0].lower() + why.label[1:]


PEOPLE = [
    person(
        "registered",
        "Registered users",
        "accounts activated before the month's end and not switched off then",
        "User.activated_at, AuditEvent account_switched",
    ),
    person(
        "active", "Active users", "registered users who signed in at least once in the month", "AuditEvent signed_in"
    ),
    person(
        "contributing",
        "Contributing users",
        "registered users who wrote a statement or message, or took a view of a statement",
        "Contribution, Message, Stance",
    ),
    person(
        "not_returning",
        "Users who do not return",
        "registered users activated before the month before last began, without a sign-in since",
        "User, AuditEvent signed_in",
    ),
]
SAID = "of these, whose newest reason, as the helpdesk wrote it down in the twelve months to the month's end, is this"
AWAY = [
    *((f"away_{why.value}", f"Not returning: {named(why)}", SAID) for why in Reason),
    ("away_unsaid", "Not returning: no reason said", "of these, who said none in the twelve months to the month's end"),
]
PEOPLE += [
    Figure(**vars(person(name, words, formula, "WhyAway")) | {"of": Of.NEITHER, "base": "not_returning", "whole": True})
    for name, words, formula in AWAY
]
ROUTES = (
    ("own", "for the centre's own patient"),
    ("non_ern", "for a physician outside the networks"),
    ("non_eu", "for a physician outside the EU"),
)
OPENED = "panels whose first opening lies in the month"
PANELS = [
    Figure("panels_opened", "Panels opened", OPENED, "Panel.opened_at", Part.PANELS, of=Of.PANELS),
    patients("patients_entered", "Patients entered", f"different patients of {OPENED}", "opened_at", "panels_opened"),
    Figure(
        "panels_closed",
        "Panels closed",
        "panels closed in the month and still closed",
        "Panel.closed_at",
        Part.PANELS,
        of=Of.PANELS,
    ),
    *split("opened", OPENED),
    *split("closed", "panels closed in the month and still closed"),
    Figure(
        "first_replies",
        "First replies",
        "panels whose first reply, a statement or a view of one by somebody who was asked, lies in the month",
        "Panel.first_reply_at",
        Part.PANELS,
        of=Of.PANELS,
    ),
    patients(
        "patients_reviewed",
        "Patients reviewed",
        "different patients of panels whose first reply lies in the month",
        "first_reply_at",
        "first_replies",
    ),
    *wait(
        "reply",
        "Hours to the first reply",
        "opening to first reply, of first replies of the month",
        "Panel.first_reply_at",
        base="first_replies",
    ),
    *wait(
        "closing",
        "Hours to the close",
        "opening to close, of panels closed in the month",
        "Panel.closed_at",
        "3.2",
        base="panels_closed",
    ),
    Figure(
        "entered",
        "Cases entered",
        f"{OPENED} and whose case was begun for it",
        "Case.begun_at",
        Part.PANELS,
        of=Of.PANELS,
    ),
    *wait(
        "entry_minutes",
        "Minutes to enter a case",
        "first page to opening, of panels opened in the month",
        "Case.begun_at",
        base="entered",
    ),
    Figure(
        "minutes_spent",
        "Clinicians' minutes this year",
        "minutes spent on panels in the calendar year so far, as people say or as measured",
        "TimeSpent",
        Part.PANELS,
        base="registered",
        late=False,
        over=Over.LAST,
    ),
]
ASKING = [
    Figure(name, words, formula, source, Part.ASKING, of=Of.NEITHER if name == "meetings" else Of.PEOPLE)
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
    Figure(
        "outcomes",
        "Outcomes",
        "outcomes first sent for signature in the month",
        "OutcomeVersion",
        Part.ADVICE,
        of=Of.PANELS,
    ),
    *(
        Figure(
            f"effect_{kind.value}",
            f"Effect on the treatment: {kind.label.lower()}",
            "said in the month",
            "Effect",
            Part.ADVICE,
            of=Of.PATIENTS,
        )
        for kind in EffectKind
    ),
    Figure("follow_asked", "Follow-ups asked", "asked in the month", "FollowUp.asked_at", Part.ADVICE, of=Of.PANELS),
    Figure(
        "follow_answered",
        "Follow-ups answered",
        "answered in the month",
        "FollowUp.answered_at",
        Part.ADVICE,
        of=Of.PANELS,
    ),
    *(
        Figure(
            f"benefit_{kind.value}",
            f"Benefit: {kind.label.lower()}",
            "follow-ups answered so in the month",
            "FollowUp",
            Part.ADVICE,
            of=Of.PATIENTS,
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
            of=Of.PATIENTS,
        )
        for name, words in (("registry", "registries"), ("research", "contact about research"))
    ),
]
CENTRES = [
    Figure(
        "starters",
        "People who start panels",
        "people who opened one in the twelve months to the month's end",
        "Panel.started_by",
        Part.CENTRES,
        of=Of.PEOPLE,
        over=Over.LAST,
    ),
    Figure(
        "top_five_share",
        "Share of the five who start most",
        "their panels among those of the twelve months, per cent",
        "Panel.started_by",
        Part.CENTRES,
        base="starters",
        over=Over.LAST,
    ),
    Figure(
        "centres",
        "Centres",
        "centres of the network on the month's last day",
        "CentreMembership",
        Part.CENTRES,
        "1",
        late=False,
        over=Over.LAST,
    ),
    Figure(
        "centres_idle",
        "Centres without a panel this year",
        "of these, without one opened since January",
        "Panel",
        Part.CENTRES,
        late=False,
        over=Over.LAST,
    ),
]
SURVEYS = [
    Figure(name, words, formula, "SurveyAnswer", Part.SURVEYS, over=Over.ROUND)
    for name, words, formula in (
        ("survey_answers", "Answers of the survey", "answers of the round that ended in the month"),
        ("survey_useful", "Advice useful, 0 to 10", "mean of that round"),
        ("survey_valued", "Felt valued, 0 to 10", "mean of that round"),
        ("survey_again", "Would use it again, 0 to 10", "mean of that round"),
        *((f"reason_{why.value}", f"Reason not to return: {named(why)}", "named in that round") for why in Reason),
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
ADDED = [figure.name for figure in FIGURES if figure.adds or figure.anew or (figure.whole and figure.over == Over.LAST)]
"""What stands in the network's own line as nought too, so that a month says which counts were taken."""
LATE = frozenset(figure.name for figure in FIGURES if figure.late)
