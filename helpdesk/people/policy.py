"""Who lets people in, what needs two people, and who keeps the outreach log."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, ForeignKey, Q

from cpms import clock
from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.models import User
from cpms.accounts.policy import may_fill, may_place_centres, may_second, may_switch, may_take_up, networks_served_by
from cpms.accounts.roles import DECIDING_ROLES, Permission
from cpms.patients.policy import represents
from helpdesk.people.states import ProposalState, RequestState
from panels.policy import may_be_looked_at
from panels.states import InvitationState

OF_THE_ACCOUNT = frozenset(
    """
    accounts.Membership.user accounts.ActivationLink.user accounts.User_groups_of_interest.user accounts.TotpDevice.user
    accounts.RecoveryDevice.user account.EmailAddress.user usersessions.UserSession.user notifications.OutboxMessage.recipient
    people.AccessRequest.account helpdesk.Nudge.person notifications.WorkItem.who
    """.split()
)
"""What begins with an account that nobody has used yet, and ends with it; work goes by what it is about, or to others."""
STILL = {
    "panels.Invitation.invitee": Q(state__in=[InvitationState.PENDING, InvitationState.ACCEPTED]),
    "people.RoleProposal.person": Q(state=ProposalState.WAITING),
}
"""Which of these rows still mean the person; of others each one does."""


@rule(Permission.ACCESS_LIST)
def may_list_requests(user: Any, _thing: Any = None) -> Verdict:
    if user.held_roles() & DECIDING_ROLES:
        return yes
    return no("Requests for access are decided by centre representatives and network coordinators.")


@rule(Permission.ACCESS_DECIDE)
def may_decide(user: Any, request: Any) -> Verdict:
    """Whoever can see the request may decide it, once; nobody their own."""
    if not (verdict := may_list_requests(user)):
        return verdict
    if request.email == user.email:
        return no("Somebody else decides your own request.")
    if request.state != RequestState.WAITING:
        return no("This request is decided already.")
    return yes


@rule(Permission.TABLE_READ)
def may_read_table(_user: Any, _table: Any) -> Verdict:
    """Whoever sees it at all serves its network."""
    return yes


@rule(Permission.TABLE_TAKE)
def may_take_table(_user: Any, table: Any) -> Verdict:
    """Once; each row is asked about by itself when it is taken in."""
    return yes if table.taken_at is None else no("The good rows of this table were taken in already.")


@rule(Permission.PERSON_AWAY)
def may_note_why_away(user: Any, person: Any) -> Verdict:
    """Helpdesk staff, of somebody else who has been here."""
    if not user.is_staff or user.pk == person.pk:
        return no("Why somebody stays away is written down by the helpdesk that asked.")
    return yes if person.activated_at is not None else no("This account was never in use.")


@rule(Permission.FACTOR_ASK)
def may_ask_for_factor(user: Any, person: Any) -> Verdict:
    """Helpdesk staff, for somebody else's account that is in use."""
    if not user.is_staff:
        return no("A lost phone is a matter of the helpdesk.")
    if user.pk == person.pk:
        return no("Somebody else of the helpdesk must do this for you.")
    if person.activated_at is None or not person.is_active:
        return no("This account is not in use; a fresh activation link is enough.")
    return yes


@rule(Permission.ADDRESS_FREE)
def may_free_address(user: Any, person: Any) -> Verdict:
    """Helpdesk staff, of an account that nobody ever used and that nothing is meant for."""
    if not user.is_staff:
        return no("An address is freed by the helpdesk.")
    if person.activated_at is not None:
        return no("This account was in use. Its owner changes the address on the security page.")
    if not (verdict := may_switch(user, person)):
        return verdict
    if waits := meant_for(person):
        return no(f"The e-mail address stays until what is meant for this account is taken back: {', '.join(waits)}.")
    return yes


def meant_for(person: Any) -> list[str]:
    """The kinds of rows, in words, that name a person as more than the owner of an account; one query over every table that names
    people, so that no new one is forgotten. What is over counts no more."""
    found, links = {}, list[Any](User._meta.get_fields(include_hidden=True))
    for link in links:
        if not (link.auto_created and not link.concrete and isinstance(link.field, ForeignKey)):
            continue
        model: Any = link.related_model
        if (where := f"{model._meta.label}.{link.field.name}") not in OF_THE_ACCOUNT:
            words = (model._meta.auto_created or model)._meta.verbose_name
            found[where] = words, model._base_manager.filter(STILL.get(where, Q()), **{link.field.name: person.pk})
    asked = {f"asked_{number}": Exists(rows) for number, (_words, rows) in enumerate(found.values())}
    answers = User.objects.filter(pk=person.pk).values_list(*asked.values()).get()
    return sorted({words for (words, _rows), there in zip(found.values(), answers, strict=True) if there})


