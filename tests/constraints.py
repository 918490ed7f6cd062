"""How each named constraint of our models is broken. A constraint without an entry fails ``tests/test_conventions.py``."""

from __future__ import annotations

import datetime as dt
import uuid

from django.apps import apps
from django.db import models
from django.db.models import F

from consent.models import Consent, ConsentForm, RegistryRelease, Review
from cpms import clock
from cpms.accounts.models import (
    ActivationLink,
    AdvocacyGroup,
    Centre,
    CentreMembership,
    Delegation,
    ExpertGroup,
    Expertise,
    Membership,
    RecoveryCode,
    ThematicGroup,
    Unit,
    UnitCover,
    User,
)
from cpms.drafts.models import Draft, PostKey
from cpms.jobs.models import Job
from cpms.notifications.models import ChasingRule, MailWish, OutboxMessage, WorkItem
from cpms.patients.models import Patient
from cpms.terminology.models import Concept, ConceptEdge, ConceptSynonym, Terminology
from cpms.vault.models import DataKey
from helpdesk.models import FigureFile, KpiCorrection, MonthlyKpi, Nudge
from helpdesk.people.models import (
    AccessRequest,
    GlassBreak,
    LostPhone,
    Outreach,
    PlaceProposal,
    RoleProposal,
    Table,
    TableRow,
)
from helpdesk.tickets.models import Consultation, StatusEntry, Ticket, Vote
from outcomes.models import (
    AdviceDone,
    FollowUp,
    Outcome,
    OutcomeDocument,
    OutcomeSave,
    OutcomeVersion,
    SignOff,
    SurveyAnswer,
    SurveyAsked,
    SurveyRound,
    Topic,
)
from panels.cases.models import CaseAnswers, CaseFile, CaseForm, FilePiece, GroupRange, LabAlias
from panels.meetings.models import AgendaItem, Attendance, DateAnswer, DatePoll, Meeting, MeetingSeries, ProposedDate
from panels.models import (
    Assist,
    Contribution,
    Dispatch,
    Invitation,
    MeetingWish,
    Message,
    Panel,
    PanelCounter,
    Question,
    Referral,
    SavedFilter,
    Stance,
    Thanks,
    TimeSpent,
    Visit,
    Wording,
)

OURS = ("cpms", "consent", "panels", "outcomes", "helpdesk")
NOW, DAY = clock.now(), dt.timedelta(days=1)

