"""The page of today: what waits, to whom it is shown, one click each, and whether it helped."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import CentreMembership, User
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.notifications import notices
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from cpms.notifications.states import MailState
from helpdesk import actions, queries
from helpdesk.models import Nudge
from helpdesk.states import NudgeKind
from panels.models import Panel, PanelStep
from tests.clients import signed_in
from tests.factories import (
    CANARIES,
    AccessRequestFactory,
    CentreFactory,
    NetworkFactory,
    PlaceProposalFactory,
    RoleProposalFactory,
    Story,
    UserFactory,
    give_role,
)
from tests.panels.test_idle import age

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
LONG_AGO = dt.timedelta(days=400)
QUERIES = 42


def staff(network=None):
    user = UserFactory(role="none")
    give_role(user, Role.HELPDESK_ADULT if network else Role.CORE_HELPDESK, network=network)
    return user


def sign_in_of(user, *, days_ago):
    AuditEvent.objects.create(event=Event.SIGNED_IN, actor_id=user.pk, at=clock.now() - dt.timedelta(days=days_ago))


def still_panel(name="a"):
    story = Story(name)
    panel = story.open(UserFactory())
    age(story, LONG_AGO.days)
    return story, panel


def something_of_each(network):
    """One of each kind in the network; gives the thing by kind."""
    old = (clock.now() - LONG_AGO).date()
    quiet = CentreFactory(network=network)
    CentreMembership.objects.filter(centre=quiet).update(since=old)
    here = CentreFactory(network=network)
    gone, asleep = UserFactory(centre=here), UserFactory(centre=here, activated_at=None)
    sign_in_of(gone, days_ago=100)
    give_role(decider := UserFactory(centre=here), Role.REPRESENTATIVE, centre=here)
    give_role(UserFactory(centre=quiet, role="none"), Role.REPRESENTATIVE, centre=quiet)
    sign_in_of(decider, days_ago=100)
    sign_in_of(decider, days_ago=1)
    return {
        NudgeKind.REQUEST: AccessRequestFactory(centre=here),
        NudgeKind.CENTRE: quiet,
        NudgeKind.RETURN: gone,
        NudgeKind.ACTIVATION: asleep,
    }


def rows_of(user):
    return {(part.kind, row.key) for part in queries.parts_of(user) for row in part.rows}


def test_each_list_holds_what_waits_and_nothing_else():
    story, panel = still_panel()
    network = story.group.network
    things = something_of_each(network) | {NudgeKind.PANEL: panel}
    UserFactory(centre=things[NudgeKind.CENTRE], away_until=clock.today() + dt.timedelta(days=9))
    sign_in_of(User.objects.order_by("-date_joined").first(), days_ago=200)
    fresh = CentreFactory(network=network)
    expected = {(kind, thing.pk) for kind, thing in things.items()}
    found = rows_of(staff(network))
    assert found == expected
    assert (NudgeKind.CENTRE, fresh.pk) not in found  # belongs to the network since today


def test_staff_of_one_network_see_nothing_of_another_and_nudge_nothing_there():
    _story, panel = still_panel()
    things = something_of_each(panel.network) | {NudgeKind.PANEL: panel}
    stranger = staff(NetworkFactory(code="BOND", name="ERN BOND"))
    assert rows_of(stranger) == set()
    client = signed_in(stranger)
    wrong = [{"kind": "panel", "key": "no-key"}, {"kind": "centre", "key": "x"}, {"kind": "other", "key": "1"}]
    for fields in [*({"kind": kind, "key": thing.pk} for kind, thing in things.items()), *wrong]:
        page = client.post(reverse("nudge"), fields, follow=True).content.decode()
        assert "not on your list any more" in page, fields
    assert signed_in(UserFactory()).post(reverse("nudge"), {"kind": "panel", "key": panel.pk}).status_code == 403
    assert not Nudge.objects.exists()
    assert not OutboxMessage.objects.filter(dedupe_key__contains="nudge-").exists()


def test_one_click_mails_once_a_day_and_is_written_down():
    _story, panel = still_panel()
    things = something_of_each(panel.network) | {NudgeKind.PANEL: panel}
    me = staff(panel.network)
    client = signed_in(me)
    for kind, thing in things.items():
        before = OutboxMessage.objects.count()
        answers = [client.post(reverse("nudge"), {"kind": kind, "key": thing.pk}) for _turn in range(2)]
        assert {answer["Location"] for answer in answers} == {reverse("helpdesk:index")}
        assert OutboxMessage.objects.count() == before + 1, kind
        assert Nudge.objects.get(kind=kind).by == me
        event = AuditEvent.objects.get(event=Event.NUDGED, detail__kind=kind)
        assert (event.actor_id, event.subject_id) == (me.pk, str(thing.pk))
    mail = OutboxMessage.objects.get(notice="panel_idle")
    assert (mail.recipient, mail.ref, mail.link) == (panel.lead, panel.ref, panel.get_absolute_url())
    with pytest.raises(Refused, match="already"):
        actions.nudge(panel, kind=NudgeKind.PANEL, by=staff())
    with pytest.raises(Refused, match="helpdesk"):
        actions.nudge(panel, kind=NudgeKind.PANEL, by=panel.lead)


def test_each_mail_is_read_before_it_goes_in_the_words_that_go():
    _story, panel = still_panel()
    things = something_of_each(panel.network) | {NudgeKind.PANEL: panel}
    me = staff(panel.network)
    client = signed_in(me)
    shown = {part.kind: part.mail for part in queries.parts_of(me) if part.kind}
    page = html.unescape(client.get(reverse("helpdesk:index")).content.decode())
    for kind, thing in things.items():
        actions.nudge(thing, kind=kind, by=me)
        row = OutboxMessage.objects.get(notice=queries.MAILS[kind][0])
        sent = notices.body(row.notice, ref=row.ref, path=row.link)
        words = re.escape(shown[kind].text).replace("…", "[^/\\s]+")
        assert re.fullmatch(words, sent), kind
        assert shown[kind].subject == notices.WORDS[row.notice].subject
        assert (shown[kind].subject in page, shown[kind].text in page) == (True, True), kind
    assert page.count("Read the mail that") == len(things)


def test_where_nobody_can_be_reminded_it_says_so_and_writes_nothing():
    quiet = CentreFactory()
    with pytest.raises(Refused, match="Nobody"):
        actions.nudge(quiet, kind=NudgeKind.CENTRE, by=staff())
    assert not Nudge.objects.exists()


def test_a_hospital_without_a_panel_this_year_hears_of_it_in_september_and_november(monkeypatch):
    story, panel = still_panel()
    quiet, new = CentreFactory(network=panel.network), CentreFactory(network=panel.network)
    CentreMembership.objects.exclude(centre=new).update(since=dt.date(2020, 1, 1))
    for centre in (quiet, new, story.lead.centre):
        give_role(UserFactory(centre=centre), Role.REPRESENTATIVE, centre=centre)
    told, next_year = [], clock.today().year + 1
    for month, day in ((9, 1), (9, 2), (11, 1)):
        at = clock.now().replace(year=next_year, month=month, day=day)
        Panel.objects.filter(pk=panel.pk).update(opened_at=at - dt.timedelta(days=30))
        CentreMembership.objects.filter(centre=new).update(since=at.date() - dt.timedelta(days=60))
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        monkeypatch.setattr(clock, "rights_day", lambda at=at: at.date())
        assert actions.remind_quiet_centres(by=None) == 2  # the expert's own has nobody who could be told
        mails = OutboxMessage.objects.filter(notice=Notice.CENTRE_QUIET)
        told.append([mail.recipient.centre for mail in mails.select_related("recipient__centre")])
    assert told == [[quiet], [quiet], [quiet, quiet]]


def test_a_nudge_says_whether_it_helped():
    _story, panel = still_panel()
    network = panel.network
    things = something_of_each(network) | {NudgeKind.PANEL: panel}
    me, then = staff(network), clock.now() - dt.timedelta(days=30)
    for kind, thing in things.items():
        actions.nudge(thing, kind=kind, by=me)
    Nudge.objects.update(at=then)
    assert {(asked, well) for _what, asked, well in queries.effect_of_nudges(me)} == {(1, 0)}
    assert {row.nudge.helped for part in queries.parts_of(me) for row in part.rows} == {False}
    asked = things[NudgeKind.REQUEST]
    type(asked).objects.filter(pk=asked.pk).update(state="refused", reason="No", decided_by=me, decided_at=clock.now())
    User.objects.filter(pk=things[NudgeKind.ACTIVATION].pk).update(activated_at=clock.now())
    sign_in_of(things[NudgeKind.RETURN], days_ago=2)
    PanelStep.objects.filter(panel=panel).update(at=clock.now())
    lead = UserFactory(centre=things[NudgeKind.CENTRE])
    Panel.objects.filter(pk=panel.pk).update(opened_at=clock.now(), centre=lead.centre)
    assert {(asked, well) for _what, asked, well in queries.effect_of_nudges(me)} == {(1, 1)}
    assert {what for what, _asked, _well in queries.effect_of_nudges(me)} == set(NudgeKind.labels)
    assert queries.effect_of_nudges(staff(NetworkFactory(code="BOND", name="ERN BOND"))) == []
    assert rows_of(me) == set()


def test_a_link_mailed_from_the_list_of_people_counts_as_a_nudge():
    person, me = UserFactory(activated_at=None), staff()
    actions.send_activation(person, by=me)
    actions.send_activation(person, by=me)
    row = next(row for part in queries.parts_of(me) if part.kind == NudgeKind.ACTIVATION for row in part.rows)
    assert (row.key, row.nudge.by, row.nudge.helped) == (person.pk, me, False)


def test_the_page_shows_number_and_days_of_a_panel_and_no_word_of_it():
    _story, panel = still_panel()
    things = something_of_each(panel.network)
    mail = {"notice": "invited", "recipient": panel.lead, "about_type": "x", "about_id": panel.pk, "path": "/"}
    OutboxMessage.objects.create(**mail, dedupe_key="1", due_at=clock.now() - dt.timedelta(hours=1))
    OutboxMessage.objects.create(**mail, dedupe_key="2", state=MailState.GIVEN_UP)
    OutboxMessage.objects.create(**mail, dedupe_key="3", state=MailState.GIVEN_UP, due_at=clock.now() - LONG_AGO)
    proposal = RoleProposalFactory(network=panel.network, person=panel.lead, asked_by=UserFactory(role="none"))
    page = signed_in(me := staff(panel.network)).get(reverse("helpdesk:index")).content.decode()
    assert panel.ref in page
    assert panel.get_absolute_url() not in page
    assert not [canary for canary in CANARIES if canary in page]
    assert things[NudgeKind.REQUEST].display_name not in page
    assert str(proposal.asked_by) in page
    late = next(part for part in queries.parts_of(me) if part.title.startswith("Mails"))
    assert [row.note.rpartition(", ")[2] for row in late.rows] == ["late", "given up"]
    for words in (">People<", ">Monthly figures<"):
        assert words in page
    assert ">Users<" not in page


def test_it_asks_as_much_for_many_as_for_one_and_shows_some(django_assert_num_queries):
    _story, panel = still_panel()
    me = staff(panel.network)
    for _turn in range(2):
        something_of_each(panel.network)
    few = signed_in(me)
    few.get(reverse("helpdesk:index"))
    with django_assert_num_queries(QUERIES):
        few.get(reverse("helpdesk:index"))
    for _turn in range(10):
        something_of_each(panel.network)
    with django_assert_num_queries(QUERIES):
        page = few.get(reverse("helpdesk:index")).content.decode()
    assert {(part.count, part.more, len(part.rows)) for part in queries.parts_of(me) if part.kind != "panel"} == {
        (12, 4, queries.MOST_SHOWN)
    }
    assert page.count("4 more") == 4


def test_times_of_the_staff_site_have_24_hours():
    moment = dt.datetime(2026, 3, 4, 15, 5, tzinfo=dt.UTC)
    OutboxMessage.objects.create(
        notice="invited", recipient=UserFactory(), about_type="x", about_id=UserFactory().pk, path="/", due_at=moment
    )
    page = signed_in(staff()).get(reverse("helpdesk:notifications_outboxmessage_changelist")).content.decode()
    assert "4 Mar 2026, 17:05" in page
    assert "p.m." not in page


def test_who_may_decide_a_request_approves_it_from_there():
    network = NetworkFactory()
    person, asked = staff(network), AccessRequestFactory(centre=CentreFactory(network=network))
    client = signed_in(person)
    assert "Remind who decides" in client.get(reverse("helpdesk:index")).content.decode()
    give_role(person, Role.NETWORK_COORDINATOR, network=network)
    page = client.get(reverse("helpdesk:index")).content.decode()
    approve = reverse("people:approve", args=[asked.pk])
    assert asked.display_name in page
    assert f'action="{approve}"' in page
    assert client.post(approve).status_code == 302
    assert approve not in client.get(reverse("helpdesk:index")).content.decode()
    assert User.objects.filter(email=asked.email).exists()


def test_a_hospital_that_another_network_asks_for_waits_for_its_own_helpdesk():
    asked = PlaceProposalFactory(network=NetworkFactory(code="FAR", name="Far"), centre=CentreFactory())
    own, far = staff(asked.centre.networks.get()), staff(asked.network)
    for person, said in ((own, ["Far asks for a hospital"]), (far, [])):
        part = next((one for one in queries.parts_of(person) if one.title.startswith("Waits for")), None)
        assert [row.name for row in part.rows] if part else said == []
