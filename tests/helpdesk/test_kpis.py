"""The month's figures: counted from rows, frozen once, exported harmless."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import load_workbook

from cpms import clock
from cpms.accounts.models import CentreMembership
from cpms.accounts.roles import Role
from cpms.audit import actions as audit
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.notifications import notices
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from cpms.sheets import harmless
from helpdesk import actions, kpis
from helpdesk.models import MonthlyKpi
from tests.clients import signed_in
from tests.factories import CentreFactory, GroupFactory, NetworkFactory, Story, UserFactory, give_role
from tests.helpdesk.histories import lines_of

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
WORDS = {"purpose": "ministry", "words": "Yearly report"}
LONG_AGO = dt.datetime(2020, 1, 15, tzinfo=dt.UTC)


def this_month():
    return clock.today(dt.UTC).replace(day=1)


def freeze(monkeypatch):
    """The running month, as its figures are frozen when it is over."""
    month, later = this_month(), clock.now() + dt.timedelta(days=32)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "today", lambda _zone=None: later.date())
        return actions.freeze_month(month, by=None)


def test_lines_count_people_sign_ins_and_panels():
    story = Story()
    story.lead.groups_of_interest.add(story.group)
    story.open()
    audit.record(Event.SIGNED_IN, on=story.lead, by=story.lead)
    audit.record(Event.SIGNED_IN, on=story.lead, by=story.lead)
    UserFactory(activated_at=None)
    whole, group, *centres = lines_of(story.group.network, this_month())
    assert (whole.registered, whole.active, whole.panels_opened, whole.panels_closed) == (1, 1, 1, 0)
    assert (group.place.group, group.registered, group.active, group.panels_opened) == (story.group.pk, 1, 1, 1)
    home = story.lead.centre_id
    assert [(line.registered, line.panels_opened) for line in centres if line.place.centre == home] == [(1, 1)]


def test_a_frozen_month_never_changes(monkeypatch):
    story = Story()
    story.open()
    assert freeze(monkeypatch) > 0
    Story("b").open()
    assert freeze(monkeypatch) == 0
    assert MonthlyKpi.objects.get(group=None, centre=None, country="").panels_opened == 1


def test_a_month_is_frozen_only_when_it_is_over():
    Story().open()
    with pytest.raises(CommandError, match="when it is over"):
        call_command("freeze_month", f"{this_month():%Y-%m}")
    call_command("freeze_month")
    assert set(MonthlyKpi.objects.values_list("month", flat=True)) == {actions.last_month()}


def test_december_ends_where_january_begins():
    assert kpis.moments(dt.date(2019, 12, 1)) == (
        dt.datetime(2019, 12, 1, tzinfo=dt.UTC),
        dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
    )


def test_the_month_before_is_frozen_by_the_clock():
    assert actions.last_month() < this_month()
    assert actions.last_month().day == 1


def test_a_coordinator_downloads_the_month_and_a_group_coordinator_only_the_group(monkeypatch):
    story = Story()
    story.open()
    other = GroupFactory(number=2, name='=HYPERLINK("http://evil.example")')
    freeze(monkeypatch)
    people = {}
    for role, held in (
        (Role.NETWORK_COORDINATOR, {"network": other.network}),
        (Role.GROUP_COORDINATOR, {"group": other}),
    ):
        people[role] = UserFactory(role="none")
        give_role(people[role], role, **held)
    month = f"{this_month():%Y-%m}"
    address, asked = reverse("kpis_export", args=[month]), {**WORDS, "period": month, "kind": "csv"}
    whole, group = (signed_in(people[role]) for role in people)
    assert rows(whole.post(address, asked))[0]["Panels opened"] == kpis.SIGN  # its one country and one centre are few
    assert [row["Group"] for row in rows(group.post(address, asked))] == [str(other)]
    assert group.get(reverse("kpis_export", args=["nonsense"])).status_code == 404
    assert signed_in(UserFactory()).post(address, asked).status_code == 403
    book = load_workbook(io.BytesIO(whole.post(address, asked | {"kind": "xlsx"}).getvalue()))
    header, *lines = book["Figures"].iter_rows()
    cells = {cell.value: cell for line in lines for cell in line}
    assert {cell.data_type for cell in cells.values()} <= {"s", "n"}
    assert [cell.value for line in lines for cell in line if str(cell.value).startswith(("=", "+", "-", "@"))] == []
    assert lines[0][[cell.value for cell in header].index("Centres")].value == 1


def test_an_export_says_what_it_is_for_and_the_audit_keeps_it(monkeypatch):
    Story().open()
    freeze(monkeypatch)
    reader = UserFactory(role="none")
    give_role(reader, Role.CORE_HELPDESK)
    client, month = signed_in(reader), f"{this_month():%Y-%m}"
    address = reverse("kpis_export", args=[month])
    for missing in ("purpose", "words"):
        asked = {**WORDS, "period": month, "kind": "csv", missing: ""}
        assert client.post(address, asked, secure=True).status_code == 422
    assert not AuditEvent.objects.filter(event=Event.KPI_EXPORTED).exists()
    assert client.post(address, {**WORDS, "period": "2001", "kind": "csv"}, secure=True).status_code == 422
    taken = client.post(address, {**WORDS, "period": month[:4], "kind": "xlsx"}, secure=True)
    assert taken["Content-Disposition"] == f'attachment; filename="cpms-{month[:4]}.xlsx"'
    kept = AuditEvent.objects.get(event=Event.KPI_EXPORTED)
    lines = MonthlyKpi.objects.count()
    said = {"count": lines, "kind": "xlsx", "stage": month[:4], "verb": "ministry", "reason": "Yearly report"}
    assert (kept.actor_id, kept.detail) == (reader.pk, said)
    answers = [client.post(address, {**WORDS, "period": month, "kind": "csv"}, secure=True) for _ in range(10)]
    assert [answer.status_code for answer in answers] == [200] * 9 + [403]


def rows(response):
    return list(csv.DictReader(response.getvalue().decode("utf-8-sig").splitlines()))


def test_the_night_tells_each_reader_of_a_whole_network_once_and_tells_no_figure():
    story = Story()
    story.open()
    network, elsewhere = story.group.network, NetworkFactory(code="FAR", name="Far")
    told = [UserFactory(role="none") for _ in range(3)]
    for person, role in zip(told, (Role.NETWORK_COORDINATOR, Role.HELPDESK_ADULT, Role.CORE_HELPDESK), strict=True):
        give_role(person, role, **({} if role == Role.CORE_HELPDESK else {"network": network}))
    others = [UserFactory(role="none") for _ in range(3)]
    give_role(others[0], Role.GROUP_COORDINATOR, group=story.group)
    give_role(others[1], Role.REPRESENTATIVE, centre=story.lead.centre)
    give_role(others[2], Role.NETWORK_COORDINATOR, network=elsewhere)
    for _night in range(2):
        actions.close_month(by=None)
    mails = OutboxMessage.objects.filter(notice=Notice.MONTH_FROZEN)
    assert sorted(mail.recipient_id for mail in mails) == sorted(person.pk for person in told)
    path = f"{reverse('kpis')}?month={actions.last_month():%Y-%m}"
    assert {mail.link for mail in mails} == {path}
    written = notices.body(Notice.MONTH_FROZEN, ref="", path=path).replace(path, "")
    assert not re.search(r"\d", written.replace(settings.BASE_URL, ""))


@pytest.mark.parametrize("text", ["=1", " =1", "\t=1", "\u200b=1", "\uff1d1", "\x00=1", "+1", "-1", "@x", "\r=1"])
def test_a_cell_never_becomes_a_formula(text):
    assert harmless(text).startswith("'")


def test_ordinary_names_stay_as_they_are():
    assert harmless("Group 2, Calcium & phosphate") == "Group 2, Calcium & phosphate"


def test_people_are_counted_where_their_centre_belonged_at_the_months_end():
    story, month = Story(), dt.date(2026, 2, 1)
    network = story.group.network
    type(story.lead).objects.filter(pk=story.lead.pk).update(activated_at=LONG_AGO)
    place = CentreMembership.objects.get(centre=story.lead.centre, network=network)
    for since, until, counted in (
        ("2026-01-01", None, 1),
        ("2026-02-28", None, 1),
        ("2026-03-01", None, 0),
        ("2026-01-01", "2026-02-28", 1),
        ("2026-01-01", "2026-02-27", 0),
    ):
        CentreMembership.objects.filter(pk=place.pk).update(since=since, until=until)
        whole, *others = lines_of(network, month)
        assert (since, until, whole.registered) == (since, until, counted)
        assert [line.registered for line in others if line.place.centre == story.lead.centre_id] == [1] * counted


def test_a_national_officer_sees_the_country_and_the_core_helpdesk_everything(monkeypatch):
    story, elsewhere = Story(), CentreFactory(country="PT", network=NetworkFactory(code="BOND", name="ERN BOND"))
    home = story.lead.centre.country
    assert home != "PT"
    freeze(monkeypatch)
    officer, core = UserFactory(role="none"), UserFactory(role="none")
    give_role(officer, Role.NATIONAL_OFFICER, country="PT")
    give_role(core, Role.CORE_HELPDESK)
    assert [(line.centre, line.country) for line in MonthlyKpi.objects.visible_to(officer)] == [
        (None, "PT"),
        (elsewhere, ""),
    ]
    assert MonthlyKpi.objects.visible_to(core).count() == MonthlyKpi.objects.count() > 3
    page = signed_in(officer).get(reverse("kpis"), secure=True).content.decode()
    assert str(elsewhere) in page
    assert str(story.lead.centre) not in page
    assert reverse("outcomes:effectiveness") not in page
    shown = signed_in(core).get(reverse("kpis"), secure=True).content.decode()
    assert "ERN BOND" in shown
    assert str(story.lead.centre) in shown
    nobody = UserFactory(role="none")
    give_role(nobody, Role.NATIONAL_OFFICER, country="")
    assert not MonthlyKpi.objects.visible_to(nobody).exists()