# name: model, which row to spoil, and each way to spoil it
CHECKS = {
    "accounts_centre_membership_dates": (CentreMembership, {}, [{"until": F("since") - DAY}]),
    "accounts_cover_dates": (UnitCover, {}, [{"valid_to": F("valid_from") - DAY}, {"valid_to": F("valid_from") + 61 * DAY}]),
    "accounts_cover_has_reason": (UnitCover, {}, [{"reason": ""}]),
    "accounts_delegation_dates": (Delegation, {}, [{"valid_to": F("valid_from") - DAY}]),
    "accounts_deputy_is_somebody_else": (User, {}, [{"deputy": F("id"), "away_until": NOW.date()}]),
    "accounts_deputy_while_away": (User, {"away_until": None}, [lambda: {"deputy": User._base_manager.filter(away_until=None).order_by("pk")[1]}]),
    "accounts_ended_cover_says_who": (UnitCover, {"ended_at": None}, [{"ended_at": NOW}, {"ended_by": F("given_by")}]),
    "accounts_ended_delegation_says_who": (Delegation, {"ended_at": None}, [{"ended_at": NOW}, {"ended_by": F("clinician")}]),
    "accounts_ended_role_says_who": (Membership, {"ended_at": None}, [{"ended_at": NOW}, {"ended_by": F("user")}]),
    "accounts_registry_of_a_researcher": (Membership, {"role": "clinician"}, [{"registry": "invented"}]),
    "accounts_email_lower_case": (User, {}, [{"email": "Upper@hospital.example"}]),
    "accounts_link_expires_later": (ActivationLink, {}, [{"expires_at": F("made_at")}]),
    "accounts_membership_dates": (Membership, {}, [{"valid_to": F("valid_from") - DAY}]),
    "accounts_no_self_delegation": (Delegation, {}, [{"assistant": F("clinician")}]),
    "accounts_second_person_is_another": (Membership, {}, [{"granted_by": F("user"), "confirmed_by": F("user")}]),
    "cases_form_published_says_when": (CaseForm, {"published_at": None}, [lambda: {"published_by": User.objects.first()}]),
    "cases_refused_file_says_why": (CaseFile, {"state": "shown"}, [{"reason": "x"}]),
    "cases_shown_file_says_who": (CaseFile, {"state": "shown"}, [{"shown_at": None}, {"state": "ready"}]),
    "concept_active_not_replaced": (Concept, {}, [{"active": True, "replaced_by": "HP:2"}]),
    "concept_edge_not_to_itself": (ConceptEdge, {}, [{"child": F("parent")}]),
    "concept_kind_known": (Concept, {}, [{"kind": "rumour"}]),
    "concept_name_given": (Concept, {}, [{"name": ""}]),
    "consent_kept_until_a_day": (Review, {"decided_at": None}, [{"keep_until": NOW.date()}]),
    "consent_release_has_purpose": (RegistryRelease, {}, [{"purpose": ""}]),
    "consent_review_decided_says_how": (Review, {"decided_at": None}, [{"decided_at": NOW}, {"decision": "over"}, lambda: {"decided_by": User.objects.first()}]),
    "consent_withdrawn_later": (Consent, {"withdrawn_at": None}, [{"withdrawn_at": F("recorded_at") - DAY, "withdrawn_by": F("recorded_by")}]),
    "consent_withdrawn_says_who": (Consent, {"withdrawn_at": None}, [{"withdrawn_at": F("recorded_at")}, {"withdrawn_by": F("recorded_by")}]),
    "helpdesk_nudge_about_one_thing": (Nudge, {}, [{"kind": "panel"}, lambda: {"centre": Centre.objects.first()}]),
    "helpdesk_correction_differs": (KpiCorrection, {}, [{"now": F("was")}]),
    "helpdesk_file_of_period_or_centre": (FigureFile, {"centre": None}, [{"period": ""}, lambda: {"centre": Centre.objects.first()}]),
    "helpdesk_ready_file_has_data": (FigureFile, {"state": "ready"}, [{"state": "waiting"}, {"data": None}]),
    "helpdesk_kpi_first_of_month": (MonthlyKpi, {}, [{"month": dt.date(2020, 1, 2)}]),
    "helpdesk_kpi_centre_stands_somewhere": (MonthlyKpi, {"group": None, "centre": None, "country": ""}, [{"stands_in": "FI"}, lambda: {"centre": Centre.objects.first()}]),
    "helpdesk_kpi_group_or_centre": (MonthlyKpi, {"group": None, "centre": None, "country": ""}, [lambda: {"group": ThematicGroup.objects.first(), "centre": Centre.objects.first(), "stands_in": "FI"}, lambda: {"group": ThematicGroup.objects.first(), "country": "FI"}, lambda: {"centre": Centre.objects.first(), "country": "FI", "stands_in": "FI"}]),
    "jobs_job_done_has_time": (Job, {"state": "waiting"}, [{"state": "done"}, {"done_at": NOW}]),
    "meetings_day_of_series": (Meeting, {"series": None}, [{"day": NOW.date()}]),
    "meetings_series_ends_after_first": (MeetingSeries, {}, [{"ended_on": F("first_on") - DAY}]),
    "meetings_series_minutes_plausible": (MeetingSeries, {}, [{"minutes": 4}, {"minutes": 481}]),
    "meetings_series_slots_plausible": (MeetingSeries, {}, [{"slots": 0}, {"slots": 21}]),
    "meetings_poll_with_meeting_is_closed": (
        DatePoll,
        {"closed_at": None},
        [lambda: {"meeting": Meeting.objects.first()}],
    ),
    "meetings_poll_minutes_plausible": (DatePoll, {}, [{"minutes": 4}, {"minutes": 481}]),
    "meetings_turn_runs_or_is_over": (AgendaItem, {"begun_at": None}, [{"begun_at": NOW, "done_at": NOW}]),
    "meetings_item_minutes_plausible": (AgendaItem, {}, [{"minutes": 0}, {"minutes": 481}]),
    "meetings_held_has_time": (Meeting, {"state": "planned"}, [{"state": "held"}, {"held_at": NOW}]),
    "meetings_minutes_plausible": (Meeting, {}, [{"minutes": 4}, {"minutes": 481}]),
    "notifications_hours_of_a_day": (MailWish, {}, [{"daily_at": 24}, {"quiet_from": 24, "quiet_to": 6}]),
    "notifications_one_addressee": (OutboxMessage, {"address": "", "state": "waiting"}, [{"address": "x@y.example"}, {"recipient": None}, {"recipient": None, "address": "x@y.example", "state": "cancelled"}]),
    "notifications_quiet_from_and_to": (MailWish, {}, [{"quiet_from": 21, "quiet_to": None}]),
    "notifications_sent_has_time": (OutboxMessage, {"address": "", "state": "waiting"}, [{"state": "sent"}, {"sent_at": NOW}]),
    "notifications_settled_says_how": (WorkItem, {"settled_at": None}, [{"settled_at": NOW}, {"settled_how": "done"}]),
    "outcomes_answered_says_who": (FollowUp, {"answered_at": None}, [{"answered_at": NOW}, {"benefit": "yes"}]),
    "outcomes_topic_decided_says_who": (Topic, {"state": "open"}, [{"decided_at": NOW}, {"state": "webinar"}]),
    "outcomes_round_closed_says_who": (SurveyRound, {"closed_at": None}, [{"closed_at": NOW}, {"closed_by": F("opened_by")}]),
    "outcomes_scores_0_to_10": (SurveyAnswer, {}, [{"useful": 11}, {"valued": 11}, {"again": 11}]),
    "outcomes_ready_has_hashes": (OutcomeDocument, {"state": "ready"}, [{"made_at": None}, {"state": "waiting"}]),
    "outcomes_sent_has_number": (Outcome, {"number__gte": 1}, [{"number": 0}, {"sent_at": None}]),
    "outcomes_signature_has_time": (SignOff, {"decision": "pending"}, [{"decision": "signed"}, {"at": NOW}]),
    "panels_assist_by_another": (Assist, {}, [{"given_by": F("who")}]),
    "panels_assist_ended_says_who": (Assist, {"ended_at": None}, [{"ended_at": NOW}, {"ended_by": F("who")}]),
    "panels_assist_lasts_an_hour": (Assist, {}, [{"until": F("given_at")}, {"until": F("given_at") + DAY}]),
    "panels_answer_has_time": (Invitation, {"state": "accepted", "kind": "expert"}, [{"answered_at": None}]),
    "panels_closed_has_time": (Panel, {"state": "closed"}, [{"closed_at": None}, {"state": "open"}]),
    "panels_glass_has_reason": (Assist, {"kind": "lead"}, [{"kind": "glass", "reason": b""}]),
    "panels_guest_has_date": (Invitation, {"kind": "expert"}, [{"guest_until": NOW}, {"kind": "guest"}]),
    "panels_invitation_expires_later": (Invitation, {}, [{"expires_at": F("sent_at")}]),
    "panels_dispatch_decided_says_who": (Dispatch, {"state": "waiting"}, [{"decided_at": NOW}, {"state": "accepted"}]),
    "panels_referral_email_lower_case": (Referral, {}, [{"email": "Upper@hospital.example"}]),
    "panels_referral_decided_says_who": (Referral, {"state": "waiting"}, [{"decided_at": NOW}, {"state": "declined"}, {"state": "expired"}]),
    "panels_accepted_has_clinician": (Referral, {"state": "accepted"}, [{"clinician": None}, {"state": "declined"}]),
    "panels_said_minutes_plausible": (TimeSpent, {}, [{"said_minutes": 60_001}]),
    "panels_quorum_plausible": (Panel, {}, [{"quorum": 0}, {"quorum": 21}]),
    "panels_archived_says_who": (Panel, {"state": "closed"}, [{"archived_at": NOW}, {"archived_by": F("lead")}]),
    "panels_message_answers_one": (Message, {}, [lambda: {"answers_message": Message.objects.first(), "answers_statement": Contribution.objects.first()}]),
    "panels_statement_answers_one": (Contribution, {}, [lambda: {"answers_message": Message.objects.first(), "answers_statement": Contribution.objects.first()}]),
    "panels_marked_says_who": (Contribution, {"marked_at": None}, [{"marked_at": NOW}, {"marked_by": F("author")}]),
    "panels_opened_says_where": (Panel, {"state": "closed"}, [{"centre": None}, {"started_by": None}]),
    "panels_open_has_group_and_time": (Panel, {"state": "closed"}, [{"group": None}, {"opened_at": None}, {"wanted_by": None}]),
    "patients_birth_month_plausible": (Patient, {}, [{"birth_month": 0}, {"birth_month": 13}]),
    "patients_birth_year_plausible": (Patient, {}, [{"birth_year": 1899}, {"birth_year": 2101}]),
    "patients_erased_says_who": (Patient, {"erased_at": None}, [{"erased_at": NOW}, {"erased_by": F("enrolled_by")}]),
    "panels_question_closed_says_who": (Question, {}, [{"closed_at": NOW}, {"closed_by": F("asker")}]),
    "panels_question_grown_is_closed": (Question, {}, [lambda: {"panel": Panel.objects.first()}]),
    "panels_supplied_says_who": (Contribution, {"supplied_at": None}, [{"supplied_at": NOW}, {"supplied_by": F("author")}]),
    "panels_useful_0_to_10": (Thanks, {}, [{"useful": 11}]),
    "panels_wording_of_one": (Wording, {}, [{"contribution": None}, lambda: {"message": Message.objects.first()}, {"kind": "agree"}]),
    "people_approval_has_account": (AccessRequest, {"state": "refused"}, [lambda: {"account": User.objects.first()}, {"state": "approved"}]),
    "people_decided_says_who": (AccessRequest, {"state": "waiting"}, [{"decided_at": NOW}, {"state": "refused", "reason": "x"}]),
    "people_glassbreak_decided_says_who": (GlassBreak, {"state": "waiting"}, [{"decided_at": NOW}, {"state": "dropped"}]),
    "people_glassbreak_two_people": (GlassBreak, {"state": "waiting"}, [{"state": "confirmed", "decided_at": NOW, "decided_by": F("asked_by")}]),
    "people_lostphone_decided_says_who": (LostPhone, {"state": "waiting"}, [{"decided_at": NOW}, {"state": "dropped"}]),
    "people_lostphone_two_people": (LostPhone, {"state": "waiting"}, [{"state": "confirmed", "decided_at": NOW, "decided_by": F("asked_by")}]),
    "people_outreach_done_says_who": (Outreach, {"done_at": None}, [{"done_at": NOW}, {"done_by": F("by")}]),
    "people_outreach_names_whom": (Outreach, {"person": None}, [{"whom": "substitute"}, {"person": F("by")}]),
    "people_outreach_next_says_who": (Outreach, {"next_on__isnull": False}, [{"next_on": None}, {"next_by": None}]),
    "people_outreach_not_itself": (Outreach, {}, [{"corrects": F("id")}]),
    "people_placeproposal_decided_says_who": (PlaceProposal, {"state": "waiting"}, [{"decided_at": NOW}, {"state": "dropped"}]),
    "people_placeproposal_two_people": (PlaceProposal, {"state": "waiting"}, [{"state": "confirmed", "decided_at": NOW, "decided_by": F("asked_by")}]),
    "people_refusal_has_reason": (AccessRequest, {"state": "refused"}, [{"reason": ""}]),
    "people_request_email_lower_case": (AccessRequest, {}, [{"email": "Upper@hospital.example"}]),
    "people_roleproposal_decided_says_who": (RoleProposal, {"state": "waiting"}, [{"decided_at": NOW}, {"state": "dropped"}]),
    "people_roleproposal_two_people": (RoleProposal, {"state": "waiting"}, [{"state": "confirmed", "decided_at": NOW, "decided_by": F("asked_by")}]),
    "tickets_closed_says_who": (Ticket, {"state": "open"}, [{"closed_at": NOW}, {"closed_by": F("asker")}, {"state": "closed"}]),
    "tickets_consultation_says_who": (Consultation, {}, [{"answered_at": NOW}, {"answered_by": F("asked_by")}]),
    "tickets_entry_has_title": (StatusEntry, {}, [{"title": ""}]),
    "tickets_escalated_says_who": (Ticket, {"state": "open"}, [{"state": "escalated"}, {"escalated_at": NOW, "escalated_by": F("asker")}]),
    "tickets_lies_with_somebody": (Ticket, {"state": "open"}, [{"network": None}]),
    "people_table_taken_says_who": (Table, {"taken_at": None}, [{"taken_at": NOW}, {"taken_by": F("read_by")}]),
    "terminology_system_known": (Terminology, {}, [{"system": "MESH"}]),
    "terminology_version_given": (Terminology, {}, [{"version": ""}]),
    "vault_key_is_wrapped_or_destroyed": (DataKey, {"destroyed_at": None}, [{"wrapped": None}, {"destroyed_at": NOW}]),
}  # fmt: skip

