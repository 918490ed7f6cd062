"""The kinds of mails, and which of them wait for nothing, may be refused, or are always asked."""

from __future__ import annotations

from django.db import models


class Notice(models.TextChoices):
    INVITED = "invited", "Invitation to a panel"
    GUEST_INVITED = "guest_invited", "Invitation to a guest"
    REFERRER_INVITED = "referrer_invited", "Invitation to the panel you asked for"
    ACCOUNT_READY = "account_ready", "Activation link"
    ACCOUNT_EXISTS = "account_exists", "Access asked for by somebody who has an account"
    ACCESS_ASKED = "access_asked", "Request for access received"
    ACCESS_ANSWERED = "access_answered", "Request for access answered"
    REQUEST_WAITING = "request_waiting", "A request for access waits"
    DEVICE_CHANGED = "device_changed", "New phone connected"
    CODES_RENEWED = "codes_renewed", "Recovery codes renewed"
    SESSION_ENDED = "session_ended", "Session ended"
    SWITCHED_ON = "switched_on", "Account switched on"
    CODES_REFUSED = "codes_refused", "Several wrong codes"
    RECOVERY_USED = "recovery_used", "Recovery code used"
    PASSWORD_ASKED = "password_asked", "Link for a new password"
    PASSWORD_CHANGED = "password_changed", "Password changed"
    ADDRESS_UNKNOWN = "address_unknown", "New password asked for without an account"
    ADDRESS_ASKED = "address_asked", "New e-mail address asked for"
    ADDRESS_NEW = "address_new", "Link to a new e-mail address"
    ADDRESS_TAKEN = "address_taken", "New e-mail address has an account"
    ADDRESS_CHANGED = "address_changed", "E-mail address changed"
    FACTOR_ASKED = "factor_asked", "New second factor asked for"
    FACTOR_STOPPED = "factor_stopped", "A lost phone was stopped by its owner"
    FACTOR_WAITS = "factor_waits", "A lost phone waits for a second person"
    NOT_SECONDED = "not_seconded", "No second person came, or one said no"
    FACTOR_RESET = "factor_reset", "New second factor"
    ROLE_CHANGED = "role_changed", "Role changed"
    JOINED_CENTRE = "joined_centre", "Account belongs to a hospital"
    ROLE_PROPOSED = "role_proposed", "A role waits for confirmation"
    PLACE_ASKED = "place_asked", "A network asks for a hospital"
    PLACE_DECIDED = "place_decided", "A hospital's further network decided"
    DELEGATION_CHANGED = "delegation_changed", "Assistant named or ended"
    ROLE_ENDS = "role_ends", "A right of yours ends soon"
    ROLE_GIVEN_ENDS = "role_given_ends", "A right that you gave ends soon"
    UNIT_JOINED = "unit_joined", "Somebody joined your unit, which sees its panels"
    UNIT_COVER = "unit_cover", "Whether your whole unit sees its panels"
    LET_IN = "let_in", "Let into a panel for an hour"
    GLASS_ASKED = "glass_asked", "Break-glass waits for a second person"
    GLASS_BROKEN = "glass_broken", "The helpdesk looks into a panel"
    INVITATION_ANSWERED = "invitation_answered", "An invitation was answered"
    MEMBER_LEFT = "member_left", "A member left your panel"
    COLLEAGUE_PROPOSED = "colleague_proposed", "A member proposes a colleague"
    INVITATION_LAPSED = "invitation_lapsed", "An invitation ran out without an answer"
    DISPATCHED = "dispatched", "Panel put before your group or network"
    DISPATCH_DECIDED = "dispatch_decided", "A coordinator took a panel up or forwarded it"
    DISPATCH_RETURNED = "dispatch_returned", "A coordinator asks a question"
    PEOPLE_NAMED = "people_named", "A coordinator names people to invite"
    REFERRAL_RECEIVED = "referral_received", "Question from outside received"
    REFERRAL_WAITING = "referral_waiting", "A question from outside waits"
    REFERRAL_ANSWERED = "referral_answered", "Question from outside answered"
    REFERRAL_PASSED_ON = "referral_passed_on", "Question from outside passed on"
    REFERRAL_YOURS = "referral_yours", "Asked to open a panel"
    ENOUGH_ADVICE = "enough_advice", "Enough advice is there"
    TERMS_CHANGED = "terms_changed", "The day of a panel moved"
    URGENCY_CHANGED = "urgency_changed", "The urgency of a panel changed"
    PANEL_MOVED = "panel_moved", "A panel took its next step"
    MEETING_PROPOSED = "meeting_proposed", "A meeting is proposed"
    ANSWER_LATE = "answer_late", "Your answer is awaited"
    NUDGED = "nudged", "The lead asks how far you are"
    SUBSTITUTE_WANTED = "substitute_wanted", "Advice is late"
    HELP_WANTED = "help_wanted", "A panel of your group needs people"
    MENTIONED = "mentioned", "You are mentioned"
    NEW_ADVICE = "new_advice", "New advice"
    NEW_MESSAGE = "new_message", "New message"
    VIEW_TAKEN = "view_taken", "Somebody would change a statement or dissents"
    REWORDED = "reworded", "Words in a panel were corrected"
    DATA_ADDED = "data_added", "Asked-for data is there"
    CASE_CORRECTED = "case_corrected", "A patient corrected a case"
    REGISTRY_CORRECTED = "registry_corrected", "A case taken out for a registry was corrected"
    THANKED = "thanked", "Thanks"
    QUESTION_ASKED = "question_asked", "Quick question to a group"
    QUESTION_OPEN = "question_open", "A quick question of a group is not answered"
    QUESTION_LEFT = "question_left", "A quick question is left to a group's coordinators"
    QUESTION_ANSWERED = "question_answered", "Answer to a quick question"
    MEETING = "meeting", "Meeting"
    MEETING_MOVED = "meeting_moved", "Meeting moved"
    MEETING_CHANGED = "meeting_changed", "Meeting changed"
    MEETING_CALLED_OFF = "meeting_called_off", "Meeting called off"
    MEETING_LEFT = "meeting_left", "No longer asked to a meeting"
    MEETING_SOON = "meeting_soon", "Meeting soon"
    HOLD_WANTED = "hold_wanted", "A meeting is to be noted as held"
    MEETING_HELD = "meeting_held", "A meeting counts as held"
    AGENDA = "agenda", "Agenda of a meeting changed"
    TAKEN_OFF = "taken_off", "Panel taken off the agenda of a meeting"
    DATES = "dates", "Dates proposed for a meeting"
    DATES_PASSED = "dates_passed", "Proposed dates have passed"
    PRESENTER = "presenter", "Asked to present a panel"
    NOT_PRESENTER = "not_presenter", "No longer asked to present a panel"
    SERIES = "series", "Series of meetings"
    SERIES_CHANGED = "series_changed", "Series of meetings changed"
    SERIES_BEFORE = "series_before", "Dates of a series before its change"
    SERIES_LEFT = "series_left", "No longer asked to a series of meetings"
    SERIES_ENDED = "series_ended", "Series of meetings ended"
    PEOPLE_LEFT = "people_left", "People taken off a series of meetings"
    SIGN_WANTED = "sign_wanted", "Signature wanted"
    OUTCOME_CORRECTED = "outcome_corrected", "Outcome corrected"
    DOCUMENT_FAILED = "document_failed", "A document could not be made"
    FOLLOW_UP_WANTED = "follow_up_wanted", "What became of the advice?"
    SURVEY = "survey", "Survey"
    SURVEY_REMINDER = "survey_reminder", "Survey still open"
    PANEL_CLOSED = "panel_closed", "Panel closed"
    PANEL_SHELVED = "panel_shelved", "Panel put into the archive or taken out"
    PANEL_ENDED = "panel_ended", "Panel ended"
    CONSENT_AGAIN = "consent_again", "A consent is to be asked for again"
    KEEP_OR_ERASE = "keep_or_erase", "A patient's data is to be looked at again"
    HANDED_OVER = "handed_over", "Patients handed over to you"
    LEFT_BEHIND = "left_behind", "Nobody answers for patients of your hospital"
    UNREPRESENTED = "unrepresented", "A hospital that nobody represents has patients left behind"
    REMINDER = "reminder", "Reminder"
    PANEL_IDLE = "panel_idle", "A panel stands still"
    COME_BACK = "come_back", "The helpdesk asks whether something keeps you away"
    CENTRE_QUIET = "centre_quiet", "No panel from your hospital for a long time"
    TICKET_WAITING = "ticket_waiting", "A ticket waits for the helpdesk"
    TICKET_MOVED = "ticket_moved", "News on your ticket"
    FIGURES_FAILED = "figures_failed", "A file of figures could not be made"
    MONTH_FROZEN = "month_frozen", "A month's figures are there"
    DIGEST = "digest", "Daily mail"


