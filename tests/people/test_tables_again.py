"""A list of hospitals that is read once more changes neither a clearance nor a last day; it names them where they differ."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.accounts.models import Centre, CentreMembership, User
from cpms.accounts.roles import Role
from helpdesk.people import actions
from tests.clients import signed_in
from tests.factories import CentreFactory, GroupFactory, NetworkFactory, UserFactory, give_role
from tests.people.test_tables import read, states, work_through

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def network():
    return NetworkFactory()


@pytest.fixture
def coordinator(network):
    user = UserFactory(role="none")
    give_role(user, Role.NETWORK_COORDINATOR, network=network)
    return user


@pytest.fixture
def hospital(network):
    return CentreFactory(network=network)


@pytest.mark.parametrize("units", ["", "Adrenal clinic"])
@pytest.mark.parametrize(
    ("has", "written", "differs"),
    [
        (None, "2026-01-02", ["Clearance: the table says 2026-01-02, the hospital has none; this stays."]),
        (
            "2026-01-05",
            "2026-01-02",
            ["Clearance: the table says 2026-01-02, the hospital has had it since 2026-01-05; this stays."],
        ),
        ("2026-01-02", "2026-01-02", []),
        ("2026-01-02", "", []),
    ],
)
def test_a_table_neither_restores_nor_changes_a_clearance(network, coordinator, hospital, units, has, written, differs):
    Centre.objects.filter(pk=hospital.pk).update(cleared_on=has)
    row = f"{hospital.name},{hospital.city},{hospital.country},{units},{written}\n"
    table = read(network, coordinator, f"Hospital,City,Country,Units,Cleared on\n{row}")
    assert states(table)[2] == ("ready" if units else "known", differs)
    page = signed_in(coordinator).get(table.get_absolute_url(), secure=True).content.decode()
    assert ("; this stays." in page, "To be asked for" in page) == (bool(differs), False)
    actions.take_table(table, by=coordinator)
    work_through(table)
    hospital.refresh_from_db()
    assert str(hospital.cleared_on) == str(has)


@pytest.mark.parametrize("kind", ["full", "affiliated"])
def test_a_hospital_that_leaves_does_not_stay_by_a_table(network, coordinator, hospital, kind):
    last = clock.rights_day() + dt.timedelta(days=40)
    CentreMembership.objects.filter(centre=hospital).update(until=last)
    row = f"{hospital.name},{hospital.city},{hospital.country},{kind}\n"
    table = read(network, coordinator, f"Hospital,City,Country,Membership\n{row}")
    words = f"Membership: the hospital leaves the network after {last.isoformat()}; this stays."
    assert states(table)[2] == ("known" if kind == "full" else "ready", [words])
    actions.take_table(table, by=coordinator)
    work_through(table)
    place = CentreMembership.objects.get(centre=hospital)
    assert (place.kind, place.until) == (kind, last)


def test_names_of_another_alphabet_are_told_apart(network, coordinator, hospital):
    for number, name in ((2, "Θυρεοειδής"), (3, "Υπόφυση")):
        GroupFactory(number=number, name=name, network=network)
    UserFactory(email="maria@hospital.example", centre=hospital, display_name="Μαρία Παππά", role="clinician")
    table = read(
        network,
        coordinator,
        f"Name,E-mail,Hospital,Groups\nΓιώργος Νίκου,g@hospital.example,{hospital.name},ΘΥΡΕΟΕΙΔΗΣ\n"
        f"Άννα Νίκου,a@hospital.example,{hospital.name},Επινεφρίδια\nΕλένη Παππά,maria@hospital.example,{hospital.name},\n",
    )
    good, bad, known = table.rows.order_by("number")
    assert (good.state, bad.state, known.state) == ("ready", "bad", "known")
    assert bad.problems == ["No thematic group is called “Επινεφρίδια”."]
    assert known.problems == ["Name: the table says “Ελένη Παππά”, the account “Μαρία Παππά”."]
    actions.take_table(table, by=coordinator)
    work_through(table)
    assert User.objects.get(email="g@hospital.example").groups_of_interest.get().name == "Θυρεοειδής"