# name: model, which row to double, and what has to differ: another unique column, or what breaks a row that nobody may change
DOUBLES = {
    "accounts_advocacy_group_once": (AdvocacyGroup, {}, {}),
    "accounts_centre_in_network_once": (CentreMembership, {}, {}),
    "accounts_centre_once": (Centre, {}, {}),
    "accounts_expert_group_once": (ExpertGroup, {}, {}),
    "accounts_expertise_once": (Expertise, {}, {}),
    "accounts_group_number_once": (ThematicGroup, {}, {}),
    "accounts_open_role_once": (Membership, {"valid_to": None}, {}),
    "accounts_recovery_code_once": (RecoveryCode, {}, {}),
    "accounts_unit_once": (Unit, {}, {}),
    "cases_name_once_per_centre": (LabAlias, {}, {}),
    "cases_form_once_per_case": (CaseAnswers, {}, {}),
    "cases_form_version_once": (CaseForm, {}, {}),
    "cases_range_ages": (GroupRange, {}, {"age_from": 9, "age_to": 9}),
    "cases_range_low_below_high": (GroupRange, {}, {"low": 2, "high": 2}),
    "cases_range_says_source": (GroupRange, {}, {"source": ""}),
    "cases_piece_once": (FilePiece, {}, {}),
    "concept_code_once_per_terminology": (Concept, {}, {}),
    "concept_edge_once": (ConceptEdge, {}, {}),
    "concept_synonym_once": (ConceptSynonym, {}, {}),
    "consent_review_open_once": (Review, {"decided_at": None}, {}),
    "consent_form_version_once": (ConsentForm, {}, {}),
    "consent_one_open_answer": (Consent, {"withdrawn_at": None}, {}),
    "notifications_rule_once": (ChasingRule, {}, {}),
    "panels_time_once": (TimeSpent, {}, {}),
    "panels_filter_once": (SavedFilter, {}, {}),
    "panels_wish_once": (MeetingWish, {}, {}),
    "panels_dispatched_once": (Dispatch, {"state": "waiting"}, {}),
    "drafts_form_once": (Draft, {}, {}),
    "drafts_post_once": (PostKey, {}, {}),
    "helpdesk_kpi_line_once": (MonthlyKpi, {}, {}),
    "helpdesk_nudged_once_a_day": (Nudge, {}, {}),
    "meetings_series_day_once": (Meeting, {"series__isnull": False}, {}),
    "meetings_panel_once": (AgendaItem, {}, {}),
    "meetings_proposed_once": (ProposedDate, {}, {}),
    "meetings_answer_once": (DateAnswer, {}, {}),
    "meetings_person_once": (Attendance, {}, {}),
    "notifications_open_work_once": (WorkItem, {"settled_at": None}, {}),
    "outcomes_document_version_once": (OutcomeDocument, {}, {"code": "OTHER-CODE"}),
    "outcomes_saved_once": (OutcomeSave, {}, {}),
    "outcomes_signature_once": (SignOff, {}, {}),
    "outcomes_advice_done_once": (AdviceDone, {}, {}),
    "outcomes_followed_up_once": (FollowUp, {}, {}),
    "outcomes_asked_once": (SurveyAsked, {}, {}),
    "outcomes_one_open_round": (SurveyRound, {"closed_at": None}, {"number": 99}),
    "outcomes_round_number_once": (SurveyRound, {"closed_at__isnull": False}, {}),
    "outcomes_version_once": (OutcomeVersion, {}, {}),
    "panels_counter_once": (PanelCounter, {}, {}),
    "panels_one_live_invitation": (Invitation, {"state__in": ["pending", "accepted"]}, {}),
    "panels_stance_once": (Stance, {}, {}),
    "people_one_open_glass": (GlassBreak, {"state": "waiting"}, {}),
    "people_one_open_loss": (LostPhone, {"state": "waiting"}, {}),
    "people_one_open_place": (PlaceProposal, {"state": "waiting"}, {}),
    "people_one_open_proposal": (RoleProposal, {"state": "waiting"}, {}),
    "people_one_open_request": (AccessRequest, {"state": "waiting"}, {"digest": "another"}),
    "tickets_consulted_once": (Consultation, {}, {}),
    "tickets_one_vote_each": (Vote, {}, {}),
    "people_row_once": (TableRow, {}, {}),
    "panels_visit_once": (Visit, {}, {}),
    "patients_number_once_per_centre": (Patient, {"local_id_token__gt": ""}, {"pseudonym": "P-OTHER-1"}),
}


