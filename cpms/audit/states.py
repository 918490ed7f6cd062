"""What the audit trail knows. Every event here is written somewhere; a test says so."""

from django.db import models


class Event(models.TextChoices):
    SIGNED_IN = "signed_in", "signed in"
    SIGN_IN_REFUSED = "sign_in_refused", "one-time code refused"
    SIGNED_OUT = "signed_out", "signed out"
    PLACES_CHANGED = "places_changed", "networks, groups or units changed"
    CLEARANCE_SET = "clearance_set", "centre's data-protection clearance changed"
    ACCESS_ASKED = "access_asked", "access asked for"
    ACCESS_DECIDED = "access_decided", "request for access decided"
    ACCOUNT_INVITED = "account_invited", "account prepared, link mailed"
    ACCOUNT_ACTIVATED = "account_activated", "account activated"
    DEVICE_ENROLLED = "device_enrolled", "second factor enrolled"
    ROLE_GRANTED = "role_granted", "role granted"
    PROFILE_CHANGED = "profile_changed", "profile changed"
    DENIED = "denied", "request refused"
    PATIENT_READ = "patient_read", "patient's data read"
    PATIENT_ENROLLED = "patient_enrolled", "patient enrolled"
    CONSENT_RECORDED = "consent_recorded", "consent recorded"
    CONSENT_FORM_SAVED = "consent_form_saved", "consent form or registry saved"
    CONSENT_WITHDRAWN = "consent_withdrawn", "consent withdrawn"
    CASE_IMPORTED = "case_imported", "case imported from a file"
    CASE_CHANGED = "case_changed", "case changed"
    CASE_EXPORTED = "case_exported", "case taken out as a file"
    PANEL_DRAFTED = "panel_drafted", "panel drafted"
    PANEL_MOVED = "panel_moved", "panel's state changed"
    INVITED = "invited", "invited to a panel"
    INVITATION_ANSWERED = "invitation_answered", "invitation answered"
    INVITATION_ENDED = "invitation_ended", "invitation ended"
    ACCESS_GRANTED = "access_granted", "access to a case granted"
    ACCESS_ENDED = "access_ended", "access to a case ended"
    CONTRIBUTED = "contributed", "advice given"
    COMMENTED = "commented", "message written"
    STANCE_TAKEN = "stance_taken", "agreed, amended or dissented"
    MARKED = "marked", "statement marked for the outcome"
    REWORDED = "reworded", "own words corrected"
    RECALLED = "recalled", "own words recalled"
    DATA_SUPPLIED = "data_supplied", "asked-for data supplied"
    THANKED = "thanked", "advice rated, members thanked"
    QUESTION_ASKED = "question_asked", "quick question asked"
    QUESTION_ANSWERED = "question_answered", "quick question answered"
    QUESTION_CLOSED = "question_closed", "quick question closed"
    MEETING_SCHEDULED = "meeting_scheduled", "meeting scheduled"
    MEETING_HELD = "meeting_held", "meeting held"
    OUTCOME_WRITTEN = "outcome_written", "outcome written"
    OUTCOME_SIGNED = "outcome_signed", "outcome signed"
    DOCUMENT_MADE = "document_made", "outcome document made"
    DOCUMENT_READ = "document_read", "outcome document downloaded"
    KPI_FROZEN = "kpi_frozen", "month's figures frozen"
    KPI_EXPORTED = "kpi_exported", "figures exported"


def event_choices() -> list[tuple[str, str]]:
    """By reference, so that a new event is no migration."""
    return Event.choices


class Result(models.TextChoices):
    DONE = "done", "done"
    REFUSED = "refused", "refused"
