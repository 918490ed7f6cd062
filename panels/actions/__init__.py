"""Everything that changes a panel."""

from panels.actions.answering import accept, decline, reconsider
from panels.actions.asking import answer, ask_group, chase_questions, close_question, forget_questions, grow_into_panel
from panels.actions.assisting import break_glass, end_assist, let_in
from panels.actions.attending import look_after_unattended
from panels.actions.chasing import look_after_idle, something_happened
from panels.actions.dispatching import address, clarify, forward, name_people, return_with_question, take_up
from panels.actions.drafting import draft_panel, prepare
from panels.actions.escalating import escalate, propose_again, set_terms, wish_meeting, wishes_are_met
from panels.actions.filtering import drop_filter, save_filter
from panels.actions.handing_over import follow_lead, hand_over, look_after_left_behind, look_for_left_behind
from panels.actions.inviting import (
    end_invitation,
    expire_invitations,
    invite_experts,
    invite_guest,
    let_go,
    let_past_experts_go,
)
from panels.actions.leaving import leave, nudge, propose_colleague
from panels.actions.moving import freeze, move, note_unanswered, open_panel, reopen, tell_corrected, thaw, withdraw
from panels.actions.presence import note_presence, note_visit, say_minutes
from panels.actions.referring import (
    accept_referral,
    decline_referral,
    grow_from_referral,
    look_after_referrals,
    pass_referral_on,
    refer,
)
from panels.actions.registries import receive
from panels.actions.rewording import recall, reword
from panels.actions.shelving import archive, unarchive
from panels.actions.sight import mend_sight
from panels.actions.starting import Origin, open_prepared, start_again, start_panel
from panels.actions.talking import Beside, comment, contribute, mark, supply, take_stance, thank

__all__ = [
    "Beside",
    "Origin",
    "accept",
    "accept_referral",
    "address",
    "answer",
    "archive",
    "ask_group",
    "break_glass",
    "chase_questions",
    "clarify",
    "close_question",
    "comment",
    "contribute",
    "decline",
    "decline_referral",
    "draft_panel",
    "drop_filter",
    "end_assist",
    "end_invitation",
    "escalate",
    "expire_invitations",
    "follow_lead",
    "forget_questions",
    "forward",
    "freeze",
    "grow_from_referral",
    "grow_into_panel",
    "hand_over",
    "invite_experts",
    "invite_guest",
    "leave",
    "let_go",
    "let_in",
    "let_past_experts_go",
    "look_after_idle",
    "look_after_left_behind",
    "look_after_referrals",
    "look_after_unattended",
    "look_for_left_behind",
    "mark",
    "mend_sight",
    "move",
    "name_people",
    "note_presence",
    "note_unanswered",
    "note_visit",
    "nudge",
    "open_panel",
    "open_prepared",
    "pass_referral_on",
    "prepare",
    "propose_again",
    "propose_colleague",
    "recall",
    "receive",
    "reconsider",
    "refer",
    "reopen",
    "return_with_question",
    "reword",
    "save_filter",
    "say_minutes",
    "set_terms",
    "something_happened",
    "start_again",
    "start_panel",
    "supply",
    "take_stance",
    "take_up",
    "tell_corrected",
    "thank",
    "thaw",
    "unarchive",
    "wish_meeting",
    "wishes_are_met",
    "withdraw",
]
