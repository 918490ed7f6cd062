"""Rules about people: who is signed in, who is staff, who may see figures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from cpms import clock
from cpms.accounts.access.verdicts import Verdict, no, rule, yes
from cpms.accounts.models import Centre, CentreMembership, Network, ThematicGroup, User
from cpms.accounts.policy.posts import Post, is_still_there, looked_after, may_have, posts_held
from cpms.accounts.roles import (
    CENTRE_ROLES,
    HELD_ON,
    KPI_ROLES,
    MANAGING_ROLES,
    OVERSEEING_ROLES,
    PLACING_ROLES,
    POWERFUL,
    REPRESENTING_ROLES,
    Permission,
    Role,
)


@rule(Permission.SIGNED_IN)
def may_sign_in(_user: Any, _thing: Any = None) -> Verdict:
    return yes


@rule(Permission.STAFF_SITE)
def may_use_staff_site(user: Any, _thing: Any = None) -> Verdict:
    return yes if user.is_staff else no("This page is for helpdesk staff.")


@rule(Permission.KPI_READ)
def may_read_kpis(user: Any, _thing: Any = None) -> Verdict:
    held = user.held_roles() & KPI_ROLES
    return yes if held else no("Figures are for representatives, coordinators, national officers and the helpdesk.")


@rule(Permission.REGISTRY_LIST)
def may_list_registries(user: Any, _thing: Any = None) -> Verdict:
    return yes if Role.RESEARCHER in user.held_roles() else no("Registries are for those who do research for one.")


def clinicians_served_by(user: Any) -> list[Any]:
    """Keys of the clinicians for whom the person works today: of oneself as a clinician, and of every one assisted."""
    return list(user.serves())


def only_clinician_of(user: Any) -> Any:
    """For whom an assistant works who is no clinician and assists exactly one; ``None`` for everybody else."""
    assisted = set(clinicians_served_by(user)) - {user.pk}
    return assisted.pop() if len(assisted) == 1 and Role.CLINICIAN not in user.held_roles() else None


def acts_as_clinician(user: Any) -> Verdict:
    """Holds the clinician's role, or assists somebody who does."""
    if Role.CLINICIAN in user.held_roles() or set(clinicians_served_by(user)) - {user.pk}:
        return yes
    return no("Only clinicians of a member centre and their assistants enrol patients.")


def clinicians_enrolled_for(user: Any) -> QuerySet[User]:
    """For whom the person enrols patients: for oneself as a clinician, and for every clinician assisted today."""
    return User.objects.filter(pk__in=clinicians_served_by(user)).select_related("centre")


def centres_run_by(user: Any) -> QuerySet[Centre]:
    """The centres a person represents today, and those of the networks a person coordinates."""
    held = user.roles_in_force()
    own = held.filter(role__in=REPRESENTING_ROLES).values("centre")
    networks = held.filter(role=Role.NETWORK_COORDINATOR).values("network")
    places = CentreMembership.objects.current().filter(network__in=networks)
    return Centre.objects.filter(Q(pk__in=own) | Q(pk__in=places.values("centre")))


def networks_served_by(user: Any) -> QuerySet[Network]:
    """The networks a person coordinates or serves as helpdesk; all of them for the core helpdesk."""
    if Role.CORE_HELPDESK in user.held_roles():
        return Network.objects.all()
    held = user.roles_in_force().filter(role__in=OVERSEEING_ROLES)
    return Network.objects.filter(pk__in=held.values("network"))


def may_serve(user: Any, network: Network) -> Verdict:
    served = networks_served_by(user).filter(pk=network.pk).exists()
    return yes if served else no("This is arranged by the coordinator or the helpdesk of the network itself.")


@rule(Permission.CENTRE_LIST)
def may_list_centres(user: Any, _thing: Any = None) -> Verdict:
    if user.held_roles() & MANAGING_ROLES:
        return yes
    return no("Centres are shown to their representatives, to coordinators and to the helpdesk.")


@rule(Permission.CENTRE_READ)
def may_read_centre(_user: Any, _centre: Any) -> Verdict:
    """Whoever can see the centre at all represents or oversees it."""
    return yes


@rule(Permission.CENTRE_CLEAR)
def may_clear_centre(user: Any, centre: Any) -> Verdict:
    """Not the centre itself: somebody of a network it belongs to today has seen the hospital's confirmation."""
    if networks_served_by(user).filter(pk__in=centre.networks_today()).exists():
        return yes
    return no("Clearance is recorded by a coordinator or the helpdesk of the network.")


@rule(Permission.CENTRE_PLACE)
def may_place_centres(user: Any, _thing: Any = None) -> Verdict:
    """Which networks a hospital belongs to is said by those who serve a network."""
    if user.held_roles() & PLACING_ROLES:
        return yes
    return no("Hospitals are added by a network's coordinator or its helpdesk.")


