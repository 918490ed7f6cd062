"""What each field of the database holds, as privacy sees it. A field that nobody placed fails the tests."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from django.apps import apps
from django.db import models

OURS = ("cpms.", "consent", "panels", "outcomes", "helpdesk")


class Privacy(StrEnum):
    CLINICAL = "words about a patient, or what identifies one: sealed under the key of the patient or of the draft"
    CODED = "codes and figures about a patient who has a pseudonym only"
    PERSONAL = "about people who work here or ask to"
    KEY = "opens something: digests, keys, seeds"
    SHARED = "the same for everybody: catalogues, forms, places, settings"
    TECHNICAL = "states, counts and references"


CLINICAL = """
    drafts.Draft: body
    patients.Patient: nickname local_id
    consent.Consent: kept_at
    consent.Review: reason
    cases.Case: summary age_at_entry origin
    cases.Diagnosis: note origin label onset
    cases.Finding: note origin label onset qualifiers
    cases.LabResult: note origin label text_value unit unit_label taken
    cases.Variant: note origin gene hgvs zygosity significance
    cases.Treatment: note origin label
    cases.CaseImport: filename left_out
    cases.CaseFile: filename caption report fingerprint
    cases.FilePiece: data
    cases.CaseAnswers: answers
    cases.Rectification: written says
    panels.Invitation: reason_text better_name asked_name asked_hospital asked_country
    panels.Panel: title question
    panels.Assist: reason
    panels.Dispatch: note reason
    panels.Question: text
    panels.Answer: text
    panels.Referral: text note reason
    panels.Contribution: text quote
    panels.Stance: text
    panels.Thanks: text
    panels.Message: text quote
    panels.Wording: text
    meetings.MeetingDecision: text dissent taken
    outcomes.Outcome: conclusion plain
    outcomes.AdviceItem: text owner dissent
    outcomes.OutcomeVersion: body reason
    outcomes.OutcomeSave: body
    outcomes.SignOff: text
    outcomes.Effect: text
    outcomes.FollowUp: patient_view
    outcomes.AdviceDone: text because
    outcomes.Topic: text
    outcomes.OutcomeDocument: pdf facts
    people.GlassBreak: reason
    people.Outreach: said next_step
    tickets.Ticket: text
    tickets.Reply: text
"""
CODED = """
    audit.AuditEvent: patient_id
    patients.Patient: pseudonym birth_year birth_month sex karyotypic_sex country route
    consent.Consent: stage registry answer given_by given_on language
    cases.Case: years_at_entry
    cases.Diagnosis: system code status
    cases.Finding: code present
    cases.LabResult: system code comparator value low high range_source
    cases.Treatment: kind code
    panels.Contribution: kind certainty
    panels.Stance: kind
    panels.Wording: kind
    outcomes.AdviceItem: kind strength
    outcomes.Effect: kind
    outcomes.FollowUp: months benefit
    outcomes.AdviceDone: done
"""
PERSONAL = """
    audit.AuditEvent: actor_id on_behalf_of_id
    accounts.User: email display_name job_title guest_hospital country zone language theme shortcuts languages care away_until last_login
    accounts.Membership: role country registry
    accounts.Expertise: system code name
    accounts.TotpDevice: name
    accounts.RecoveryDevice: name
    accounts.ExpertGroup: name
    accounts.UnitCover: reason
    drafts.Draft: label
    notifications.MailWish: pace daily_at quiet_from quiet_to
    notifications.OutboxMessage: address calendar lines
    panels.TimeSpent: seconds said_minutes
    panels.SavedFilter: query label
    panels.Referral: name email hospital country
    vault.Envelope: sealed
    people.AccessRequest: email display_name job_title role why reason
    people.RoleProposal: role registry
    people.LostPhone: how_checked
    people.Outreach: whom
    people.WhyAway: reason
    people.TableRow: cells problems
"""
KEYS = """
    vault.DataKey: wrapped
    accounts.User: password
    accounts.TotpDevice: seed
    accounts.RecoveryCode: digest
    accounts.ActivationLink: digest
    patients.Patient: local_id_token
    cases.LabAlias: token
    panels.Referral: digest
    meetings.CalendarFeed: digest
    meetings.Meeting: room
    meetings.VideoService: secret
    people.AccessRequest: digest
