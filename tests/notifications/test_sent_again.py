"""What was given up goes out again when the helpdesk says so, once, and only while it is still true."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.notifications import actions
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from cpms.notifications.states import MailState
from helpdesk import actions as helpdesk
from panels import actions as panels
from tests.clients import signed_in
from tests.factories import NetworkFactory, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def staff(network):
    user = UserFactory(role="none")
    give_role(user, Role.HELPDESK_ADULT, network=network)
    return user


def given_up(**of):
    """These mails, as a dispatcher gives them up: handed over twice, and nobody knows what became of them."""
    OutboxMessage.objects.filter(**of).update(state=MailState.SENDING, lease_until=clock.now(), doubts=2)
    actions.dispatch_outbox()
    return OutboxMessage.objects.get(**of)


@pytest.fixture
def story():
    story = Story()
    story.open(story.expert)
    return story


def test_the_helpdesk_sends_a_mail_again_once_and_hears_why_not_twice(story, mailoutbox):
    mail = given_up(notice=Notice.INVITED)
    assert (mail.state, mail.link) == (MailState.GIVEN_UP, story.fresh().invitations.get().get_absolute_url())
    del mailoutbox[:]
    client, page = signed_in(staff(story.group.network)), reverse("helpdesk:notifications_outboxmessage_changelist")
    press = {"action": "send_again", "_selected_action": [str(mail.pk)]}
    own = client.get(reverse("helpdesk:notifications_outboxmessage_change", args=[mail.pk])).content.decode()
    assert f'name="_selected_action" value="{mail.pk}"' in own
    answers = [client.post(page, press, follow=True).content.decode() for _press in range(2)]
    assert "1 mail on the way again." in answers[0]
    assert "It is on its way." in answers[1]
    assert actions.dispatch_outbox() == 1
    assert (
        "Send it again"
        not in client.get(reverse("helpdesk:notifications_outboxmessage_change", args=[mail.pk])).content.decode()
    )
    assert "It has gone out already." in client.post(page, press, follow=True).content.decode()
    assert [(one.to, one.extra_headers["Message-ID"]) for one in mailoutbox] == [
        ([story.expert.email], mail.message_id)
    ]
    assert AuditEvent.objects.filter(event=Event.MAIL_SENT_AGAIN, subject_id=str(mail.pk)).count() == 1


def test_the_page_of_today_sends_it_again_in_one_click_and_only_from_ones_own_list(story):
    mail = given_up(notice=Notice.INVITED)
    today, press = reverse("helpdesk:index"), {"kind": "mail", "key": mail.pk}
    far, near = (signed_in(staff(network)) for network in (NetworkFactory(code="FAR"), story.group.network))
    assert "not on your list any more" in far.post(reverse("nudge"), press, follow=True).content.decode()
    assert OutboxMessage.objects.get(pk=mail.pk).state == MailState.GIVEN_UP
    assert "Send again" in near.get(today).content.decode()
    answers = [near.post(reverse("nudge"), press, follow=True).content.decode() for _press in range(2)]
    assert "A mail is on its way." in answers[0]
    assert "not on your list any more" in answers[1]
    assert OutboxMessage.objects.get(pk=mail.pk).state == MailState.WAITING
    assert AuditEvent.objects.filter(event=Event.MAIL_SENT_AGAIN, subject_id=str(mail.pk)).count() == 1


def done(story, mail):
    panels.accept(story.invitation(story.expert), by=story.expert)
    return "over"


def out_of_sight(story, mail):
    type(story.expert).objects.filter(pk=story.expert.pk).update(is_active=False)
    return "does not see"


def overtaken(story, mail):
    later = {"recipient": mail.recipient, "about_type": mail.about_type, "about_id": mail.about_id, "path": mail.path}
    OutboxMessage.objects.create(notice=mail.notice, dedupe_key="later", **later)
    return "A later mail"


def overtaken_by_an_entry(story, mail):
    """Of a meeting: the newer entry was given up as well, and holds all the same."""
    OutboxMessage.objects.filter(pk=mail.pk).update(calendar="BEGIN:VCALENDAR")
    newer = {"notice": Notice.MEETING_LEFT, "calendar": "BEGIN:VCALENDAR", "state": MailState.GIVEN_UP}
    about = {"recipient": mail.recipient, "about_type": mail.about_type, "about_id": mail.about_id}
    OutboxMessage.objects.create(dedupe_key="newer", **newer, **about)
    return "A later mail"


def called_off(story, mail):
    OutboxMessage.objects.filter(pk=mail.pk).update(state=MailState.CANCELLED)
    return "called off"


@pytest.mark.parametrize("happened", [done, out_of_sight, overtaken, overtaken_by_an_entry, called_off])
def test_what_is_no_longer_true_is_not_sent_again(story, happened):
    mail, desk = given_up(notice=Notice.INVITED), staff(story.group.network)
    words = happened(story, mail)
    with pytest.raises(Refused, match=words):
        helpdesk.send_again(mail, by=desk)
    assert OutboxMessage.objects.get(pk=mail.pk).state in {MailState.GIVEN_UP, MailState.CANCELLED}
    assert not AuditEvent.objects.filter(event=Event.MAIL_SENT_AGAIN).exists()


def test_a_link_that_lets_in_ends_with_its_mail_and_others_mails_are_not_there(story):
    sleeper, desk = UserFactory(activated_at=None, centre=story.lead.centre), staff(story.group.network)
    invited = given_up(notice=Notice.INVITED)
    helpdesk.send_activation(sleeper, by=desk)
    mail = given_up(notice=Notice.ACCOUNT_READY)
    assert mail.path == "/"
    with pytest.raises(Refused, match="that mail alone"):
        helpdesk.send_again(mail, by=desk)
    far = staff(NetworkFactory(code="FAR", name="Far"))
    with pytest.raises(Refused, match="another helpdesk"):
        helpdesk.send_again(invited, by=far)
    with pytest.raises(Refused):
        helpdesk.send_again(mail, by=story.lead)


def test_an_address_is_believed_for_another_day_when_it_is_tried_again(story):
    mail = given_up(notice=Notice.INVITED)
    OutboxMessage.objects.filter(pk=mail.pk).update(due_at=clock.now() - dt.timedelta(days=3))
    helpdesk.send_again(mail, by=staff(story.group.network))
    again = OutboxMessage.objects.get(pk=mail.pk)
    assert (again.state, again.due_at > clock.now() - dt.timedelta(minutes=1)) == (MailState.WAITING, True)
    assert not OutboxMessage.objects.overdue().filter(pk=mail.pk).exists()
