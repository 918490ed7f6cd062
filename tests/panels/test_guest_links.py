"""The link of a guest who has not come in: every mail that asks for an answer brings one, and none outlives its invitation."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.models import ActivationLink, User
from cpms.accounts.roles import Role
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage, WorkItem
from helpdesk.queries.today import parts_of
from panels import actions as panels
from panels.models import Invitation
from tests.clients import signed_in
from tests.factories import PASSWORD, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
EMAIL = "guest@elsewhere.example"


@pytest.fixture
def story():
    story = Story("a")
    story.open()
    return story


def other_panel():
    other = Story("b")
    other.open()
    return other


def newest_mail(person=None):
    rows = (
        OutboxMessage.objects.filter(recipient=person)
        if person
        else OutboxMessage.objects.filter(recipient__email=EMAIL)
    )
    return rows.order_by("-written_at").first()


def opens(path: str) -> bool:
    return Client(headers={"host": "localhost"}).get(path, secure=True).status_code == 200


def good_for(link: ActivationLink) -> dt.timedelta:
    return dt.timedelta(seconds=round((link.expires_at - link.made_at).total_seconds()))


def test_a_reminder_to_a_guest_who_has_not_come_in_brings_a_fresh_link_to_the_invitation(story):
    guest = story.invite_guest(EMAIL)
    first = newest_mail()
    WorkItem.objects.filter(subject_id=guest.pk).update(remind_at=clock.now())
    assert notifications.remind() == 1
    again = newest_mail()
    assert (again.notice, again.pk != first.pk) == ("guest_invited", True)
    assert (opens(first.link), opens(again.link)) == (False, True)
    link = ActivationLink.objects.get(user=guest.invitee)
    assert link.next_path == guest.get_absolute_url()
    assert good_for(link) == ActivationLink.GUESTS_GOOD_FOR


def test_a_reminder_to_whoever_has_an_account_leads_to_the_thing_itself(story):
    known = UserFactory()
    panels.invite_experts(story.fresh(), people=[known], by=story.lead)
    invitation = Invitation.objects.get(invitee=known)
    WorkItem.objects.filter(subject_id=invitation.pk).update(remind_at=clock.now())
    assert notifications.remind() == 1
    mail = newest_mail(known)
    assert (mail.notice, mail.link) == ("reminder", invitation.get_absolute_url())


@pytest.mark.parametrize("waits_for", ["a hospital", "a role"])
def test_an_invitation_makes_no_account_of_a_hospital_or_a_role_open_to_a_link_of_14_days(story, waits_for):
    pending = UserFactory(
        email=EMAIL, activated_at=None, role="none", **({} if waits_for == "a hospital" else {"centre": None})
    )
    if waits_for == "a role":
        give_role(pending, Role.CORE_HELPDESK)
    invitation = story.invite_guest(EMAIL)
    link = ActivationLink.objects.get(user=pending)
    assert good_for(link) == ActivationLink.GOOD_FOR
    assert (link.next_path, newest_mail().notice) == (invitation.get_absolute_url(), "guest_invited")


@pytest.mark.parametrize("how", ["taken back", "ran out", "panel withdrawn", "consent withdrawn"])
def test_no_link_outlives_the_invitation_it_was_mailed_for(story, how):
    guest = story.invite_guest(EMAIL)
    path = newest_mail().link
    if how == "taken back":
        panels.end_invitation(guest, by=story.lead)
    elif how == "ran out":
        moment = clock.now()
        Invitation.objects.filter(pk=guest.pk).update(sent_at=moment - dt.timedelta(2), expires_at=moment)
        panels.expire_invitations(by=None)
    elif how == "panel withdrawn":
        panels.withdraw(story.fresh(), by=story.lead)
    else:
        consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    assert not opens(path)
    assert not ActivationLink.objects.filter(user=guest.invitee, used_at=None).exists()


def test_consent_given_again_mails_a_fresh_link(story):
    guest = story.invite_guest(EMAIL)
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    assert not ActivationLink.objects.filter(user=guest.invitee).exists()
    story.give_consent(story.patient)
    mail = newest_mail()
    assert (mail.notice, opens(mail.link)) == ("guest_invited", True)
    assert good_for(ActivationLink.objects.get(user=guest.invitee)) == ActivationLink.GUESTS_GOOD_FOR


def test_consent_given_again_mails_once_however_often_the_panel_is_thawed(story):
    """The link that was mailed stays good, and nobody hears the same again; nor of a consent that is renewed without a break."""
    guest, known = story.invite_guest(EMAIL), UserFactory()
    panels.invite_experts(story.fresh(), people=[known], by=story.lead)
    story.seat(story.expert)
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    story.give_consent(story.patient)
    mails, path = OutboxMessage.objects.exclude(recipient=None), newest_mail().link
    told = mails.count()
    for _time in range(2):
        panels.thaw(str(story.patient.pk), by=None)
    story.give_consent(story.patient)
    assert (mails.count(), opens(path)) == (told, True)
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    ended = mails.count()
    story.give_consent(story.patient)
    assert set(mails.order_by("-written_at")[: mails.count() - ended].values_list("recipient", "notice")) == {
        (guest.invitee_id, "guest_invited"),
        (known.pk, "invited"),
        (story.expert.pk, "panel_moved"),
        (story.lead.pk, "panel_moved"),
    }


def test_another_invitation_keeps_its_way_in(story):
    """The newer mail's link is the one that stands; where its invitation is taken back, a fresh one leads to the older."""
    first, other = story.invite_guest(EMAIL), other_panel()
    second = other.invite_guest(EMAIL)
    path = newest_mail().link
    panels.end_invitation(first, by=story.lead)
    assert opens(path)
    third = story.invite_guest(EMAIL)
    path = newest_mail().link
    panels.end_invitation(third, by=story.lead)
    mail = newest_mail()
    assert (opens(path), opens(mail.link), mail.ref) == (False, True, other.panel.ref)
    assert ActivationLink.objects.get(user=second.invitee).next_path == second.get_absolute_url()