def declared() -> set[str]:
    """The name of every constraint that a model of ours declares."""
    ours = [app for app in apps.get_app_configs() if app.name.split(".")[0] in OURS]
    return {constraint.name for app in ours for model in app.get_models() for constraint in model._meta.constraints}


def copy_of(row: models.Model, changes: dict[str, object]) -> tuple[str, list[object]]:
    """INSERT … SELECT of the row as the table holds it, with a key of its own."""
    fields = [f for f in row._meta.local_concrete_fields if not f.generated]
    values, parameters = [], []
    for field in fields:
        if field.name in changes:
            values, parameters = [*values, "%s"], [*parameters, changes[field.name]]
        elif field.primary_key:
            kept = isinstance(field, models.UUIDField)
            values.append(
                "%s" if kept else f"nextval(pg_get_serial_sequence('{row._meta.db_table}', '{field.column}'))"
            )
            parameters += [str(uuid.uuid4())] if kept else []
        else:
            values.append(f'"{field.column}"')
    columns = ", ".join(f'"{field.column}"' for field in fields)
    key = row._meta.pk.column
    table = row._meta.db_table
    sql = f'INSERT INTO "{table}" ({columns}) SELECT {", ".join(values)} FROM "{table}" WHERE "{key}" = %s'  # noqa: S608
    return sql, [*parameters, str(row.pk)]
