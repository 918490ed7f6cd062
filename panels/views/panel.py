"""The page of one panel, and what is new on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime

from consent.policy import look_once
from cpms import clock
from cpms.accounts.access import access, ask
from cpms.accounts.roles import Permission
from cpms.drafts import queries as drafts
from panels import actions, queries
from panels.cases.queries import allowed, case_parts
from panels.forms import ContributionForm, TermsForm, ThanksForm
from panels.models import Dispatch, Panel, Thanks
from panels.policy import part_of
from panels.states import ContributionKind, Part, State

SHOWN_RULES = {
    "may_contribute": Permission.PANEL_CONTRIBUTE,
    "may_invite": Permission.PANEL_INVITE,
    "may_let_in": Permission.ASSIST_GIVE,
    "may_mark": Permission.PANEL_MARK,
    "may_schedule": Permission.MEETING_SCHEDULE,
    "may_start_outcome": Permission.OUTCOME_START,
    "may_read_outcome": Permission.OUTCOME_READ,
    "may_withdraw": Permission.PANEL_WITHDRAW,
    "may_reopen": Permission.PANEL_REOPEN,
    "may_thank": Permission.PANEL_THANK,
    "may_set_terms": Permission.PANEL_TERMS,
    "may_wish": Permission.PANEL_WISH,
    "may_leave": Permission.PANEL_LEAVE,
    "may_propose": Permission.PANEL_PROPOSE,
    "may_archive": Permission.PANEL_ARCHIVE,
    "may_unarchive": Permission.PANEL_UNARCHIVE,
}


STEP = ("panel", "verb", "source", "target", "unanswered", "at")
BESIDE: list[Callable[[Panel, Any], dict[str, Any]]] = []
"""What an app above adds to the page, for this person: names for the template. Each asks the database the same whatever the size."""


def verdicts(user: Any, panel: Panel) -> dict[str, Any]:
    """Each rule's answer, for buttons that say why they are off."""
    return {name: ask(permission, user, panel) for name, permission in SHOWN_RULES.items()}


def offers(panel: Panel, user: Any) -> dict[str, Any]:
    """Whom a reply may mention, and what of the case it may quote."""
    return {"people": queries.mentionable(panel, user), "quotes": queries.quotes(case_parts(panel.case))}


def begun(panel: Panel, user: Any) -> dict[str, Any]:
    """How a reply begins: as a message, but for experts, who say themselves which kind of advice they give."""
    return {} if part_of(user, panel) == Part.EXPERT else {"kind": "message"}


def typed_beside(panel: Panel, way: list[Dispatch], user: Any) -> dict[str, Any]:
    """What the treating side began to type beside the discussion: thanks, given back; an answer to coordinators, left on
    its row of ``way`` as ``typed``."""
    thank = f"thank:{panel.ref}"
    typed = drafts.fields_of_each([thank, *(f"clarify:{row.pk}" for row in way)], by=user)
    for row in way:
        row.typed = typed[f"clarify:{row.pk}"]  # type: ignore[attr-defined]
    return typed[thank]


def around(panel: Panel, user: Any) -> dict[str, Any]:
    """What the panel went through, what is planned, and the thanks."""
    part, way = part_of(user, panel), queries.addressed(panel)
    return {
        "part": part,
        "treating": part == Part.TREATING,
        "way": way,
        "thanks": Thanks.objects.filter(panel=panel).first(),
        "thanks_form": ThanksForm(initial=typed_beside(panel, way, user) if part == Part.TREATING else {}),
        "meetings": panel.agenda_items.select_related("meeting").order_by("meeting__starts_at"),
        "steps": panel.steps.select_related("by", "lead").only(*STEP, "by__display_name", "lead__display_name"),
    }


def seat_of(user: Any, seats: list[queries.Seat]) -> dict[str, bool]:
    """Whether this person has answered, and whether it is they who referred the patient."""
    own = [seat for seat in seats if seat.invitation.invitee_id == user.pk]
    referred = any(seat.seated and seat.invitation.referred for seat in own)
    return {"replied": any(seat.replied for seat in own), "referred": referred}


def page(
    request: HttpRequest, panel: Panel, form: ContributionForm, status: int = 200, thanks_form: ThanksForm | None = None
) -> HttpResponse:
    """The whole page; also shown again, with everything typed, when a reply had an error."""
    user: Any = request.user
    look_once(panel.case.patient)
    seen, seats = queries.room(panel)
    latest = None if "all" in request.GET else queries.LATEST
    said, last_at = queries.so_far(panel)
    entries = queries.entries(panel, user, seats, seen=seen.get(user.pk), last_at=last_at, latest=latest)
    context = {
        "panel": panel,
        "case": panel.case,  # its parts came with what a reply may quote
        "consent": allowed(panel.case),
        "entries": entries,
        **queries.not_shown(entries, said, whole=latest is None),
        "last_at": last_at,
        "seen": seen.get(user.pk),
        "seats": seats,
        "readers": queries.readers(seats, entries, user),
        "replies": queries.replies(panel),
        "spent": queries.time_spent(panel, user),
        "wishes": panel.meeting_wishes.count(),
        "terms_form": TermsForm(initial={name: getattr(panel, name) for name in ("wanted_by", "quorum", "urgency")}),
        "cross_border": queries.is_cross_border(panel, seats),
        "seated": {seat.invitation.invitee_id for seat in seats},
        "form": form,
        "answering": queries.answered_words(panel, str(form["answers"].value() or "")),
        **seat_of(user, seats),
        "may_edit_case": ask(Permission.CASE_EDIT, user, panel.case),
        **around(panel, user),
        **verdicts(user, panel),
    }
    context["waiting"] = queries.awaited(panel, seats, context["way"], user=user, treating=context["treating"])
    for beside in BESIDE:
        context |= beside(panel, user)
    if thanks_form is not None:
        context["thanks_form"] = thanks_form
    return render(request, "panels/panel.html", context, status=status)


@access("panels:detail", object=Panel, kwarg="ref", verb=Permission.PANEL_READ, reads_patient=True)
def detail(request: HttpRequest, panel: Panel) -> HttpResponse:
    if panel.state == State.DRAFT:
        return redirect("panels:prepare", panel.ref)
    typed = drafts.fields_of(f"reply:{panel.ref}", by=request.user)
    answers = {"answers": request.GET["answer"]} if "answer" in request.GET else {}
    wanted = {"kind": request.GET["kind"]} if request.GET.get("kind") in ContributionKind.values else {}
    initial = {**begun(panel, request.user), **typed, **answers, **wanted}
    response = page(request, panel, ContributionForm(initial=initial, **offers(panel, request.user)))
    actions.note_visit(panel, by=request.user)
    return response


@access("panels:news", object=Panel, kwarg="ref", verb=Permission.PANEL_READ)
def news(request: HttpRequest, panel: Panel) -> HttpResponse:
    """Polled by the open page: 204 when nothing came after ``after``, else of how many entries, and a link to see it."""
    after = parse_datetime(request.GET.get("after", "")) if len(request.GET.get("after", "")) < 50 else None
    actions.note_presence(panel, by=request.user)
    count = len(queries.fresh(panel, request.user, after=after or clock.now() - dt.timedelta(minutes=1)))
    if not count:
        return HttpResponse(status=204)
    return render(request, "panels/_news.html", {"panel": panel, "count": count})
