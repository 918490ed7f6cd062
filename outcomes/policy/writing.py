"""When an outcome may be started, written, signed and closed."""

from __future__ import annotations

from typing import Any

from consent.policy import may_be_discussed
from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.roles import Permission
from outcomes.models import Outcome
from outcomes.states import DocumentState, OutcomeState
from panels.meetings.models import Meeting
from panels.meetings.states import MeetingState
from panels.models import Contribution
from panels.policy import may_move, part_of
from panels.states import RUNNING, Move, Part, State


@rule(Permission.OUTCOME_START)
def may_start(user: Any, panel: Any) -> Verdict:
    """The table's move, and something to conclude from: one contribution or one held meeting."""
    verdict = may_move(user, panel, Move.START_OUTCOME)
    if not verdict:
        return verdict
    if Contribution.objects.filter(panel=panel).exists():
        return yes
    met = Meeting.objects.filter(agenda__panel=panel, state=MeetingState.HELD).exists()
    return yes if met else no("An outcome needs one contribution or one held meeting first.")


@rule(Permission.OUTCOME_READ)
def may_read(_user: Any, panel: Any) -> Verdict:
    return yes if panel.state in {State.OUTCOME, State.CLOSED} else no("There is no outcome yet.")


@rule(Permission.OUTCOME_WRITE)
def may_write(user: Any, panel: Any) -> Verdict:
    """The treating side, while the panel is in its outcome."""
    if part_of(user, panel) != Part.TREATING:
        return no("The lead writes the outcome.")
    if panel.state != State.OUTCOME:
        return no("The outcome is not being written.")
    return may_be_discussed(panel.case.patient)


def may_read_saves(user: Any, panel: Any) -> Verdict:
    """What was saved on the way to a version: the treating side, who wrote it, and nobody else whom the version went to; nobody once
    the patient is erased."""
    if panel.case.patient.erased_at is not None:
        return no("This patient was erased.")
    return yes if part_of(user, panel) == Part.TREATING else no("What was saved before is read by the treating side.")


def may_take_decisions(panel: Any) -> Verdict:
    """Whether what a meeting decided still becomes advice; who may decide was asked when it was written down."""
    return may_be_discussed(panel.case.patient) if panel.state in RUNNING else no("The panel is over.")


@rule(Permission.OUTCOME_SIGN)
def may_sign(user: Any, panel: Any) -> Verdict:
    """Whoever was asked to sign this version, has not answered and is of the panel today; a correction is signed in the closed one."""
    if panel.state not in {State.OUTCOME, State.CLOSED} or panel.archived_at is not None:
        return no("This outcome is not open for signature.")
    outcome = Outcome.objects.filter(panel=panel).exclude(state=OutcomeState.DRAFT).first()
    if outcome is None:
        return no("The lead has not asked for signatures yet.")
    if not outcome.signoffs.filter(who=user, number=outcome.number).waiting().exists():
        return no("You were not asked to sign this version, or you have answered already.")
    return may_be_discussed(panel.case.patient)


@rule(Permission.OUTCOME_CORRECT)
def may_correct(user: Any, panel: Any) -> Verdict:
    """The treating side, once the panel is closed; before, the outcome is simply written."""
    if part_of(user, panel) != Part.TREATING:
        return no("The lead corrects the outcome.")
    if panel.state != State.CLOSED or panel.archived_at is not None:
        return no("An outcome is corrected once its panel is closed, and before it goes into the archive.")
    if not Outcome.objects.filter(panel=panel, state=OutcomeState.FINAL).exists():
        return no("There is no outcome to correct.")
    return may_be_discussed(panel.case.patient)


@rule(Permission.PANEL_CLOSE)
def may_close(user: Any, panel: Any) -> Verdict:
    verdict = may_move(user, panel, Move.CLOSE)
    if not verdict:
        return verdict
    sent = Outcome.objects.filter(panel=panel, state=OutcomeState.SIGNING).exists()
    return yes if sent else no("Ask for signatures first; members see what goes out before it does.")


def enough_answered(awaited: int, although: int) -> Verdict:
    """Before the day by which signatures are wanted a panel is closed only by saying how many have not answered."""
    if awaited <= although:
        return yes
    have = "has" if awaited == 1 else "have"
    return no(f"{awaited} {have} not answered yet. Tick that you close it all the same, or wait for the day.")


@rule(Permission.DOCUMENT_READ)
def may_read_document(_user: Any, document: Any) -> Verdict:
    """Whoever sees the panel, once the file is ready."""
    return yes if document.state == DocumentState.READY else no("The document is not ready yet.")