def test_an_account_of_a_hospital_keeps_its_link(story):
    pending = UserFactory(email=EMAIL, activated_at=None)
    invitation = story.invite_guest(EMAIL)
    path = newest_mail().link
    panels.end_invitation(invitation, by=story.lead)
    assert opens(path)
    fields = {"display_name": pending.display_name, "password": PASSWORD}
    assert Client(headers={"host": "localhost"}).post(path, fields, secure=True).status_code == 302


def test_the_helpdesk_hears_of_an_invitation_that_no_mail_brings(story):
    """The lead is told the same as ever: whether an address has an account, and of what kind, is nobody's business."""
    off = UserFactory(email=EMAIL, is_active=False, centre=None, role="none")
    typed = {"email": EMAIL, "name": "Dr As Typed", "hospital": "Typed Hospital", "country": "IE", "until": ""}
    page = reverse("panels:invite", args=[story.panel.ref])
    answer = signed_in(story.lead).post(page, typed, secure=True, follow=True)
    assert "The guest gets a mail with a link of their own." in answer.content.decode()
    here, elsewhere, core = (UserFactory(centre=None, role="none") for _ in range(3))
    give_role(here, Role.HELPDESK_ADULT, network=story.panel.network)
    give_role(elsewhere, Role.HELPDESK_ADULT, network=None)
    give_role(core, Role.CORE_HELPDESK)

    def listed(user):
        return [(r.name, r.note) for part in parts_of(user) if "switched off" in part.title for r in part.rows]

    note = f"asked into panel {story.panel.ref}"
    assert listed(core) == [(off.display_name, note)]
    assert listed(here) == [("Somebody that the core helpdesk looks after", note)]
    assert listed(elsewhere) == []
    User.objects.filter(pk=off.pk).update(is_active=True)
    assert listed(core) == []
