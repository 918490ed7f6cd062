"""A table of centres or people loses no row: each is taken in, there already, or named with everything that is wrong."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from cpms import sheets
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import Centre, CentreMembership, User
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.jobs.models import Job
from cpms.notifications.models import OutboxMessage
from helpdesk.people import actions
from helpdesk.people.importers.columns import unread_columns
from helpdesk.people.models import Table
from helpdesk.people.states import TableKind
from tests.clients import signed_in
from tests.factories import CentreFactory, GroupFactory, NetworkFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
CENTRES = """Hospital,City,Country,ERN,Membership,Units,Cleared on,Fax
Pyynikki Hospital,Tampere,Finland,ENDO,full member,Adrenal clinic; Thyroid clinic,2026-01-02,1
Pyynikki hospital,tampere,FI,,full,,,2
Lost Hospital,Bonn,Germny,,full,,,3
Lost Hospital,Bonn,DE,ENDOO,sometimes,,2999-01-01,4
Bone Hospital,Bonn,DE,BOND,full,,,5
,Bonn,DE,,,,,6
=1+1,Bonn,DE,,,,,7
Partner Hospital,Galway,IE,,affiliated partner,,,8
"""
PEOPLE = """Name,E-mail,Job title,Hospital,City,Role,Groups
Dr Jana Nová,Jana.Nova@hospital.example,Endocrinologist,Pyynikki Hospital,,clinician,1; Adrenal
Prof Rep,rep@hospital.example,Head,Pyynikki hospital,Tampere,representative,
Dr Twice,jana.nova@hospital.example,,Pyynikki Hospital,,,
Dr Wrong,not-an-address,,Pyyniki Hospital,,king,Adrenl
Dr Known,known@hospital.example,,Pyynikki Hospital,,,
Dr Moved,moved@hospital.example,,Pyynikki Hospital,,,
An Assistant,assistant@hospital.example,,Pyynikki Hospital,,assistant,
"""


@pytest.fixture
def network():
    NetworkFactory(code="BOND", name="ERN BOND")
    return GroupFactory(number=1, name="Adrenal").network


@pytest.fixture
def coordinator(network):
    user = UserFactory(role="none")
    give_role(user, Role.NETWORK_COORDINATOR, network=network)
    return user


@pytest.fixture
def hospital(network):
    return CentreFactory(name="Pyynikki Hospital", city="Tampere", network=network)


def read(network, by, text):
    return actions.read_table(network, data=text.encode(), name="list.csv", by=by)


def states(table):
    return {row.number: (row.state, row.problems) for row in table.rows.all()}


def work_through(table):
    while actions.take_rows(table.pk, by=None):
        pass


def test_every_row_of_centres_is_named_or_ready_and_none_is_lost(network, coordinator):
    table = read(network, coordinator, CENTRES)
    found = states(table)
    assert [found[n][0] for n in range(2, 10)] == ["ready", "bad", "bad", "bad", "bad", "bad", "bad", "ready"]
    assert found[3][1] == ["This is the same as row 2."]
    assert found[4][1] == ["No country is called “Germny”. Do you mean Germany?"]
    assert found[5][1] == [
        "No network is called “ENDOO”. Do you mean Endo-ERN?",
        "“sometimes” is neither full member nor affiliated partner.",
        "The day of the clearance lies ahead.",
    ]
    assert found[6][1] == ["You do not look after ERN BOND; ask its coordinator or helpdesk."]
    assert found[7][1] == ["The hospital is missing."]
    assert found[8][1] == ["“=1+1” is a formula or an error of the sheet; write what it stands for as plain text."]
    assert not Centre.objects.filter(city="Galway").exists()


def test_the_good_rows_are_taken_in_once_and_the_others_stay(network, coordinator):
    table = read(network, coordinator, CENTRES)
    actions.take_table(table, by=coordinator)
    work_through(table)
    work_through(table)
    centre = Centre.objects.get(name="Pyynikki Hospital")
    assert sorted(centre.units.values_list("name", flat=True)) == ["Adrenal clinic", "Thyroid clinic"]
    assert str(centre.cleared_on) == "2026-01-02"
    assert CentreMembership.objects.get(centre__city="Galway").kind == "affiliated"
    assert [state for state, _ in states(table).values()].count("done") == 2
    assert AuditEvent.objects.get(event="table_taken").detail == {"count": 2}
    with pytest.raises(Refused, match="already"):
        actions.take_table(table, by=coordinator)
    again = read(network, coordinator, "Hospital,City,Country\nPyynikki Hospital,Tampere,FI\n")
    assert states(again)[2] == ("known", [])


def test_people_come_by_the_ordinary_actions_with_a_mailed_link(network, coordinator, hospital):
    UserFactory(email="known@hospital.example", centre=hospital)
    UserFactory(email="moved@hospital.example")
    UserFactory(email="assistant@hospital.example", centre=None, role="none")
    table = read(network, coordinator, PEOPLE)
    found = states(table)
    assert [found[n][0] for n in range(2, 9)] == ["ready", "ready", "bad", "bad", "known", "bad", "bad"]
    assert found[4][1] == ["This is the same as row 2."]
    assert found[5][1] == [
        "“not-an-address” is not an e-mail address.",
        "No hospital you look after is called “Pyyniki Hospital” there. Do you mean Pyynikki Hospital, Tampere?",
        "No thematic group is called “Adrenl”. Do you mean Group 1, Adrenal?",
        "“king” is not a role of a table: clinician, representative, substitute or assistant.",
    ]
    assert "at another hospital" in found[7][1][0]
    assert "its owner asks for access, and joins by that" in found[8][1][0]
    User.objects.filter(email="assistant@hospital.example").delete()
    actions.take_table(table, by=coordinator)
    work_through(table)
    jana = User.objects.get(email="jana.nova@hospital.example")
    assert (jana.centre, jana.activated_at, jana.held_roles()) == (hospital, None, {Role.CLINICIAN})
    assert jana.groups_of_interest.get().name == "Adrenal"
    assert User.objects.get(email="rep@hospital.example").held_roles() == {Role.REPRESENTATIVE}
    assert User.objects.get(email="assistant@hospital.example").held_roles() == set()
    mailed = OutboxMessage.objects.filter(notice="account_ready").values_list("recipient__email", flat=True)
    assert sorted(mailed) == ["assistant@hospital.example", "jana.nova@hospital.example", "rep@hospital.example"]


def test_a_role_that_the_person_may_not_give_waits_for_somebody_who_may(network, coordinator, hospital):
    staff = UserFactory(role="none")
    give_role(staff, Role.HELPDESK_ADULT, network=network)
    table = read(network, staff, "Name,E-mail,Hospital\nDr New,new@hospital.example,Pyynikki Hospital\n")
    assert "a coordinator can take this row in" in states(table)[2][1][0]
    actions.check_table(table, by=coordinator)
    assert states(table)[2] == ("ready", [])


def test_a_missing_hospital_can_be_added_and_the_table_checked_again(network, coordinator):
    table = read(network, coordinator, "Name,E-mail,Hospital\nDr New,new@hospital.example,New Hospital\n")
    assert states(table)[2][0] == "bad"
    accounts.add_centre(network, name="New Hospital", city="Bonn", country="DE", kind="full", by=coordinator)
    actions.check_table(table, by=coordinator)
    assert states(table)[2][0] == "ready"


def workbook(*rows):
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_row_by_row_and_its_formulas_are_named(network, coordinator):
    data = workbook(
        ("Hospital", "City", "Country"), ("Real", "Bonn", "DE"), (None, None, None), ('=CONCATENATE("a")', "Bonn", "DE")
    )
    found = states(actions.read_table(network, data=data, name="list.xlsx", by=coordinator))
    assert {number: state for number, (state, _) in found.items()} == {2: "ready", 4: "bad"}
    assert "is a formula" in found[4][1][0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Hospital,Fax\nA,1\n", "The first row must name the columns"),
        ("no table at all", "could not be read"),
        ("Hospital,City,Country\n" + "A,B,DE\n" * 2001, "more than 2,000 rows"),
        ("", "could not be read"),
    ],
)
def test_what_is_no_such_table_is_refused_whole(network, coordinator, text, why):
    client = signed_in(coordinator)
    file = SimpleUploadedFile("list.csv", text.encode() or b" ")
    answer = client.post(reverse("people:tables"), {"network": network.pk, "file": file}, secure=True)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not Table.objects.exists()


def test_from_the_file_to_the_rows_by_the_pages(network, coordinator):
    client = signed_in(coordinator)
    file = SimpleUploadedFile("list.csv", CENTRES.encode())
    answer = client.post(reverse("people:tables"), {"network": network.pk, "file": file}, secure=True)
    table = Table.objects.get()
    assert answer.url == table.get_absolute_url()
    page = client.get(answer.url, secure=True).content.decode()
    assert "Do you mean Germany?" in page
    assert "Not understood, so not taken in: <b>Fax</b>" in page
    mend = client.get(reverse("people:table_to_mend", args=[table.pk]), secure=True)
    rows = list(csv.DictReader(io.StringIO(mend.content.decode("utf-8-sig"))))
    assert [row["Row"] for row in rows] == ["3", "4", "5", "6", "7", "8"]
    assert rows[-1]["Hospital"] == "'=1+1"
    assert client.post(reverse("people:take_table", args=[table.pk]), secure=True).url == table.get_absolute_url()
    assert Job.objects.get(task="people.take_rows").ids == {"table_id": str(table.pk)}
    assert "data-poll" in client.get(answer.url, secure=True).content.decode()
    again = SimpleUploadedFile("mended.csv", mend.content.replace(b"Germny", b"Germany"))
    client.post(reverse("people:tables"), {"network": network.pk, "file": again}, secure=True)
    assert states(Table.objects.first())[3][0] == "ready"


def test_a_table_of_another_network_is_not_there(network, coordinator):
    stranger = UserFactory(role="none")
    give_role(stranger, Role.HELPDESK_ADULT, network=NetworkFactory(code="BOND"))
    table = read(network, coordinator, CENTRES)
    assert signed_in(stranger).get(table.get_absolute_url(), secure=True).status_code == 404
    with pytest.raises(Refused):
        read(network, stranger, CENTRES)


@pytest.mark.parametrize("count", [1, 30])
def test_reading_and_showing_cost_the_same_however_many_rows(network, coordinator, count, django_assert_num_queries):
    text = "Hospital,City,Country\n" + "".join(
        f"Hospital {n},Bonn,Nowhere\nHospital {n},Bonn,DE\n" for n in range(count)
    )
    with django_assert_num_queries(18):
        table = read(network, coordinator, text)
    client = signed_in(coordinator)
    with django_assert_num_queries(17):
        client.get(table.get_absolute_url(), secure=True)
    with django_assert_num_queries(12):
        client.get(reverse("people:tables"), secure=True)


def test_cells_that_calculate_leave_as_text():
    assert sheets.as_csv([["=1", "plain"]]).decode("utf-8-sig") == '"\'=1","plain"\r\n'


def test_every_column_name_that_the_page_gives_is_understood(network, coordinator):
    page = signed_in(coordinator).get(reverse("people:tables"), secure=True)
    for kind, needed, more in page.context["wanted"]:
        of_kind = next(k for k in TableKind if k.label == kind)
        assert unread_columns([*needed, *more], of_kind) == []


def test_a_known_person_who_differs_is_named_and_left_as_they_are(network, coordinator, hospital):
    adrenal, thyroid = network.groups.get(number=1), GroupFactory(number=8, name="Thyroid", network=network)
    title = {"job_title": "Endocrinologist", "centre": hospital}
    other = UserFactory(email="other@hospital.example", display_name="Dr Other", **title)
    same = UserFactory(email="same@hospital.example", display_name="Dr Same", **title)
    other.groups_of_interest.add(thyroid)
    same.groups_of_interest.add(adrenal)
    text = """Name,E-mail,Job title,Hospital,Role,Groups
