"""Who reads the manual, and which section of it helps with which page. Tables only."""

from __future__ import annotations

from django.db import models


class Reader(models.TextChoices):
    """In the order of the contents."""

    EVERYBODY = "everybody", "For everybody"
    CLINICIANS = "clinicians", "For clinicians who ask"
    EXPERTS = "experts", "For experts who advise"
    COORDINATORS = "coordinators", "For coordinators and representatives"
    STAFF = "staff", "For the helpdesk"


STAFF_SITE = "helpdesk"
"""The namespace of the staff site, whose pages share a section."""
START = "coming-in#sign-in"
"""For a page that is none of ours, as long as nobody is signed in."""
SECTIONS = {
    "coming-in#ask": "account_signup people:ask people:received",
    "coming-in#request": "people:status",
    "coming-in#activate": "activate otp_enrol",
    "coming-in#sign-in": "account_login account_inactive otp_challenge demo demo_mail gallery",
    "coming-in#password": "account_reset_password account_reset_password_done account_reset_password_from_key "
    "account_reset_password_from_key_done",
    "outside#ask": "panels:refer panels:referred",
    "outside#status": "panels:referral_status",
    "outside#check": "outcomes:verify",
    "my-day#my-work": "home",
    "my-day#mails": "mails",
    "my-day#profile": "profile",
    "my-day#security": "security security_phone people:my_phone address confirm_address step_up",
    "my-day#absence": "absence",
    "my-day#assistants": "assistants",
    "help#ask": "tickets:raise",
    "help#thread": "tickets:list tickets:ticket",
    "help#known": "tickets:status",
    "help#manual": "manual:contents manual:search manual:chapter manual:open",
    "patients#list": "patients:list patients:detail patients:describe",
    "patients#consent": "patients:consent patients:sheet patients:sheet_preview",
    "patients#rights": "patients:erase patients:erase_after_review cases:rectify",
    "patients#again": "patients:reviews patients:review",
    "patients#sight": "panels:sight",
    "patients#hand-over": "panels:hand_over",
    "case#newer": "cases:take_in",
    "case#hand": "cases:edit",
    "case#findings": "cases:findings",
    "case#table": "cases:labs",
    "case#files": "cases:files cases:file",
    "case#forms": "cases:form cases:blank_form cases:form_preview",
    "panel#enrol": "panels:new",
    "panel#open": "panels:prepare",
    "panel#invite": "panels:invite",
    "panel#page": "panels:detail",
    "panel#look-on": "panels:let_in",
    "panel#leave": "panels:leave panels:propose_colleague",
    "panel#find": "panels:list panels:search",
    "questions#ask": "panels:ask",
    "questions#answer": "panels:questions panels:question",
    "outcome#write": "outcomes:edit",
    "outcome#correct": "outcomes:correct outcomes:version outcomes:handed",
    "outcome#after": "outcomes:after",
    "advice#invitation": "panels:invitation",
    "advice#stance": "panels:stance",
    "advice#reword": "panels:reword_statement panels:reword_message",
    "advice#expertise": "expertise",
    "advice#find": "experts expert matrix condition_matrix expert_groups expert_group",
    "advice#statement": "outcomes:statement",
    "meetings#plan": "meetings:schedule meetings:move meetings:change",
    "meetings#dates": "meetings:propose meetings:dates",
    "meetings#series": "meetings:list meetings:series meetings:series_new meetings:bring",
    "meetings#series-change": "meetings:series_change meetings:series_when",
    "meetings#run": "meetings:detail meetings:sheet meetings:time meetings:decide",
    "meetings#calendar": "meetings:address",
    "coordinating#dispatch": "panels:dispatches panels:dispatch",
    "coordinating#referrals": "panels:referrals panels:referral",
    "coordinating#topics": "outcomes:topics",
    "coordinating#ranges": "cases:ranges cases:range",
    "coordinating#reminders": "chasing",
    "people#requests": "people:requests",
    "people#roles": "people:list people:person",
    "people#hospitals": "people:centres people:new_centre people:centre",
    "people#left-behind": "people:left_behind",
    "people#outreach": "people:correct_outreach",
    "people#tables": "people:tables people:table",
    "reports#figures": "kpis kpis_definitions",
    "reports#export": "kpis_export figures_file",
    "reports#evidence": "kpis_evidence",
    "reports#effect": "outcomes:effectiveness",
    "reports#surveys": "outcomes:surveys outcomes:survey",
    "reports#registries": "panels:registries panels:registry",
    "helpdesk#today": STAFF_SITE,
    "helpdesk#glass": "people:glass",
    "helpdesk#public": "tickets:publish tickets:change",
}
HELP: dict[str, str] = {route: section for section, routes in SECTIONS.items() for route in routes.split()}
"""Route to chapter and section."""
