"""The filters and searches of the staff site keep the right rows, of the networks that their reader serves alone."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts.models import AdvocacyGroup, Centre, CentreMembership, Membership, ThematicGroup, User
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from helpdesk.kpis.people import without_panel
from helpdesk.kpis.places import Place
from helpdesk.models import MonthlyKpi
from helpdesk.queries.today import parts_of
from helpdesk.states import GONE_AFTER
from tests.clients import signed_in
from tests.factories import CentreFactory, GroupFactory, NetworkFactory, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
DAY = dt.timedelta(days=1)
PEOPLE_QUERIES, HOSPITAL_QUERIES, ROLE_QUERIES = 14, 15, 13


def desk_of(*networks):
    """Somebody of these networks' helpdesk; of the core helpdesk without one."""
    user = UserFactory(centre=None, role="none")
    for network in networks:
        give_role(user, Role.HELPDESK_ADULT, network=network)
    if not networks:
        give_role(user, Role.CORE_HELPDESK)
    return user


def place(centre, network, kind="full", **days):
    return CentreMembership.objects.create(centre=centre, network=network, kind=kind, **days)


def changelist(client, model, **chosen):
    page = reverse(f"helpdesk:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return client.get(page, chosen).context["cl"]


def kept(client, model, **chosen):
    return set(changelist(client, model, **chosen).queryset)


def offered(client, model, title):
    """The words of a filter, but for the one that shows all."""
    found = changelist(client, model)
    (spec,) = (spec for spec in found.filter_specs if spec.title == title)
    return [str(choice["display"]) for choice in spec.choices(found)][1:]


@pytest.fixture
def lung():
    return NetworkFactory(code="LUNG", name="ERN LUNG")


def test_people_are_kept_by_the_network_of_their_hospital_or_of_a_role(bond, lung, skin):
    of_bond, of_lung = UserFactory(centre=CentreFactory(network=bond)), UserFactory(centre=CentreFactory(network=lung))
    of_skin, elsewhere = UserFactory(centre=CentreFactory(network=skin)), CentreFactory(network=skin)
    coordinator = UserFactory(centre=elsewhere)
    give_role(coordinator, Role.NETWORK_COORDINATOR, network=bond)
    of_group = UserFactory(centre=elsewhere)
    give_role(of_group, Role.GROUP_COORDINATOR, group=GroupFactory(network=bond, number=3))
    before = UserFactory(centre=of_lung.centre)
    give_role(
        before,
        Role.NETWORK_COORDINATOR,
        network=bond,
        valid_from=clock.rights_day() - 9 * DAY,
        valid_to=clock.rights_day() - DAY,
    )
    place(of_lung.centre, bond, since=clock.rights_day() - 99 * DAY, until=clock.rights_day() - 2 * DAY)
    me = desk_of(bond, lung)
    client = signed_in(me)
    assert kept(client, User) == {me, of_bond, of_lung, coordinator, of_group, before}
    assert kept(client, User, network="BOND") == {me, of_bond, coordinator, of_group}
    assert kept(client, User, network="LUNG") == {me, of_lung, before}
    assert offered(client, User, "network") == ["ERN BOND", "ERN LUNG"]
    for strange in ("SKIN", "NOWHERE"):
        assert kept(client, User, network=strange) == set()
    core = signed_in(desk_of())
    assert kept(core, User, network="SKIN") == {of_skin, coordinator, of_group}
    assert offered(core, User, "network") == ["ERN BOND", "ERN LUNG", "ERN SKIN"]


def test_people_are_kept_by_the_role_that_they_hold_today(bond, skin):
    here = CentreFactory(network=bond)
    clinician, holder, former = (UserFactory(centre=here) for _ in range(3))
    give_role(holder, Role.REPRESENTATIVE, centre=here)
    give_role(former, Role.REPRESENTATIVE, centre=here, ended_at=clock.now(), ended_by=holder)
    stranger = UserFactory(centre=CentreFactory(network=skin))
    give_role(stranger, Role.REPRESENTATIVE, centre=stranger.centre)
    client = signed_in(desk_of(bond))
    assert kept(client, User, role="representative") == {holder}
    assert kept(client, User, role="clinician") == {clinician, holder, former}
    assert kept(client, User, role="researcher") == set()
    assert kept(client, User, role="no role") == kept(client, User)
    assert offered(client, User, "role held today") == list(Role.labels)


def sign_in_of(user, at):
    AuditEvent.objects.create(event=Event.SIGNED_IN, actor_id=user.pk, at=at)


def test_people_are_kept_by_when_they_signed_in(bond, skin):
    here = CentreFactory(network=bond)
    fresh, last_month, earlier, gone, never = (UserFactory(centre=here) for _ in range(5))
    away, off = UserFactory(centre=here, away_until=clock.rights_day() + DAY), UserFactory(centre=here, is_active=False)
    first, border = clock.now().replace(day=1), clock.now() - GONE_AFTER
    stranger = UserFactory(centre=CentreFactory(network=skin))
    for person, moments in (
        (fresh, [border - 99 * DAY, clock.now()]),
        (earlier, [border - DAY, border + DAY]),
        (last_month, [first - 2 * DAY]),
        (gone, [border - DAY]),
        (away, [border - DAY]),
        (off, [border - DAY]),
        (stranger, [clock.now()]),
    ):
        for moment in moments:
            sign_in_of(person, moment)
    AuditEvent.objects.create(event=Event.SIGN_IN_REFUSED, actor_id=never.pk)
    me = desk_of(bond)
    client = signed_in(me)
    assert kept(client, User, signed_in="month") == {fresh}
    assert kept(client, User, signed_in="gone") == {gone}
    (missed,) = (part for part in parts_of(me) if part.title == "People who stopped coming")
    assert [row.key for row in missed.rows] == [gone.pk], "the page of today says the same"
    assert kept(client, User, signed_in="never") == {never, me}
    assert kept(client, User, activated="yes", signed_in="gone") == {gone}
    assert offered(client, User, "last sign-in") == ["This month", "Stopped coming: not for 90 days", "Never"]


def test_people_are_still_kept_by_activation(bond):
    here = CentreFactory(network=bond)
    awake, asleep = UserFactory(centre=here), UserFactory(centre=here, activated_at=None)
    me = desk_of(bond)
    client = signed_in(me)
    assert kept(client, User, activated="no") == {asleep}
    assert kept(client, User, activated="yes") == {awake, me}


def test_hospitals_are_kept_by_network_and_by_what_they_are_in_it(bond, lung, skin):
    full, both, of_lung, of_skin = (CentreFactory(network=network) for network in (bond, bond, lung, skin))
    partner = CentreFactory(network=skin)
    place(both, lung, kind="affiliated")
    place(partner, bond, kind="affiliated")
    left = CentreFactory(network=lung)
    place(left, bond, since=clock.rights_day() - 99 * DAY, until=clock.rights_day() - 2 * DAY)
    client = signed_in(desk_of(bond, lung))
    assert kept(client, Centre) == {full, both, of_lung, partner, left}
    assert kept(client, Centre, network="BOND") == {full, both, partner}
    assert kept(client, Centre, network="LUNG") == {of_lung, both, left}
    assert kept(client, Centre, kind="affiliated") == {both, partner}
    assert kept(client, Centre, kind="full") == {full, both, of_lung, left}
    assert kept(client, Centre, network="BOND", kind="affiliated") == {partner}
    assert kept(client, Centre, network="BOND", kind="full") == {full, both}
    assert kept(client, Centre, kind="other") == kept(client, Centre)
    assert kept(client, Centre, network="SKIN", kind="full") == set()
    assert offered(client, Centre, "network") == ["ERN BOND", "ERN LUNG"]
    assert kept(signed_in(desk_of()), Centre, network="SKIN") == {of_skin, partner}


def test_hospitals_are_kept_by_clearance(bond, skin):
    """A day before and two after: the reader's own day may be the next already."""
    yesterday, later = clock.rights_day() - DAY, clock.rights_day() + 2 * DAY
    cleared, not_yet, never = (CentreFactory(network=bond, cleared_on=day) for day in (yesterday, later, None))
    for day in (yesterday, None):
        CentreFactory(network=skin, cleared_on=day)
    client = signed_in(desk_of(bond))
    assert kept(client, Centre, cleared="yes") == {cleared}
    assert kept(client, Centre, cleared="no") == {not_yet, never}


def test_hospitals_without_a_panel_this_year_are_found(bond, skin):
    """Who joined this year too, and as the official figure counts them: a panel of another network is none of this one."""
    story = Story()
    busy, own = story.open().lead.centre, story.panel.network
    quiet, joined, strange = CentreFactory(network=bond), CentreFactory(network=bond), CentreFactory(network=skin)
    place(busy, bond)
    CentreMembership.objects.exclude(centre=joined).update(since=clock.rights_day() - 400 * DAY)
    client = signed_in(desk_of(bond, own))
    assert kept(client, Centre, panels="none") == {*kept(client, Centre)} - {busy}
    assert {quiet, joined} <= kept(client, Centre, panels="none")
    assert kept(client, Centre, panels="none", network="BOND") == {busy, quiet, joined}
    assert kept(client, Centre, panels="none", network="SKIN") == set()
    of_all = kept(signed_in(desk_of()), Centre, panels="none")
    assert ({quiet, joined, strange} <= of_all, busy in of_all) == (True, False)
    counted = without_panel(clock.rights_day().replace(day=1))
    for network in (bond, own, skin):
        idle = kept(signed_in(desk_of(network)), Centre, panels="none")
        assert counted[Place(network.pk)]["centres_idle"] == len(idle)
    assert counted[Place(bond.pk)]["centres_idle"] == 3


def test_roles_are_kept_by_network_and_by_whether_they_are_in_force(bond, lung, skin):
    holder = UserFactory(centre=CentreFactory(network=bond), role="none")
    today = clock.rights_day()
    running = give_role(holder, Role.CLINICIAN)
    of_group = give_role(holder, Role.GROUP_COORDINATOR, group=GroupFactory(network=lung, number=2), valid_to=today)
    past = {"valid_from": today - 9 * DAY, "valid_to": today - DAY}
    over = give_role(holder, Role.NETWORK_COORDINATOR, network=lung, **past)
    ended = give_role(holder, Role.SUBSTITUTE, centre=holder.centre, ended_at=clock.now(), ended_by=holder)
    to_come = give_role(holder, Role.REPRESENTATIVE, centre=holder.centre, valid_from=today + DAY)
    of_country = give_role(holder, Role.NATIONAL_OFFICER, country="FI")
    stranger = UserFactory(centre=CentreFactory(network=skin))
    give_role(stranger, Role.NETWORK_COORDINATOR, network=skin, **past)
    me = desk_of(bond, lung)
    mine = {row.network.code: row for row in me.memberships.select_related("network")}
    client = signed_in(me)
    assert kept(client, Membership) == {running, of_group, over, ended, to_come, of_country, *mine.values()}
    assert kept(client, Membership, in_force="yes") == {running, of_group, of_country, *mine.values()}
    assert kept(client, Membership, in_force="no") == {over, ended}
    assert kept(client, Membership, network="BOND") == {running, ended, to_come, mine["BOND"]}
    assert kept(client, Membership, network="LUNG") == {of_group, over, mine["LUNG"]}
    assert kept(client, Membership, network="LUNG", in_force="no") == {over}
    assert kept(client, Membership, network="SKIN") == set()
    assert offered(client, Membership, "network") == ["ERN BOND", "ERN LUNG"]


def test_lists_of_a_networks_own_things_offer_the_networks_served(bond, lung, skin):
    made = {
        network.code: [
            GroupFactory(network=network, number=1),
            AdvocacyGroup.objects.create(network=network, name=f"Patients {network.code}", country="FI"),
        ]
        for network in (bond, lung, skin)
    }
    client = signed_in(desk_of(bond, lung))
    for number, model in enumerate((ThematicGroup, AdvocacyGroup)):
        assert offered(client, model, "network") == ["ERN BOND", "ERN LUNG"]
        assert kept(client, model, network="LUNG") == {made["LUNG"][number]}
        assert kept(client, model, network="SKIN") == set()


def test_monthly_lines_offer_the_networks_served(bond, lung, skin):
    counts = dict.fromkeys(MonthlyKpi.COLUMNS, 9) | {"month": dt.date(2026, 1, 1), "figures": {}}
    for network in (bond, lung, skin):
        MonthlyKpi.objects.create(network=network, **counts)
    client = signed_in(desk_of(bond, lung))
    assert offered(client, MonthlyKpi, "network") == ["ERN BOND", "ERN LUNG"]
    assert [line.network for line in kept(client, MonthlyKpi, network="LUNG")] == [lung]
    assert kept(client, MonthlyKpi, network="SKIN") == set()


@pytest.mark.parametrize(
    ("model", "chosen", "asked"),
    [
        (User, {"role": "clinician", "signed_in": "never", "activated": "yes"}, PEOPLE_QUERIES),
        (Centre, {"kind": "full", "cleared": "yes", "panels": "none"}, HOSPITAL_QUERIES),
        (Membership, {"in_force": "yes", "role__exact": "clinician"}, ROLE_QUERIES),
    ],
)
def test_filters_ask_as_much_for_many_as_for_one(bond, model, chosen, asked, django_assert_num_queries):
    client = signed_in(desk_of(bond, NetworkFactory()))
    UserFactory(centre=CentreFactory(network=bond))
    long_ago = clock.rights_day() - 400 * DAY
    for many in (1, 30):
        CentreMembership.objects.update(since=long_ago)
        assert len(kept(client, model, network="BOND", **chosen)) == many
        with django_assert_num_queries(asked):
            page = reverse(f"helpdesk:accounts_{model._meta.model_name}_changelist")
            client.get(page, {"network": "BOND", **chosen})
        for _turn in range(29):
            UserFactory(centre=CentreFactory(network=bond))