Dr Else,other@hospital.example,Geneticist,Pyynikki Hospital,representative,1
Dr Same,same@hospital.example,Endocrinologist,Pyynikki Hospital,clinician,1
Dr Same,SAME@hospital.example,,Pyynikki Hospital,,
"""
    table = read(network, coordinator, text)
    found = states(table)
    assert found[2] == (
        "known",
        [
            "Role: the table says centre representative, the account has clinician.",
            "Groups: the account does not follow Group 1, Adrenal.",
            "Groups: the account follows Group 8, Thyroid too.",
            "Name: the table says “Dr Else”, the account “Dr Other”.",
            "Job title: the table says “Geneticist”, the account “Endocrinologist”.",
        ],
    )
    assert found[3] == ("known", [])
    client = signed_in(coordinator)
    page = client.get(table.get_absolute_url(), secure=True).content.decode()
    file = client.get(reverse("people:table_to_mend", args=[table.pk]) + "?differing=1", secure=True)
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [(row["Row"], row["E-mail"]) for row in rows] == [("2", "other@hospital.example")]
    assert "All 1 as a file" in page
    assert "There already, but different" in page
    assert "the account has clinician" in page
    assert "These accounts are left as they are" in page
    other.memberships.all().delete()
    actions.check_table(table, by=coordinator)
    assert states(table)[2][1][0] == "Role: the table says centre representative, the account has no role."
    fresh = User.objects.get(pk=other.pk)
    assert (fresh.display_name, fresh.groups_of_interest.get(), fresh.held_roles()) == ("Dr Other", thyroid, set())