@rule(Permission.FACTOR_CONFIRM)
def may_confirm_factor(user: Any, lost: Any) -> Verdict:
    """A second person of the helpdesk."""
    if not (verdict := may_ask_for_factor(user, lost.person)):
        return verdict
    return second_person(user, lost)


@rule(Permission.GLASS_ASK)
def may_ask_for_glass(user: Any, _thing: Any = None) -> Verdict:
    return yes if user.is_staff else no("This page is for helpdesk staff.")


@rule(Permission.GLASS_CONFIRM)
def may_confirm_glass(user: Any, glass: Any) -> Verdict:
    """A second person of the helpdesk, while the panel can be looked at."""
    return may_ask_for_glass(user) and second_person(user, glass) and may_be_looked_at(glass.panel)


@rule(Permission.ROLE_CONFIRM)
def may_confirm_role(user: Any, proposal: Any) -> Verdict:
    """A second person who may grant the role, too, or second it."""
    return second_person(user, proposal) and may_second(user, proposal.person, proposal.post)


def may_be_granted(proposal: Any) -> Verdict:
    """What was asked for can still be given: by who asked, for days that lie ahead."""
    if proposal.valid_to is not None and proposal.valid_to < clock.rights_day():
        return no("The last day that was asked for is over; ask for the role anew.")
    return still_asked(proposal, may_fill(proposal.asked_by, proposal.person, proposal.post))


def may_be_reset(lost: Any) -> Verdict:
    """Whoever asked looks after this account still, as helpdesk."""
    seen = User.objects.visible_to(lost.asked_by).filter(pk=lost.person_id).exists()
    return still_asked(lost, may_ask_for_factor(lost.asked_by, lost.person) if seen else no(""))


@rule(Permission.PLACE_CONFIRM)
def may_confirm_place(user: Any, proposal: Any) -> Verdict:
    """Somebody else, of a network that the hospital belongs to already, or of the core helpdesk."""
    if not may_place_centres(user):
        return no("This is confirmed by a coordinator or the helpdesk of a network that the hospital belongs to.")
    return second_person(user, proposal) and may_take_up(user, proposal.centre)


@rule(Permission.PLACE_TAKE_BACK)
def may_take_place_back(user: Any, proposal: Any) -> Verdict:
    """Whoever serves the network that asks."""
    if proposal.state != ProposalState.WAITING:
        return no("This was decided already.")
    served = networks_served_by(user).filter(pk=proposal.network_id).exists()
    return yes if served else no("This is taken back by the coordinator or the helpdesk of the network that asks.")


@rule(Permission.CENTRE_COVER)
def may_cover(user: Any, centre: Any) -> Verdict:
    """Only the hospital itself widens who sees its patients."""
    return (
        yes if represents(user, centre.pk) else no("Only who represents the hospital decides what a whole unit sees.")
    )


@rule(Permission.OUTREACH_LOG)
def may_log_outreach(user: Any, centre: Any) -> Verdict:
    """Not the centre itself: whoever serves a network that it belongs to today."""
    if networks_served_by(user).filter(pk__in=centre.networks_today()).exists():
        return yes
    return no("The outreach log is kept by the coordinators and the helpdesk of the hospital's networks.")


def words_there(entry: Any) -> Verdict:
    return no("The words of this entry were taken out.") if entry.is_forgotten else yes


@rule(Permission.OUTREACH_CORRECT)
def may_correct_outreach(user: Any, entry: Any) -> Verdict:
    """One's own words, once: the entry that corrects it is corrected next."""
    if entry.by_id != user.pk or entry.reminder:
        return no("Only who wrote an entry corrects it. Write another one beside it.")
    if hasattr(entry, "correction"):
        return no("This entry was corrected already.")
    return words_there(entry)


@rule(Permission.OUTREACH_DONE)
def may_settle_outreach(_user: Any, entry: Any) -> Verdict:
    """Whoever sees it: colleagues take over from one another."""
    return yes if entry.waits and not hasattr(entry, "correction") else no("No next step waits here.")


@rule(Permission.OUTREACH_FORGET)
def may_forget_outreach(_user: Any, entry: Any) -> Verdict:
    """Something stands there that must not."""
    return words_there(entry)


def still_asked(wish: Any, verdict: Verdict) -> Verdict:
    """``verdict`` says whether who asked could ask today; somebody switched off asks for nothing."""
    if wish.asked_by.is_active and verdict:
        return yes
    return no(f"{wish.asked_by.display_name} may not ask for this any more; ask for it anew.")


def second_person(user: Any, wish: Any) -> Verdict:
    if wish.state != ProposalState.WAITING or wish.asked_at <= clock.now() - wish.GOOD_FOR:
        return no("This was decided already, or has waited for too long.")
    return no("A second person must confirm what you asked for.") if wish.asked_by_id == user.pk else yes
