"""What is typed and pressed, once for every route that posts: the state of the panel it needs, who presses it, and the words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cpms.accounts.models import Delegation, Unit, UnitCover
from helpdesk.tickets.models import StatusEntry
from tests.access.world import World
from tests.campaigns.needs import (
    both,
    brought,
    calendar_address,
    day,
    declined,
    endo,
    escalated,
    failed_document,
    failed_file,
    file_of,
    followed_up,
    gone_clinician,
    helpdesk_elsewhere,
    in_group,
    in_series,
    kept_filter,
    meeting_began,
    never_opened,
    never_used,
    newest,
    next_of_series,
    no_survey_yet,
    of_group,
    offered,
    other_session,
    row_of_expertise,
    running_assist,
    taking,
    told_of,
)
from tests.cases.files.making import jpeg
from tests.factories import PASSWORD

Words = dict[str, Any] | Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Press:
    """``before`` makes what the deed needs and gives what else its address names; ``of`` gives the thing, where it is another
    than the world's. ``is_traceless``: what it does stands in no table of ours."""

    words: Words | None = None
    state: str = "open"
    who: str = ""
    before: Callable[[World], dict[str, Any]] | None = None
    of: Callable[[World], Any] | None = None
    is_traceless: bool = False


PRESSES = {
    # the own account
    "account_logout": Press(is_traceless=True),
    "profile": Press({"job_title": "Surgeon"}),
    "address": Press({"email": "elsewhere@hospital.example", "password": PASSWORD}),
    "expertise": Press({"gene": "CYP21A2"}),
    "practice": Press({"care": "adult", "languages": ["en"]}),
    "drop_expertise": Press(before=row_of_expertise),
    "end_sessions": Press(is_traceless=True),
    "end_session": Press(before=other_session, is_traceless=True),
    "assistants": Press(lambda w: {"assistant": w.people["former_assistant"].pk}),
    "end_assistant": Press(before=lambda w: {"delegation": Delegation.objects.current().earliest("pk").pk}),
    "absence": Press(lambda w: {"away_until": day(9)}),
    "theme": Press({"theme": "dark"}),
    "mails": Press({"pace": "daily", "daily_at": "7"}),
    "chasing": Press({"sign": "4", "save": "1"}),
    "expert_groups": Press(lambda w: {"name": "Thyroid", "people": [w.people["outsider"].pk]}),
    "describe_expert_group": Press(lambda w: {"name": "Thyroid", "version": w.saved.version}),
    "drop_from_group": Press(before=lambda w: {"person": w.people["outsider"].pk}),
    "forget_expert_group": Press(),
    # the patient and the case
    "patients:describe": Press({"nickname": "Otherwise"}),
    "patients:erase": Press(lambda w: {"pseudonym": w.story.patient.pseudonym}),
    "patients:consent": Press(lambda w: {"stage": "3", "answer": "given", "given_by": "parent", "given_on": day(0)}),
    "patients:withdraw_consent": Press({"stage": "1"}),
    "patients:keep": Press({"reason": "Still in care.", "years": "5"}),
    "patients:erase_after_review": Press(lambda w: {"pseudonym": w.story.patient.pseudonym}),
    "cases:edit": Press({"summary": "Otherwise."}),
    "cases:confirm": Press(),
    "cases:rectify": Press(lambda w: {"about": "summary", "says": "No.", "asked_by": "parent", "asked_on": day(0)}),
    "cases:labs": Press({"table": "TSH\t2.1\tmU/L", "add": "1", "line0-take": "on"}),
    "cases:files": Press(lambda w: {"files": file_of(jpeg(), "one.jpg")}),
    "cases:show_files": Press(lambda w: {f"caption-{w.file.pk}": "Otherwise.", "looked": [str(w.file.pk)]}),
    "cases:findings": Press({"do": "add", "label": "Hypertension", "code": "HP:0000822", "present": "1"}),
    "cases:form": Press({"height": "120"}),
    "cases:range": Press(
        {
            "sex": "any",
            "age_from": "0",
            "from_unit": "year",
            "age_to": "",
            "to_unit": "year",
            "low": "0.8",
            "high": "1.5",
        }
        | {"unit": "mmol/L", "source": "Our laboratory, 2026.", "confirm": "1"}
    ),
    "cases:remove_file": Press(),
    # panels
    "panels:hand_over": Press(taking),
    "panels:keep_filter": Press({"state": "open"}),
    "panels:drop_filter": Press(before=kept_filter),
    "panels:new": Press(
        lambda w: {"sex": "male", "birth_year": "1990", "stage_1": "given", "given_by": "patient", "given_on": day(0)}
    ),
    "panels:again": Press(),
    "panels:prepare": Press(
        lambda w: {"question": "Which dose?", "group": w.story.group.pk, "experts": [w.people["outsider"].pk]},
        state="draft",
        before=never_opened,
    ),
    "panels:reply": Press({"kind": "message", "text": "Once."}),
    "panels:invite": Press(lambda w: {"experts": [w.people["outsider"].pk]}),
    "panels:end_invitation": Press(before=lambda w: {"invitation": w.story.invitation(w.people["invited"]).pk}),
    "panels:let_in": Press(lambda w: {"who": w.people["helpdesk"].pk}),
    "panels:end_assist": Press(before=running_assist),
    "panels:withdraw": Press(),
    "panels:terms": Press({"wanted_by": "2099-01-01", "quorum": "3", "urgency": "urgent"}),
    "panels:nudge": Press(before=lambda w: {"invitation": w.story.invitation(w.people["invited"]).pk}),
    "panels:leave": Press({"reason": "time"}, who="member"),
    "panels:propose_colleague": Press({"better_name": "Dr Other"}, who="member"),
    "panels:minutes": Press({"minutes": "7"}),
    "panels:wish": Press(who="member"),
    "panels:archive": Press(state="closed"),
    "panels:unarchive": Press(state="archived"),
    "panels:reopen": Press(state="closed"),
    "panels:name_people": Press(lambda w: {"people": [w.people["outsider"].pk]}, before=in_group),
    "panels:address": Press(lambda w: {"to": of_group(w)}),
    "panels:take_up": Press(lambda w: {"people": [w.people["outsider"].pk]}, before=in_group),
    "panels:forward": Press(lambda w: {"to": of_group(w), "reason": "They know more."}),
    "panels:return": Press({"reason": "Which dose?"}),
    "panels:clarify": Press({"text": "Ten."}),
    "panels:accept_referral": Press(lambda w: {"clinician": w.people["colleague"].pk}),
    "panels:pass_on": Press(lambda w: {"to": of_group(w), "reason": "They know more."}),
    "panels:decline_referral": Press({"reason": "Not ours."}),
    "panels:ask": Press(lambda w: {"group": w.story.group.pk, "text": "A dose?"}),
    "panels:answer": Press({"text": "Once."}),
    "panels:close_question": Press(),
    "panels:reword_statement": Press({"text": "Otherwise."}),
    "panels:reword_message": Press({"text": "Otherwise."}),
    "panels:stance": Press({"kind": "agree"}),
    "panels:thank": Press({"useful": "4"}, state="closed"),
    "panels:supply": Press(),
    "panels:mark": Press({"marked": "1"}),
    "panels:accept": Press(who="invited"),
    "panels:decline": Press({"reason": "time"}, who="invited"),
    "panels:reconsider": Press(who="invited", before=declined),
    # meetings
    "meetings:stop_address": Press(before=calendar_address),
    "meetings:series_new": Press(
        lambda w: (
            {"name": "New", "groups": [w.story.group.pk], "rhythm": "weekly", "day": day(7), "time": "10:00"}
            | {"minutes": "60", "slots": "4", "shown": "1", **offered(w)}
        )
    ),
    "meetings:series_end": Press(),
    "meetings:series_change": Press({"name": "Otherwise"}),
    "meetings:series_add": Press(lambda w: {"people": [w.people["outsider"].pk]}, before=in_group),
    "meetings:series_strike": Press(lambda w: {"person": w.people["member"].pk}, before=in_series),
    "meetings:bring": Press(lambda w: {"meeting": w.series.meetings.earliest("starts_at").pk}),
    "meetings:take_off": Press(lambda w: {"meeting": next_of_series(w).pk}, before=brought),
    "meetings:meet_now": Press({"link": "https://video.example/x"}),
    "meetings:propose": Press(lambda w: {"first": f"{day(5)}T10:00", "second": f"{day(6)}T10:00"}),
    "meetings:can_come": Press(lambda w: {f"date_{date.pk}": "yes" for date in w.poll.dates.all()}),
    "meetings:pick": Press(lambda w: {"date": w.poll.dates.earliest("pk").pk}),
    "meetings:end_dates": Press(),
    "meetings:schedule": Press(lambda w: {"day": day(5), "time": "10:00", "minutes": "30"}),
    "meetings:turn": Press(lambda w: {"panel": w.story.panel.ref, "do": "begin"}),
    "meetings:present": Press(lambda w: {"row": w.meeting.attendance.earliest("pk").pk, "here": "yes"}),
    "meetings:time": Press({"minutes": "20"}),
    "meetings:decide": Press({"text": "Scan first."}),
    "meetings:move": Press(lambda w: {"day": day(9), "time": "10:00"}),
    "meetings:change": Press({"minutes": "45"}),
    "meetings:call_off": Press(),
    "meetings:drop": Press(
        lambda w: {"ref": w.story.panel.ref}, who="group_coordinator", before=brought, of=next_of_series
    ),
    "meetings:order": Press(
        lambda w: {"ref": w.story.panel.ref, "place": "2"}, who="group_coordinator", before=both, of=next_of_series
    ),
    "meetings:hold": Press({"everybody": "1"}, before=meeting_began),
    # the outcome and after
    "outcomes:start": Press(),
    "outcomes:save": Press(
        lambda w: {"conclusion": "Salt.", "advice-TOTAL_FORMS": "0", "advice-INITIAL_FORMS": "0", **newest(w)},
        state="outcome",
    ),
    "outcomes:sign": Press({"number": "1", "decision": "signed"}, state="outcome", who="member"),
    "outcomes:close": Press({"although": "9"}, state="outcome"),
    "outcomes:correct": Press({"conclusion": "Otherwise.", "reason": "A typing error."}, state="closed"),
    "outcomes:after": Press({"benefit": "yes"}, state="closed", before=followed_up),
    "outcomes:effect": Press({"kind": "changed", "text": "Less."}, state="closed"),
    "outcomes:decide_topic": Press({"state": "webinar"}),
    "outcomes:language": Press({"language": "de"}, state="closed"),
    "outcomes:retry": Press(before=failed_document),
    "outcomes:open_survey": Press(endo, before=no_survey_yet),
    "outcomes:survey": Press({"again": "8"}),
    "outcomes:close_survey": Press(),
    # people and hospitals
    "people:grant": Press(lambda w: {"post": f"substitute:{w.story.lead.centre_id}"}),
    "people:end_role": Press(before=lambda w: {"membership": w.story.lead.memberships.current().earliest("pk").pk}),
    "people:leave": Press(),
    "people:switch": Press({"on": "0"}),
    "people:free_address": Press(who="helpdesk", of=never_used),
    "people:why_away": Press({"reason": "time"}),
    "people:lost_phone": Press({"how_checked": "By a call."}),
    "people:confirm_phone": Press(),
    "people:drop_phone": Press(),
    "people:glass": Press(lambda w: {"ref": w.story.panel.ref, "reason": "The lead is away."}),
    "people:confirm_glass": Press(),
    "people:confirm_role": Press(),
    "people:drop_role": Press(),
    "people:new_centre": Press(
        lambda w: {"name": "Other Hospital", "city": "Turku", "country": "FI", "kind": "full", **endo(w)}
    ),
    "people:confirm_place": Press(),
    "people:drop_place": Press(),
    "people:take_place_back": Press(),
    "people:describe_centre": Press(
        lambda w: {"name": "Other name", "city": "Turku", "country": "FI", "version": w.story.lead.centre.version}
    ),
    "people:place_centre": Press(lambda w: {"kind": "affiliated", **endo(w)}),
    "people:drop_unit": Press(before=lambda w: {"unit": Unit.objects.create(centre=w.story.lead.centre, name="X").pk}),
    "people:move_to_unit": Press(lambda w: {"unit": Unit.objects.create(centre=w.story.lead.centre, name="Bones").pk}),
    "people:clearance": Press(lambda w: {"cleared_on": day(-3)}),
    "people:unit": Press({"name": "Bone clinic"}),
    "people:left_behind": Press(taking, before=gone_clinician),
    "people:cover_unit": Press(
        lambda w: (
            {"unit": Unit.objects.get(name="Adrenal clinic").pk, "valid_from": day(20), "valid_to": day(30)}
            | {"reason": "Holidays"}
        )
    ),
    "people:end_cover": Press(before=lambda w: {"cover": UnitCover.objects.earliest("pk").pk}),
    "people:log_outreach": Press(lambda w: {"way": "phone", "on": day(0), "said": "They ask for training."}),
    "people:correct_outreach": Press({"said": "Otherwise."}),
    "people:outreach_done": Press(),
    "people:forget_outreach": Press(),
    "people:tables": Press(
        lambda w: {"file": file_of(b"Hospital,City,Country\nOther Hospital,Turku,FI\n", "list.csv"), **endo(w)}
    ),
    "people:check_table": Press(is_traceless=True),
    "people:take_table": Press(),
    "people:approve": Press(),
    "people:refuse": Press({"reason": "No."}),
    # tickets and figures
    "tickets:raise": Press({"kind": "bug", "text": "Once."}),
    "tickets:reply": Press({"text": "Once."}),
    "tickets:close": Press(),
    "tickets:escalate": Press(),
    "tickets:give_back": Press(who="core_helpdesk", before=escalated),
    "tickets:consult": Press(lambda w: {"network": w.other.group.network.pk}, before=helpdesk_elsewhere),
    "tickets:forget": Press(),
    "tickets:link": Press(
        lambda w: {"entry": StatusEntry.objects.get(kind="bug").pk}, who="core_helpdesk", before=told_of
    ),
    "tickets:publish": Press({"kind": "bug", "title": "Once", "state": "planned"}),
    "tickets:change": Press({"title": "Otherwise"}),
    "tickets:vote": Press({"wanted": "yes"}),
    "nudge": Press(is_traceless=True),
    "kpis_export": Press(
        {"period": "2020-01", "kind": "pdf", "purpose": "monitoring", "words": "The yearly report."},
        who="network_coordinator",
    ),
    "figures_again": Press(who="network_coordinator", before=failed_file),
}
