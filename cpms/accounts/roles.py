"""Roles, what they are held on, and the verbs a rule is asked about. Tables only, no queries."""

from django.db import models


class Role(models.TextChoices):
    CLINICIAN = "clinician", "Clinician"
    REPRESENTATIVE = "representative", "Centre representative"
    SUBSTITUTE = "substitute", "Substitute representative"
    GROUP_COORDINATOR = "group_coordinator", "Thematic-group coordinator"
    NETWORK_COORDINATOR = "network_coordinator", "Network coordinator"
    HELPDESK_ADULT = "helpdesk_adult", "Helpdesk, adult care"
    HELPDESK_PAEDIATRIC = "helpdesk_paediatric", "Helpdesk, paediatric care"
    CORE_HELPDESK = "core_helpdesk", "Core helpdesk"
    RESEARCHER = "researcher", "Researcher"
    NATIONAL_OFFICER = "national_officer", "National officer"


class Care(models.TextChoices):
    """Whom a clinician looks after."""

    ADULT = "adult", "adults"
    PAEDIATRIC = "paediatric", "children"
    BOTH = "both", "adults and children"


STAFF_ROLES = frozenset({Role.HELPDESK_ADULT, Role.HELPDESK_PAEDIATRIC, Role.CORE_HELPDESK})
HELPDESK_ROLES = frozenset({Role.HELPDESK_ADULT, Role.HELPDESK_PAEDIATRIC})
CENTRE_ROLES = frozenset({Role.CLINICIAN, Role.REPRESENTATIVE, Role.SUBSTITUTE})
REPRESENTING_ROLES = frozenset({Role.REPRESENTATIVE, Role.SUBSTITUTE})
DECIDING_ROLES = REPRESENTING_ROLES | {Role.NETWORK_COORDINATOR}
OVERSEEING_ROLES = frozenset({Role.NETWORK_COORDINATOR, Role.HELPDESK_ADULT, Role.HELPDESK_PAEDIATRIC})
PLACING_ROLES = OVERSEEING_ROLES | {Role.CORE_HELPDESK}
MANAGING_ROLES = DECIDING_ROLES | STAFF_ROLES
COORDINATING_ROLES = frozenset({Role.GROUP_COORDINATOR, Role.NETWORK_COORDINATOR})
KPI_ROLES = COORDINATING_ROLES | STAFF_ROLES | REPRESENTING_ROLES | {Role.NATIONAL_OFFICER}
GRANTED_BY: dict[str, frozenset[Role]] = {
    Role.CLINICIAN: DECIDING_ROLES,
    Role.SUBSTITUTE: frozenset({Role.REPRESENTATIVE}) | OVERSEEING_ROLES,
    Role.REPRESENTATIVE: OVERSEEING_ROLES,
    Role.GROUP_COORDINATOR: frozenset({Role.NETWORK_COORDINATOR}),
    Role.NETWORK_COORDINATOR: frozenset({Role.NETWORK_COORDINATOR, Role.CORE_HELPDESK}),
    Role.HELPDESK_ADULT: frozenset({Role.NETWORK_COORDINATOR, Role.CORE_HELPDESK}),
    Role.HELPDESK_PAEDIATRIC: frozenset({Role.NETWORK_COORDINATOR, Role.CORE_HELPDESK}),
    Role.CORE_HELPDESK: frozenset({Role.CORE_HELPDESK}),
    Role.RESEARCHER: frozenset({Role.NETWORK_COORDINATOR}),
    Role.NATIONAL_OFFICER: frozenset({Role.CORE_HELPDESK}),
}
"""Who may grant and end a role, on what they look after themselves; the core helpdesk looks after everything."""
POWERFUL = STAFF_ROLES | {Role.NETWORK_COORDINATOR, Role.RESEARCHER}
"""Roles that a second person must confirm before they count."""
SECONDED_BY: dict[str, frozenset[Role]] = {Role.RESEARCHER: frozenset({Role.CORE_HELPDESK})}
"""Who may be the second person besides those who grant it: a network with one coordinator has nobody else to ask."""
HELD_ON = {
    "centre": CENTRE_ROLES,
    "group": frozenset({Role.GROUP_COORDINATOR}),
    "network": frozenset({Role.NETWORK_COORDINATOR, Role.HELPDESK_ADULT, Role.HELPDESK_PAEDIATRIC, Role.RESEARCHER}),
}


