"""The invitation's own page, its answers, and inviting more people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from consent.policy import look_once
from cpms.accounts import queries as accounts
from cpms.accounts.access import Refused, access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.drafts.queries import fields_of
from cpms.keys import keys_in
from panels import actions, queries
from panels.cases.queries import allowed, some_parts
from panels.forms import AddressForm, DeclineForm, GuestForm, InviteForm
from panels.models import Invitation, Panel
from panels.states import DeclineReason, InvitationState, State


@access(
    "panels:invitation",
    object=Invitation,
    verb=Permission.INVITATION_READ,
    reads_patient=True,
)
def invitation(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """The sheet: question, condition, age band, sex, country, urgency, date. The case opens once accepted."""
    if invitation.state == InvitationState.ACCEPTED:
        return redirect(invitation.panel)
    typed = fields_of(f"decline:{invitation.pk}", by=request.user)
    return sheet(request, invitation, DeclineForm(initial=typed))


def sheet(request: HttpRequest, invitation: Invitation, form: DeclineForm, status: int = 200) -> HttpResponse:
    panel = Panel.objects.with_case().get(pk=invitation.panel_id)
    others = Invitation.objects.live().filter(panel=panel).exclude(pk=invitation.pk)
    context = {
        "invitation": invitation,
        "panel": panel,
        "consent": allowed(panel.case),
        "diagnoses": panel.case.diagnoses.all(),
        "reasons": DeclineReason.choices,
        "form": form,
        "others": others.count(),
        "accepted": others.filter(state=InvitationState.ACCEPTED).count(),
    }
    return render(request, "panels/invitation.html", context, status=status)


@access("panels:accept", object=Invitation, verb=Permission.INVITATION_ANSWER, methods=WRITE)
def accept(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    actions.accept(invitation, by=request.user)
    messages.success(request, "You are in. Thank you for helping.")
    return redirect(f"{invitation.panel.get_absolute_url()}#reply")


@access("panels:decline", object=Invitation, verb=Permission.INVITATION_ANSWER, methods=WRITE)
def decline(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return sheet(request, invitation, form, status=422)
    actions.decline(invitation, by=request.user, **form.cleaned_data)
    undo = reverse("panels:reconsider", args=[invitation.pk])
    messages.success(request, "Your answer is with the lead. You get no more reminders.", extra_tags=undo)
    return redirect(after_declining(request, invitation, form.cleaned_data["reason"]))


@access("panels:reconsider", verb=Permission.SIGNED_IN, methods=WRITE)
def reconsider(request: HttpRequest, key: Any) -> HttpResponse:
    """Take one's no back; nobody else's is found."""
    found = queries.declined_by(request.user, key)
    if found is None:
        raise Http404
    actions.reconsider(found, by=request.user)
    messages.success(request, "Taken back. The invitation waits for your answer again.")
    return redirect(found)


def after_declining(request: HttpRequest, invitation: Invitation, reason: str) -> str:
    """Home; after "not my field" where the person declares what it was found by, to taking that off. The address holds keys of own
    rows, no condition."""
    if reason == DeclineReason.FIELD:
        panel = Panel.objects.with_case().get(pk=invitation.panel_id)
        if rows := queries.declared_for(panel, who=request.user):
            return reverse("expertise", query={"off": rows})
    return reverse("home")


@access(
    "panels:invite",
    object=Panel,
    kwarg="ref",
    verb=Permission.PANEL_INVITE,
    methods=READ | WRITE,
    reads_patient=True,
)
def invite(request: HttpRequest, panel: Panel) -> HttpResponse:
    """More experts by ticking, one of them by one click, or one guest by e-mail."""
    wants_guest = "email" in request.POST
    experts = InviteForm(None if wants_guest else request.POST or None, user=request.user)
    guest = GuestForm(request.POST if wants_guest else None, initial={"country": panel.case.patient.country})
    if wants_guest and guest.is_valid():
        return add_guest(request, panel, guest, experts)
    if not wants_guest and experts.is_valid():
        asked = actions.invite_experts(panel, people=experts.everybody(), by=request.user)
        messages.success(request, f"Invited: {len(asked)}.")
        for sentence in accounts.absences(one.invitee for one in asked):
            messages.warning(request, sentence)
        return redirect(panel)
    return show_invite(request, panel, experts, guest)


def add_guest(request: HttpRequest, panel: Panel, guest: GuestForm, experts: InviteForm) -> HttpResponse:
    try:
        actions.invite_guest(panel, by=request.user, **guest.cleaned_data)
    except Refused as refusal:
        guest.add_error("email", str(refusal))
        return show_invite(request, panel, experts, guest)
    messages.success(request, "The guest gets a mail with a link of their own.")
    return redirect(panel)


def show_invite(request: HttpRequest, panel: Panel, experts: InviteForm, guest: GuestForm) -> HttpResponse:
    seats = queries.seats(panel, seen=queries.visits(panel))
    look_once(panel.case.patient)
    there: set[Any] = {s.invitation.invitee_id for s in seats if s.invitation.state in {"pending", "accepted"}}
    some_parts(panel.case, *queries.FITTING, "files")
    asked = [panel.lead, *(s.invitation.shown for s in seats if s.invitation.invitee_id in there)]
    stood_in = any(s.invitation.shown.is_away and s.invitation.shown.deputy_id for s in seats)
    proposed, substitutes = queries.proposed(panel), queries.substitutes(panel) if stood_in else []
    named = {person.pk for person in (*proposed, *substitutes)}
    ticked = keys_in(experts["experts"].value() or ())
    context = {
        "panel": panel,
        "experts": experts,
        "guest": guest,
        "suggested": queries.suggestions(panel, by=request.user, besides=there | named, ticked=ticked),
        "gaps": queries.gaps(panel, asked),
        "ticked": {str(key) for key in ticked},
        "proposed": proposed,
        "substitutes": substitutes,
        "address_form": AddressForm(panel=panel),
        "seats": seats,
        "expert_groups": accounts.expert_groups_of(request.user),
        "consent": allowed(panel.case),
    }
    bad = bool(experts.errors or guest.errors)
    return render(request, "panels/invite.html", context, status=422 if bad else 200)


@access("panels:experts", object=Panel, kwarg="ref", verb=Permission.PANEL_ASK, reads_patient=True)
def experts(request: HttpRequest, panel: Panel) -> HttpResponse:
    """More people to tick or to invite at once, found by name, hospital or town; asked for while the words are typed."""
    words = request.GET.get("q", "")[:80]
    there = Invitation.objects.live().filter(panel=panel).values_list("invitee", flat=True)
    some_parts(panel.case, *queries.FITTING)
    found = queries.suggestions(panel, by=request.user, besides=there, words=words, many=10) if len(words) > 1 else []
    context = {"suggested": found, "searched": len(words) > 1, "at_once": panel.state != State.DRAFT}
    return render(request, "panels/_expert_rows.html", context)


@access("panels:end_invitation", object=Panel, kwarg="ref", verb=Permission.INVITATION_WITHDRAW, methods=WRITE)
def end_invitation(request: HttpRequest, panel: Panel, invitation: Any) -> HttpResponse:
    """Take an invitation back, or end a membership."""
    found = Invitation.objects.filter(panel=panel, pk=invitation).first()
    if found is None:
        raise Http404
    actions.end_invitation(found, by=request.user)
    messages.success(request, "Done. This person has no access any more.")
    return redirect(panel)


@access("panels:withdraw", object=Panel, kwarg="ref", verb=Permission.PANEL_WITHDRAW, methods=WRITE)
def withdraw(request: HttpRequest, panel: Panel) -> HttpResponse:
    actions.withdraw(panel, by=request.user)
    messages.success(request, "The panel is withdrawn.")
    return redirect("panels:list")


@access("panels:reopen", object=Panel, kwarg="ref", verb=Permission.PANEL_REOPEN, methods=WRITE)
def reopen(request: HttpRequest, panel: Panel) -> HttpResponse:
    actions.reopen(panel, by=request.user)
    messages.success(request, "The panel is open again.")
    return redirect(panel)
