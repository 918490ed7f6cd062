"""What ends, ends on the next request of an open session: on the page, in lists, search, file, PDF, calendar, work, mail and draft."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import Delegation, Membership, User
from cpms.accounts.roles import Role
from cpms.drafts import actions as drafts
from cpms.drafts.models import Draft
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.states import MailState, Verb
from outcomes.models import OutcomeDocument
from outcomes.states import DocumentState
from panels import actions as panels
from panels.cases.models import CaseGrant
from panels.meetings import actions as meetings
from panels.models import Invitation
from tests.clients import signed_in
from tests.factories import CANARIES, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


class Scene:
    """A member with an open session, a half-written reply, work to do, a mail on its way, a meeting and a document."""

    def __init__(self, mailoutbox) -> None:
        self.story, self.mails = Story("revoked"), mailoutbox
        self.story.open()
        self.member, self.lead = self.story.expert, self.story.lead
        self.story.seat(self.member)
        self.coordinator = UserFactory(role="none")
        give_role(self.coordinator, Role.NETWORK_COORDINATOR, network=self.story.group.network)
        when = {"starts_at": clock.now() + dt.timedelta(days=2), "minutes": 30, "link": "https://video.example/x"}
        self.meeting = meetings.schedule(self.story.fresh(), by=self.lead, **when)
        self.document, self.file = self.finished_document(), self.story.file
        self.ref, self.path = self.story.panel.ref, self.story.fresh().get_absolute_url()
        fields = {"text": self.story.canary("half-written")}
        drafts.save_draft(form=f"reply:{self.ref}", label="x", path=self.path, fields=fields, by=self.member)
        self.client = signed_in(self.member)
        self.feed = reverse("meetings:feed", args=[meetings.renew_feed(by=self.member)])
        notifications.dispatch_outbox()
        mailoutbox.clear()
        panels.comment(self.story.fresh(), text="A word.", by=self.lead)

    def finished_document(self) -> OutcomeDocument:
        row = {"number": 1, "code": "REVOKED-1", "asked_by": self.lead, "state": DocumentState.READY}
        document = OutcomeDocument(panel=self.story.fresh(), key=self.story.patient.key, made_at=clock.now(), **row)
        document.pdf = b"%PDF-" + self.story.canary("pdf").encode()
        document.save()
        return document

    def get(self, address: str):
        return self.client.get(address, secure=True)

    def surfaces(self) -> dict[str, bool]:
        """Where the member meets the panel at this moment."""
        search = self.client.post(reverse("panels:search"), {"words": self.ref}, secure=True)
        answers = {
            "page": self.get(self.path),
            "list": self.get(reverse("panels:list")),
            "my work": self.get("/"),
            "search": search,
            "case": self.get(reverse("cases:phenopacket", args=[self.story.case.pk])),
            "file": self.get(reverse("cases:file", args=[self.file.pk])),
            "PDF": self.get(reverse("outcomes:download", args=[self.document.pk])),
            "calendar": self.get(reverse("meetings:calendar", args=[self.meeting.pk])),
            "meeting": self.get(reverse("meetings:detail", args=[self.meeting.pk])),
            "news": self.get(reverse("panels:news", args=[self.ref])),
            "feed": Client(headers={"host": "localhost"}).get(self.feed, secure=True),
        }
        listed = {"list", "my work", "search"}
        shown = {
            name: self.path in answer.content.decode() if name in listed else answer.status_code in {200, 204, 403}
            for name, answer in answers.items()
        }
        shown["feed"] = reverse("meetings:detail", args=[self.meeting.pk]) in answers["feed"].content.decode()
        leaked = [c for c in CANARIES if any(c.encode() in answer.content for answer in answers.values())]
        return shown | {"words": bool(leaked), "mail": self.mailed()}

    def mailed(self) -> bool:
        """Whether something about the panel, beyond that it ended, goes out to the member from now on."""
        self.mails.clear()
        notifications.dispatch_outbox()
        to_member = [mail for mail in self.mails if mail.to == [self.member.email] and self.ref in mail.body]
        return any("has ended" not in mail.body for mail in to_member)

    def fresh(self) -> User:
        return User.objects.get(pk=self.member.pk)


def ended(scene: Scene) -> None:
    panels.end_invitation(scene.story.invitation(scene.member), by=scene.lead)


def left(scene: Scene) -> None:
    accounts.leave_centre(scene.fresh(), by=scene.coordinator)
    scene.client = signed_in(scene.fresh())


def role_ended(scene: Scene) -> None:
    accounts.end_role(scene.member.memberships.get(role=Role.CLINICIAN), by=scene.coordinator)
    scene.client = signed_in(scene.fresh())


def role_lapsed(scene: Scene) -> None:
    yesterday = clock.rights_day() - dt.timedelta(days=1)
    scene.member.memberships.update(valid_from=yesterday, valid_to=yesterday)


def switched_off(scene: Scene) -> None:
    accounts.switch_account(scene.fresh(), on=False, by=scene.coordinator)


def consent_withdrawn(scene: Scene) -> None:
    consent.withdraw_consent(scene.story.patient, by=scene.lead, stage=Stage.CARE)


def withdrawn(scene: Scene) -> None:
    panels.withdraw(scene.story.fresh(), by=scene.lead)


def test_a_member_meets_the_panel_everywhere(mailoutbox):
    assert set(Scene(mailoutbox).surfaces().values()) == {True}


CAUSES = [ended, left, role_ended, role_lapsed, switched_off, consent_withdrawn, withdrawn]


@pytest.mark.parametrize("cause", CAUSES, ids=lambda c: c.__name__)
def test_nothing_is_left_on_any_surface_for_any_cause(cause, mailoutbox):
    scene = Scene(mailoutbox)
    cause(scene)
    assert scene.surfaces() == dict.fromkeys(scene.surfaces(), False)


def test_whoever_left_does_not_come_back_to_old_panels_by_another_hospital(mailoutbox):
    scene = Scene(mailoutbox)
    asked = Story("asked")
    asked.open(scene.member)
    left(scene)
    User.objects.filter(pk=scene.member.pk).update(centre=UserFactory().centre)
    assert not Invitation.objects.live().filter(invitee=scene.member).exists()
    assert not WorkItem.objects.open().filter(who=scene.member).exists()
    assert not Draft.objects.filter(user=scene.member).exists()
    assert scene.get(scene.path).status_code == 404


def test_the_clock_closes_the_seats_of_a_role_that_lapsed(mailoutbox):
    scene, asked = Scene(mailoutbox), Story("asked")
    asked.open(scene.member)
    role_lapsed(scene)
    assert panels.let_past_experts_go(by=None) == 1
    assert not Invitation.objects.live().filter(invitee=scene.member).exists()
    assert not WorkItem.objects.open().filter(who=scene.member).exists()
    assert not OutboxMessage.objects.filter(recipient=scene.member, state=MailState.WAITING).exists()
    assert not Draft.objects.filter(user=scene.member).exists()
    assert not CaseGrant.objects.filter(user=scene.member).exists()
    give_role(scene.member, Role.CLINICIAN)
    assert scene.get(scene.path).status_code == 404
    assert panels.let_past_experts_go(by=None) == 0


def test_whoever_is_no_clinician_any_more_neither_answers_nor_leads(mailoutbox):
    scene, asked = Scene(mailoutbox), Story("asked")
    asked.open(scene.member)
    yesterday = clock.rights_day() - dt.timedelta(days=1)
    Membership.objects.filter(user__in=[scene.member, scene.lead]).update(valid_from=yesterday, valid_to=yesterday)
    member, lead, panel = scene.fresh(), User.objects.get(pk=scene.lead.pk), scene.story.fresh()
    for act in (panels.accept, lambda sheet, by: panels.decline(sheet, reason="time", by=by)):
        with pytest.raises(Refused, match="as a clinician"):
            act(asked.invitation(scene.member), by=member)
    for act in (
        lambda: panels.contribute(panel, kind="advice", text="A dose.", by=member),
        lambda: panels.invite_experts(panel, people=[UserFactory()], by=lead),
        lambda: panels.withdraw(panel, by=lead),
        lambda: panels.comment(panel, text="Still here.", by=lead),
    ):
        with pytest.raises(Refused):
            act()
    assert signed_in(lead).get(scene.path, secure=True).status_code == 404


def test_whoever_left_reads_no_sheet_they_were_sent_as_an_expert():
    story, coordinator = Story("sheet"), UserFactory(role="none")
    give_role(coordinator, Role.NETWORK_COORDINATOR, network=story.group.network)
    story.open(story.expert)
    sheet = story.invitation(story.expert)
    accounts.leave_centre(User.objects.get(pk=story.expert.pk), by=coordinator)
    client = signed_in(User.objects.get(pk=story.expert.pk))
    assert client.get(sheet.get_absolute_url(), secure=True).status_code == 404
    assert client.post(reverse("panels:accept", args=[sheet.pk]), secure=True).status_code == 404


def test_a_guests_date_passes_on_every_surface(mailoutbox):
    scene = Scene(mailoutbox)
    invitation = scene.story.invite_guest("guest@far.example")
    scene.member = invitation.invitee
    User.objects.filter(pk=scene.member.pk).update(activated_at=clock.now())
    panels.accept(invitation, by=scene.fresh())
    scene.client = signed_in(scene.fresh())
    assert scene.surfaces()["page"]
    panels.comment(scene.story.fresh(), text="Another word.", by=scene.lead)
    assert OutboxMessage.objects.filter(recipient=scene.member, state=MailState.WAITING).count() == 1
    notifications.open_work(
        scene.fresh(), Verb.SIGN, on=scene.story.panel, ref=scene.ref, path=scene.path, due_at=clock.now()
    )
    WorkItem.objects.filter(who=scene.member).update(remind_at=clock.now())
    past = clock.now() - dt.timedelta(seconds=1)
    Invitation.objects.filter(pk=invitation.pk).update(guest_until=past)
    CaseGrant.objects.filter(user=scene.member).update(until=past)
    gone = ("page", "list", "my work", "search", "case", "file", "PDF", "calendar", "words", "mail")
    notifications.remind()
    assert not any(scene.surfaces()[name] for name in gone)
    assert not WorkItem.objects.open().filter(who=scene.member).exists()
    assert not OutboxMessage.objects.filter(recipient=scene.member, state=MailState.WAITING).exists()


def test_an_assistant_loses_patients_panels_and_exports_with_the_delegation(mailoutbox):
    scene = Scene(mailoutbox)
    helper = UserFactory(role="none", centre=scene.lead.centre)
    held = Delegation.objects.create(assistant=helper, clinician=scene.lead)
    client: Client = signed_in(helper)
    patient = scene.story.patient
    addresses = [scene.path, patient.get_absolute_url(), reverse("patients:export", args=[patient.pseudonym])]
    addresses += [reverse("cases:phenopacket", args=[scene.story.case.pk])]
    assert {client.get(address, secure=True).status_code for address in addresses} == {200}
    accounts.end_delegation(held, by=scene.lead)
    assert {client.get(address, secure=True).status_code for address in addresses} == {404}


def test_the_staff_site_closes_with_the_role_in_an_open_session():
    story, coordinator, staff = Story("staff"), UserFactory(role="none"), UserFactory(role="none")
    for user, role in ((coordinator, Role.NETWORK_COORDINATOR), (staff, Role.HELPDESK_ADULT)):
        give_role(user, role, network=story.group.network)
    client = signed_in(staff)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    pages = ["/helpdesk/", "/helpdesk/accounts/user/", reverse("people:list"), reverse("people:tables")]
    assert {client.get(page, secure=True).status_code for page in pages} == {200}
    accounts.end_role(staff.memberships.get(), by=coordinator)
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    assert {client.get(page, secure=True).status_code for page in pages} == {302}
    again = signed_in(User.objects.get(pk=staff.pk))
    assert {again.get(page, secure=True).status_code for page in pages} == {403}


def test_only_who_was_let_in_hears_that_a_panel_is_no_longer_shared():
    story, asked, declined = Story(), UserFactory(), UserFactory()
    story.open(asked, declined)
    story.seat(story.expert)
    panels.decline(story.invitation(declined), reason="time", by=declined)
    address = story.fresh().get_absolute_url()
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    for person, told in ((story.expert, True), (asked, False), (declined, False), (UserFactory(), False)):
        answer = signed_in(person).get(address)
        shown = answer.content.decode()
        assert (answer.status_code, "no longer shared with you" in shown) == (404, told)
        assert story.panel.ref not in shown