def notice_choices() -> list[tuple[str, str]]:
    """By reference, so that a new notice is no migration."""
    return Notice.choices


WARNINGS = frozenset(
    {
        Notice.DEVICE_CHANGED,
        Notice.CODES_RENEWED,
        Notice.SESSION_ENDED,
        Notice.SWITCHED_ON,
        Notice.CODES_REFUSED,
        Notice.RECOVERY_USED,
        Notice.PASSWORD_ASKED,
        Notice.PASSWORD_CHANGED,
        Notice.FACTOR_ASKED,
        Notice.FACTOR_RESET,
        Notice.ROLE_CHANGED,
    }
)
"""What its owner may not have done: it goes to the address that the account had then, even if it has another one since."""
ALWAYS_AT_ONCE = WARNINGS | frozenset(
    {
        Notice.GUEST_INVITED,
        Notice.ACCOUNT_READY,
        Notice.ACCOUNT_EXISTS,
        Notice.ACCESS_ASKED,
        Notice.ACCESS_ANSWERED,
        Notice.MEETING,
        Notice.MEETING_MOVED,
        Notice.MEETING_CHANGED,
        Notice.MEETING_CALLED_OFF,
        Notice.MEETING_LEFT,
        Notice.MEETING_SOON,
        Notice.SERIES,
        Notice.SERIES_CHANGED,
        Notice.SERIES_BEFORE,
        Notice.SERIES_LEFT,
        Notice.SERIES_ENDED,
        Notice.DIGEST,
        Notice.REFERRAL_RECEIVED,
        Notice.REFERRAL_ANSWERED,
        Notice.REFERRAL_PASSED_ON,
        Notice.ADDRESS_UNKNOWN,
        Notice.ADDRESS_ASKED,
        Notice.ADDRESS_NEW,
        Notice.ADDRESS_TAKEN,
        Notice.ADDRESS_CHANGED,
        Notice.FACTOR_STOPPED,
        Notice.JOINED_CENTRE,
        Notice.DELEGATION_CHANGED,
        Notice.UNIT_COVER,
        Notice.UNIT_JOINED,
        Notice.GLASS_BROKEN,
    }
)
"""Links that end, calendar entries, what touches an account, and the daily mail itself: no preference holds them back."""
NEWS = frozenset(
    {
        Notice.INVITATION_ANSWERED,
        Notice.DISPATCH_DECIDED,
        Notice.ENOUGH_ADVICE,
        Notice.TERMS_CHANGED,
        Notice.URGENCY_CHANGED,
        Notice.PANEL_SHELVED,
        Notice.PANEL_MOVED,
        Notice.NEW_ADVICE,
        Notice.NEW_MESSAGE,
        Notice.AGENDA,
        Notice.PEOPLE_LEFT,
        Notice.CASE_CORRECTED,
        Notice.THANKED,
        Notice.QUESTION_ASKED,
        Notice.QUESTION_OPEN,
        Notice.QUESTION_ANSWERED,
        Notice.PANEL_CLOSED,
        Notice.SURVEY,
        Notice.SURVEY_REMINDER,
        Notice.TICKET_MOVED,
        Notice.MONTH_FROZEN,
    }
)
"""Good to know. Who wants only what is asked of them gets none of these."""
ASKED = frozenset(
    {
        Notice.INVITED,
        Notice.REFERRER_INVITED,
        Notice.REGISTRY_CORRECTED,
        Notice.DISPATCHED,
        Notice.DISPATCH_RETURNED,
        Notice.PEOPLE_NAMED,
        Notice.REFERRAL_WAITING,
        Notice.REFERRAL_YOURS,
        Notice.MENTIONED,
        Notice.MEETING_PROPOSED,
        Notice.PRESENTER,
        Notice.NOT_PRESENTER,
        Notice.HOLD_WANTED,
        Notice.MEETING_HELD,
        Notice.TAKEN_OFF,
        Notice.DATES,
        Notice.DATES_PASSED,
        Notice.ANSWER_LATE,
        Notice.NUDGED,
        Notice.MEMBER_LEFT,
        Notice.COLLEAGUE_PROPOSED,
        Notice.VIEW_TAKEN,
        Notice.REWORDED,
        Notice.DATA_ADDED,
        Notice.INVITATION_LAPSED,
        Notice.SUBSTITUTE_WANTED,
        Notice.HELP_WANTED,
        Notice.QUESTION_LEFT,
        Notice.REQUEST_WAITING,
        Notice.ROLE_PROPOSED,
        Notice.ROLE_ENDS,
        Notice.ROLE_GIVEN_ENDS,
        Notice.FACTOR_WAITS,
        Notice.NOT_SECONDED,
        Notice.PLACE_ASKED,
        Notice.PLACE_DECIDED,
        Notice.LET_IN,
        Notice.GLASS_ASKED,
        Notice.SIGN_WANTED,
        Notice.OUTCOME_CORRECTED,
        Notice.DOCUMENT_FAILED,
        Notice.FIGURES_FAILED,
        Notice.FOLLOW_UP_WANTED,
        Notice.PANEL_ENDED,
        Notice.CONSENT_AGAIN,
        Notice.KEEP_OR_ERASE,
        Notice.HANDED_OVER,
        Notice.LEFT_BEHIND,
        Notice.UNREPRESENTED,
        Notice.REMINDER,
        Notice.PANEL_IDLE,
        Notice.COME_BACK,
        Notice.CENTRE_QUIET,
        Notice.TICKET_WAITING,
    }
)
"""Asked of somebody, or ending what was asked: never left out, at the latest part of the daily mail."""