class Permission(models.TextChoices):
    """Every verb a page or an action asks about. ``docs/access.md`` is generated from the routes that name them."""

    SIGNED_IN = "signed_in", "use pages that show nobody's data but one's own"
    STAFF_SITE = "staff_site", "use the helpdesk's admin site"
    ACCESS_LIST = "access_list", "list requests for access"
    ACCESS_DECIDE = "access_decide", "approve or refuse a request for access"
    CENTRE_LIST = "centre_list", "list the centres one represents or oversees"
    CENTRE_READ = "centre_read", "see a centre's people, and name its units"
    CENTRE_COVER = "centre_cover", "let a whole unit of one's hospital see its panels for a time"
    CENTRE_CLEAR = "centre_clear", "record a centre's data-protection clearance"
    CENTRE_EVIDENCE = "centre_evidence", "take out what a centre did, for its evaluation"
    CENTRE_PLACE = "centre_place", "add hospitals, and say which networks they belong to"
    PLACE_CONFIRM = "place_confirm", "confirm that one more network counts a hospital among its own"
    PLACE_TAKE_BACK = "place_take_back", "ask no more for a hospital that others look after"
    OUTREACH_LOG = "outreach_log", "write down what was spoken with a hospital"
    OUTREACH_CORRECT = "outreach_correct", "correct one's own entry of the outreach log"
    OUTREACH_DONE = "outreach_done", "say that the next step with a hospital was taken"
    OUTREACH_FORGET = "outreach_forget", "take the words of an entry of the outreach log out for good"
    TABLE_READ = "table_read", "see a table of centres or people that was read"
    TABLE_TAKE = "table_take", "take the good rows of a table in"
    PERSON_LIST = "person_list", "list the accounts one looks after"
    PERSON_READ = "person_read", "see an account and its roles"
    PERSON_MANAGE = "person_manage", "grant and end roles, switch an account off"
    ADDRESS_FREE = "address_free", "free the address of an account that nobody ever used"
    PERSON_AWAY = "person_away", "write down why somebody stays away"
    FACTOR_ASK = "factor_ask", "ask for a new second factor for somebody who lost the phone"
    FACTOR_CONFIRM = "factor_confirm", "confirm, as a second person, that somebody gets a new second factor"
    ROLE_CONFIRM = "role_confirm", "confirm, as a second person, a powerful role"
    DIRECTORY = "directory", "look for experts"
    EXPERT_READ = "expert_read", "see an expert's page"
    EXPERT_GROUP_READ = "expert_group_read", "see a saved group of experts"
    EXPERT_GROUP_CHANGE = "expert_group_change", "change one's own saved group of experts"
    PATIENT_LIST = "patient_list", "list one's own patients"
    PATIENT_READ = "patient_read", "see the patient's page"
    PATIENT_DESCRIBE = "patient_describe", "correct what is written down of a patient"
    PATIENT_EXPORT = "patient_export", "take out everything held about a patient"
    PATIENT_ERASE = "patient_erase", "erase a patient"
    PATIENT_HAND_OVER = "patient_hand_over", "hand one's own patients over to a colleague"
    CENTRE_HAND_OVER = "centre_hand_over", "hand over the patients whom nobody answers for"
    REVIEW_LIST = "review_list", "list what is to be looked at again about one's patients"
    REVIEW_READ = "review_read", "see what is to be looked at again about a patient"
    REVIEW_DECIDE = "review_decide", "keep a patient's data with a reason, or erase the patient"
    REGISTRY_LIST = "registry_list", "list the registries one does research for"
    REGISTRY_READ = "registry_read", "see how many cases a registry may receive"
    REGISTRY_RECEIVE = "registry_receive", "take the cases out that a registry may receive, de-identified"
    SIGHT_READ = "sight_read", "see who can see a case and who has read it"
    CONSENT_RECORD = "consent_record", "record or withdraw consent"
    PANEL_AGAIN = "panel_again", "start another panel for a known patient"
    CASE_EDIT = "case_edit", "correct the case"
    CASE_RECTIFY = "case_rectify", "write down what the patient says is wrong"
    CASE_EXPORT = "case_export", "take the case out as a file"
    RANGE_SET = "range_set", "confirm and set a group's laboratory ranges"
    FILE_READ = "file_read", "look at a file of a case and download it"
    FILE_REMOVE = "file_remove", "take a file out of a case"
    PANEL_LIST = "panel_list", "list the panels one takes part in"
    PANEL_DRAFT = "panel_draft", "enrol a patient and draft a panel"
    PANEL_PREPARE = "panel_prepare", "prepare a draft panel"
    PANEL_READ = "panel_read", "read a panel and its case"
    PANEL_OPEN = "panel_open", "open a panel"
    ASSIST_GIVE = "assist_give", "let somebody of the helpdesk look on for an hour"
    GLASS_ASK = "glass_ask", "ask a second person to open a panel to the helpdesk"
    GLASS_CONFIRM = "glass_confirm", "confirm, as a second person, that the helpdesk looks into a panel"
    PANEL_WITHDRAW = "panel_withdraw", "withdraw a panel"
    PANEL_REOPEN = "panel_reopen", "reopen a closed panel"
    PANEL_TERMS = "panel_terms", "move the answer-by day, set how many experts are enough"
    PANEL_WISH = "panel_wish", "wish for a meeting"
    PANEL_LEAVE = "panel_leave", "leave a panel that one belongs to"
    PANEL_PROPOSE = "panel_propose", "propose a colleague for a panel that one belongs to"
    INVITATION_NUDGE = "invitation_nudge", "remind somebody who has not answered"
    PANEL_TIME = "panel_time", "say how much time one spent on a panel"
    PANEL_ARCHIVE = "panel_archive", "put a panel into the archive"
    PANEL_UNARCHIVE = "panel_unarchive", "take a panel out of the archive"
    PANEL_ASK = "panel_ask", "look for people to ask"
    PANEL_INVITE = "panel_invite", "invite experts and guests"
    PANEL_ADDRESS = "panel_address", "put a panel before a group or network"
    DISPATCH_LIST = "dispatch_list", "list the panels put before one's groups and networks"
    DISPATCH_READ = "dispatch_read", "see the question of a panel put before one's group or network"
    DISPATCH_DECIDE = "dispatch_decide", "take a panel up, forward it, or return it with a question"
    DISPATCH_NAME = "dispatch_name", "name people for the lead to invite"
    DISPATCH_CLARIFY = "dispatch_clarify", "answer a coordinator's question"
    REFERRAL_LIST = "referral_list", "list the referrals from outside that lie with one"
    REFERRAL_READ = "referral_read", "read a referral from outside"
    REFERRAL_DECIDE = "referral_decide", "accept a referral, pass it on, or decline it"
    PANEL_CONTRIBUTE = "panel_contribute", "give advice"
    PANEL_COMMENT = "panel_comment", "write a message"
    PANEL_STANCE = "panel_stance", "agree, amend or dissent"
    PANEL_MARK = "panel_mark", "mark statements for the outcome"
    PANEL_REWORD = "panel_reword", "correct or recall one's own words"
    PANEL_SUPPLY = "panel_supply", "say that asked-for data is there"
    PANEL_THANK = "panel_thank", "rate the advice and thank"
    QUESTION_LIST = "question_list", "list the quick questions put to one's groups"
    QUESTION_ASK = "question_ask", "put a quick question to a group"
    QUESTION_READ = "question_read", "read a quick question"
    QUESTION_ANSWER = "question_answer", "answer a quick question"
    QUESTION_CLOSE = "question_close", "close a quick question"
    TICKET_LIST = "ticket_list", "list one's own tickets and those that one's helpdesk looks after"
    TICKET_RAISE = "ticket_raise", "ask the helpdesk"
    TICKET_READ = "ticket_read", "read a ticket"
    TICKET_REPLY = "ticket_reply", "reply in a ticket's thread"
    TICKET_CLOSE = "ticket_close", "close a ticket"
    TICKET_FORGET = "ticket_forget", "take the words of a ticket out for good"
    TICKET_ESCALATE = "ticket_escalate", "put a ticket before the core helpdesk"
    TICKET_GIVE_BACK = "ticket_give_back", "give a ticket back to the network's helpdesk"
    TICKET_CONSULT = "ticket_consult", "ask another network's helpdesk into a ticket"
    TICKET_LINK = "ticket_link", "say which entry of the public page tells of a ticket"
    STATUS_PUBLISH = "status_publish", "tell of a bug or a change request on the public page"
    STATUS_CHANGE = "status_change", "change what the public page says"
    STATUS_VOTE = "status_vote", "vote for a change request"
    INVITATION_READ = "invitation_read", "see one's invitation"
    INVITATION_ANSWER = "invitation_answer", "accept or decline one's invitation"
    INVITATION_WITHDRAW = "invitation_withdraw", "withdraw an invitation or end a membership"
    MEETING_SCHEDULE = "meeting_schedule", "schedule a meeting on a panel"
    MEETING_READ = "meeting_read", "see a meeting and its calendar entry"
    MEETING_HOLD = "meeting_hold", "say that a meeting was held"
    MEETING_LIST = "meeting_list", "list one's meetings"
    MEETING_CHANGE = "meeting_change", "move a meeting, call it off, put its agenda in order"
    AGENDA_TIME = "agenda_time", "say how long a panel's turn is, and who presents it"
    MEETING_JOIN = "meeting_join", "join a meeting's video room"
    DATES_PROPOSE = "dates_propose", "propose dates for a meeting on a panel"
    DATES_READ = "dates_read", "see which dates are proposed, and whom they suit"
    DATES_ANSWER = "dates_answer", "say on which proposed dates one can come"
    DATES_PICK = "dates_pick", "pick a proposed date"
    MEETING_TALK = "meeting_talk", "talk in a room that is kept nowhere"
    MEETING_DECIDE = "meeting_decide", "write down what a meeting decided on a panel"
    MEETING_BRING = "meeting_bring", "bring a panel to a meeting of a series"
    SERIES_READ = "series_read", "see a series of meetings"
    SERIES_START = "series_start", "start a series of meetings"
    SERIES_CHANGE = "series_change", "end a series of meetings"
    OUTCOME_START = "outcome_start", "start the outcome"
    OUTCOME_READ = "outcome_read", "read the outcome and its documents"
    OUTCOME_WRITE = "outcome_write", "write the outcome and ask for signatures"
    OUTCOME_SIGN = "outcome_sign", "sign the outcome or dissent"
    OUTCOME_CORRECT = "outcome_correct", "correct the outcome of a closed panel"
    OUTCOME_FOLLOW = "outcome_follow", "say what became of the advice"
    TOPIC_LIST = "topic_list", "list the topics that one's groups had no experience with"
    TOPIC_DECIDE = "topic_decide", "decide what a group makes of a topic"
    SURVEY_LIST = "survey_list", "open survey rounds of one's network and see what they say"
    SURVEY_CLOSE = "survey_close", "close a survey round"
    SURVEY_ANSWER = "survey_answer", "answer a survey round"
    EFFECT_READ = "effect_read", "see whether the advice of a network helped, by group"
    PANEL_CLOSE = "panel_close", "close a panel"
    DOCUMENT_READ = "document_read", "download the outcome document"
    CHASING = "chasing", "set after how many days a network reminds"
    KPI_READ = "kpi_read", "see and download the month's figures"
    KPI_FILE_AGAIN = "kpi_file_again", "ask again for a file of figures that could not be made"