"""
SHARED = """
    terminology.Terminology: system licence attribution version
    terminology.Concept: code name kind replaced_by definition search_name search_text search_words
    terminology.ConceptSynonym: text
    accounts.Network: code name topic
    accounts.ThematicGroup: number name
    accounts.Centre: name city country
    accounts.CentreMembership: kind
    accounts.Unit: name
    accounts.AdvocacyGroup: name country
    notifications.ChasingRule: about days
    consent.ConsentForm: language title body version
    consent.Registry: code name opened_on
    consent.RegistryRelease: purpose
    cases.LabAlias: analyte
    cases.GroupRange: analyte sex age_from age_to condition low high unit source address since
    cases.CaseForm: slug title network number body version
    meetings.MeetingSeries: name rhythm rule zone minutes slots link
    meetings.Meeting: minutes zone link
    meetings.DatePoll: minutes link zone
    meetings.VideoService: kind address app_id
    people.Table: kind name header
    tickets.StatusEntry: kind title words
    helpdesk.MonthlyKpi: country stands_in registered active panels_opened panels_closed figures
    helpdesk.KpiCorrection: figure was now
    helpdesk.FigureFile: data
"""
TECHNICAL = """
    jobs.Job: task ids state attempts
    jobs.LastRun: task
    vault.DataKey: kek_name
    vault.Envelope: purpose
    audit.AuditEvent: event result subject_type subject_id route request_id detail
    audit.AuditSeal: number first_id last_id events digest
    audit.AuditHead: number last_id digest next_id waits_for
    accounts.TotpDevice: throttling_failure_count seal_id last_step
    accounts.RecoveryDevice: throttling_failure_count
    accounts.ActivationLink: next_path
    drafts.Draft: form path
    drafts.PostKey: key location
    notifications.WorkItem: verb subject_type subject_id ref path reminders settled_how
    notifications.OutboxMessage: notice dedupe_key about_type about_id ref path state attempts doubts
    consent.Review: kind decision
    cases.Diagnosis: position
    cases.Finding: position
    cases.LabResult: position
    cases.Variant: position
    cases.Treatment: position
    cases.CaseImport: taken
    cases.CaseFile: kind state reason size pages
    cases.FilePiece: of number width height
    cases.Rectification: part asked_by
    panels.Assist: kind
    panels.Invitation: kind state reason
    panels.Panel: ref urgency quorum escalated state
    panels.PanelStep: verb source target unanswered
    panels.PanelCounter: year last
    panels.TimeSpent: year
    panels.Dispatch: state
    panels.Referral: urgency state
    panels.Thanks: useful
    meetings.MeetingSeries: sequence version
    meetings.Meeting: state sequence
    meetings.AgendaItem: position minutes seconds
    meetings.MeetingDecision: taken_version
    meetings.DateAnswer: can
    outcomes.Outcome: state number
    outcomes.AdviceItem: position
    outcomes.OutcomeVersion: number
    outcomes.OutcomeSave: number
    outcomes.SignOff: number decision about
    outcomes.AdviceDone: number
    outcomes.Topic: state
    outcomes.OutcomeDocument: number edition language state tries code fingerprint file_hash
    outcomes.SurveyRound: number
    outcomes.SurveyAsked: kind
    outcomes.SurveyAnswer: kind useful valued again reasons
    helpdesk.Nudge: kind
    helpdesk.FigureFile: kind period state progress count tries rights
    people.AccessRequest: state
    people.RoleProposal: state
    people.LostPhone: state
    people.GlassBreak: state
    people.PlaceProposal: kind state
    people.Outreach: way
    people.TableRow: number state
    tickets.Ticket: kind route panel_ref state
    tickets.StatusEntry: state
"""
PLACED = {
    Privacy.CLINICAL: CLINICAL,
    Privacy.CODED: CODED,
    Privacy.PERSONAL: PERSONAL,
    Privacy.KEY: KEYS,
    Privacy.SHARED: SHARED,
    Privacy.TECHNICAL: TECHNICAL,
}


def placed() -> Iterator[tuple[str, Privacy]]:
    """Each field named above (``cases.Finding.code``) with its class, in the order of the lists."""
    for privacy, lines in PLACED.items():
        for line in lines.strip().splitlines():
            model, _, names = line.strip().partition(": ")
            yield from ((f"{model}.{name}", privacy) for name in names.split())


def fields() -> Iterator[tuple[str, models.Field]]:
    """Every column of our own tables."""
    for model in apps.get_models():
        if model._meta.app_config.name.startswith(OURS) and not model._meta.proxy:
            yield from ((f"{model._meta.label}.{field.name}", field) for field in model._meta.concrete_fields)


def needs_no_place(field: models.Field) -> bool:
    """Keys, references, moments, yes or no, and the number of the version hold nothing of their own: technical unless
    placed otherwise."""
    plain = isinstance(field, models.DateField | models.TimeField | models.BooleanField)
    counter = field.name == "version" and isinstance(field, models.PositiveIntegerField)
    key = field.primary_key and isinstance(field, models.UUIDField | models.AutoField | models.BigAutoField)
    return field.is_relation or plain or counter or key