def may_take_up(user: Any, centre: Any) -> Verdict:
    """Say of a hospital that is known already that it belongs to one more network: a place in a network opens its staff,
    roles and clearance. The core helpdesk may, and who serves a network the hospital belongs to today."""
    others = Centre.objects.of_others(user).filter(pk=centre.pk).exists()
    return no("This hospital is looked after by others; somebody there must confirm it.") if others else yes


def may_open_panels(centre: Any) -> Verdict:
    """The gate of every new panel: the hospital's data-protection clearance is in force."""
    if centre is not None and centre.cleared_on is not None and centre.cleared_on <= clock.today():
        return yes
    return no("Your centre's data-protection clearance is missing; your network's coordinator can help.")


def posts_for(user: Any, person: Any, *, registries: Iterable[str] = ()) -> list[Post]:
    """Everything that the person may be given by ``user``, in the order of the roles; as researcher for one of these registries,
    named by their codes."""
    networks = list(networks_served_by(user))
    groups = ThematicGroup.objects.filter(network__in=networks).select_related("network")
    found = [Post(role, centre=person.centre) for role in Role if role in CENTRE_ROLES and person.centre]
    found += [Post(Role.GROUP_COORDINATOR, group=group) for group in groups]
    whole = HELD_ON["network"] - {Role.RESEARCHER}
    found += [Post(role, network=network) for role in Role if role in whole for network in networks]
    found += [Post(Role.RESEARCHER, network=network, registry=code) for network in networks for code in registries]
    found.append(Post(Role.CORE_HELPDESK))
    if person.country:
        found.append(Post(Role.NATIONAL_OFFICER, country=person.country))
    held = posts_held(person)
    return [post for post in looked_after(user, found) if may_have(user, person, post, entitled=True, held=held)]


@rule(Permission.PERSON_LIST)
def may_list_people(user: Any, _thing: Any = None) -> Verdict:
    return may_list_centres(user)


@rule(Permission.PERSON_READ)
def may_read_person(_user: Any, _person: Any) -> Verdict:
    """Whoever can see the account at all looks after it."""
    return yes


@rule(Permission.PERSON_MANAGE)
def may_manage_person(user: Any, person: Any) -> Verdict:
    """Roles, leaving, switching off: on others, never on oneself, not of a panel's guest, and not of an account that is over."""
    if user.pk == person.pk:
        return no("Somebody else looks after your own account.")
    if not (verdict := is_still_there(person)):
        return verdict
    if person.centre_id is None and not User.objects.looked_after_by(user).filter(pk=person.pk).exists():
        return no("A guest of a panel: the helpdesk helps with a lost phone or a fresh link, and no more.")
    return may_list_centres(user)


def may_leave(user: Any, person: Any) -> Verdict:
    """No longer working at a hospital: said of others, and only of who works at one."""
    if not (verdict := may_manage_person(user, person)):
        return verdict
    return no("This person works at no hospital, so there is none to leave.") if person.centre_id is None else yes


def may_switch(user: Any, person: Any) -> Verdict:
    """Switching an account off stops every role of its owner, so it takes who may give each role that two people give."""
    if not (verdict := may_manage_person(user, person)) or Role.CORE_HELPDESK in user.held_roles():
        return verdict
    powerful = person.memberships.current().filter(role__in=POWERFUL).select_related("network")
    posts = [Post(Role(held.role), network=held.network) for held in powerful]
    if looked_after(user, posts) == posts:
        return yes
    return no("This person has a role that two people give; a coordinator or the core helpdesk must do this.")


def may_name_assistant(user: Any, assistant: Any) -> Verdict:
    """A clinician names a colleague of the same hospital."""
    if Role.CLINICIAN not in user.held_roles():
        return no("Only clinicians have assistants.")
    if assistant.pk == user.pk or assistant.centre_id is None or assistant.centre_id != user.centre_id:
        return no("An assistant is a colleague of your own hospital.")
    if user.assistants.current().filter(assistant=assistant).exists():
        return no("This colleague is your assistant already.")
    return yes


@rule(Permission.DIRECTORY)
def may_look_for_experts(user: Any, _thing: Any = None) -> Verdict:
    """People of a hospital, or with a role; a guest of one panel is here for that panel."""
    inside = user.centre_id is not None or user.held_roles()
    return yes if inside else no("The directory is for people of the networks.")


@rule(Permission.EXPERT_READ)
def may_read_expert(_user: Any, _expert: Any) -> Verdict:
    """Whoever sees the expert at all may look for experts."""
    return yes


@rule(Permission.EXPERT_GROUP_READ)
def may_read_expert_group(_user: Any, _group: Any) -> Verdict:
    """One's own, or shared with a thematic group of one's own."""
    return yes


@rule(Permission.EXPERT_GROUP_CHANGE)
def may_change_expert_group(user: Any, group: Any) -> Verdict:
    return yes if group.owner_id == user.pk else no("Only who made the group changes it.")
