"""Everything that changes a panel."""

from panels.actions.asking import answer, ask_group, close_question, grow_into_panel
from panels.actions.chasing import look_after_idle
from panels.actions.drafting import draft_panel, prepare
from panels.actions.inviting import (
    accept,
    decline,
    end_invitation,
    expire_invitations,
    invite_experts,
    invite_guest,
)
from panels.actions.moving import freeze, move, open_panel, reopen, withdraw
from panels.actions.rewording import recall, reword
from panels.actions.sight import mend_sight
from panels.actions.talking import comment, contribute, mark, note_visit, supply, take_stance, thank

__all__ = [
    "accept",
    "answer",
    "ask_group",
    "close_question",
    "comment",
    "contribute",
    "decline",
    "draft_panel",
    "end_invitation",
    "expire_invitations",
    "freeze",
    "grow_into_panel",
    "invite_experts",
    "invite_guest",
    "look_after_idle",
    "mark",
    "mend_sight",
    "move",
    "note_visit",
    "open_panel",
    "prepare",
    "recall",
    "reopen",
    "reword",
    "supply",
    "take_stance",
    "thank",
    "withdraw",
]
