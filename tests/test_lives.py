"""The state tables that the documents are made from, held against the actions."""

import inspect
import re

import pytest

from consent.states import CONSENT_MOVES, UNASKED, WITHDRAWN, Answer
from cpms.accounts.access import route_of, walk
from helpdesk.tickets.states import TICKET_MOVES, TicketState
from outcomes.states import OUTCOME_MOVES, OutcomeState
from panels.meetings.states import MEETING_MOVES, MeetingState
from panels.states import INVITATION_MOVES, InvitationState
from tests.test_conventions import TEXT

LIVES = [
    (InvitationState, INVITATION_MOVES, InvitationState.PENDING),
    (MeetingState, MEETING_MOVES, MeetingState.PLANNED),
    (OutcomeState, OUTCOME_MOVES, None),
    (TicketState, TICKET_MOVES, TicketState.OPEN),
]


def written(states) -> set[str]:
    """The states that actions write into a row."""
    lines = [line for file, text in TEXT.items() if "actions" in file.parts for line in text.splitlines()]
    set_here = [line for line in lines if re.search(r"\.state(?:, [a-z_.]+)* = ", line)]
    return {name for line in set_here for name in re.findall(rf"{states.__name__}\.([A-Z_]+)", line)}


@pytest.mark.parametrize(("states", "moves", "first"), LIVES, ids=lambda value: getattr(value, "__name__", ""))
def test_the_table_leads_where_the_actions_write(states, moves, first):
    reached = {target.name for _verb, _sources, target, _who in moves}
    assert reached == written(states)
    assert reached | ({first.name} if first else set()) == {state.name for state in states}


def test_every_answer_to_a_consent_is_in_its_table():
    targets = {target for _verb, _sources, target, _who in CONSENT_MOVES}
    assert targets == {*Answer, WITHDRAWN}
    assert {source for _verb, sources, _target, _who in CONSENT_MOVES for source in sources} == {UNASKED, *targets}


def records_a_list(view) -> bool:
    source = inspect.getsource(view)
    near = [getattr(view, "__globals__", {}).get(name) for name in re.findall(r"\b([a-z_]+)\(", source)]
    own = [one for one in near if inspect.isfunction(one) and one.__module__ == view.__module__]
    texts = [source, *(inspect.getsource(inspect.unwrap(one)) for one in own)]
    return any("record_shown(" in text or "record_list(Event.PATIENT_READ" in text for text in texts)


def test_a_route_that_records_a_list_says_so():
    """The views' own text, and that of what they call beside them: who writes a read event for a page's rows declares it."""
    wrong = []
    for name, _address, pattern in walk():
        view = pattern.callback
        if (
            not name.startswith("helpdesk:")
            and (route := route_of(view))
            and records_a_list(inspect.unwrap(view)) != route.lists_patients
        ):
            wrong.append(name)
    assert wrong == []
