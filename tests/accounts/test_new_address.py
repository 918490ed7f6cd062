"""One's own e-mail address: asked for with a fresh code, changed behind a link mailed to the new one."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import transaction
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions
from cpms.accounts.access import Refused
from cpms.accounts.actions.security import reset_path
from cpms.accounts.models import ActivationLink, User
from cpms.accounts.roles import Role
from cpms.accounts.states import ANSWER_ADDRESS, NEW_ADDRESS
from cpms.jobs.models import Job
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from cpms.vault.models import Envelope
from helpdesk.people.models import AccessRequest, LostPhone
from tests.access.knocking import at_once, browser, give_password
from tests.clients import signed_in, work_off
from tests.factories import PASSWORD, AccessRequestFactory, CentreFactory, UserFactory, give_role, totp_device

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
ADDRESS, NEW = reverse("address"), "moved@hospital.example"


def mailed() -> list[tuple[str, str]]:
    """To whom what was sent since the last look, in order of the addresses."""
    mail.outbox.clear()
    work_off(ANSWER_ADDRESS, "notifications.tell")
    notifications.dispatch_outbox()
    return sorted((sent.to[0], sent.subject) for sent in mail.outbox)


def link() -> str:
    found = (re.search(r"https?://[^/]+(/accounts/security/address/\S+/)", sent.body) for sent in mail.outbox)
    return next(match.group(1) for match in found if match)


def ask(client, address=NEW, password=PASSWORD):
    return client.post(ADDRESS, {"email": address, "password": password}, secure=True)


def give_code(client):
    """As the page that asks for a fresh code leaves the session."""
    session = client.session
    session["code_at"] = clock.now().timestamp()
    session.save()


@pytest.fixture
def person():
    return totp_device(UserFactory()).user


def test_a_new_address_counts_once_its_link_is_opened_and_takes_everything_along(person):
    client, elsewhere, old = signed_in(person), signed_in(person), person.email
    person.activation_links.create(digest="x", expires_at=clock.now() + dt.timedelta(hours=1))
    forgotten = reset_path(person)
    for notice in (Notice.REMINDER, Notice.DEVICE_CHANGED):
        notifications.notify([person], notice=notice, by=None, about=person, again="waits")
    OutboxMessage.objects.update(not_before=clock.now() + dt.timedelta(days=1))
    assert ask(client, NEW.upper()).url == reverse("security")
    assert NEW not in Envelope.objects.get().sealed
    assert set(Job.objects.get(task=ANSWER_ADDRESS).ids) == {"envelope_id"}
    asked = [(old, "CPMS: a new e-mail address was asked for"), (NEW, "CPMS: confirm your new e-mail address")]
    assert mailed() == sorted(asked)
    path = link()
    assert path.split(".")[-1].strip("/") not in str(Envelope.objects.get(purpose=NEW_ADDRESS).words)
    give_code(client)
    assert (client.get(path, secure=True).status_code, User.objects.get(pk=person.pk).email) == (200, old)
    key = client.session.session_key
    assert client.post(path, secure=True).url == reverse("security")
    assert client.session.session_key != key
    assert client.get(reverse("security"), secure=True).content.decode().count("Address 127.0.0.1") == 1
    person.refresh_from_db()
    assert (person.email, EmailAddress.objects.count(), ActivationLink.objects.count()) == (NEW, 0, 0)
    assert elsewhere.get("/", secure=True).status_code == 302
    OutboxMessage.objects.update(not_before=clock.now())
    assert [to for to, _subject in mailed()] == sorted([old, old, NEW])  # word of the change, a warning; what waited
    assert "password1" not in client.get(forgotten, secure=True, follow=True).content.decode()
    assert client.get(path, secure=True).status_code == 410
    assert "/accounts/login/code/" in give_password(browser(), NEW).url
    assert give_password(browser(), old).status_code == 200


def test_an_address_with_an_account_gets_word_of_that_and_the_asker_sees_no_difference(person):
    client, taken = signed_in(person), UserFactory(activated_at=None).email
    answers = [ask(client, address).url for address in (taken, NEW)]
    assert answers[0] == answers[1]
    assert dict(mailed())[taken] == "CPMS: this address has an account already"
    assert ask(client, person.email).status_code == 422


def test_a_link_is_its_owners_alone_for_a_day_and_until_another_change(person):
    client, other = signed_in(person), signed_in(UserFactory())
    ask(client)
    mailed()
    path, token = link(), link().split("/")[-2]
    shorter = path.rsplit(".", 1)[0]
    wrong = [path.replace("/address/", "/address/x"), f"{shorter}.wrong/", f"{shorter}/"]
    assert [client.get(one, secure=True).status_code for one in wrong] == [410] * 3
    give_code(client)
    assert [other.get(path, secure=True).status_code, other.post(path, secure=True).status_code] == [410, 410]
    Envelope.objects.update(written_at=clock.now() - dt.timedelta(hours=24))
    assert client.get(path, secure=True).status_code == 410
    with transaction.atomic():
        assert actions.forget_addresses(by=None) == 1  # nothing readable stays once the link is over
        transaction.set_rollback(True)
    Envelope.objects.update(written_at=clock.now())
    UserFactory(email=NEW)  # came in meanwhile
    with pytest.raises(Refused, match="This link is over"):
        actions.change_address(person, token=token, by=person)
    person.email = "third@hospital.example"
    person.save()
    assert client.get(path, secure=True).status_code == 410


def test_a_stale_code_asks_for_a_fresh_one_and_many_links_are_not_mailed(person):
    assert reverse("step_up") in signed_in(person, fresh=False).get(ADDRESS, secure=True).url
    client = signed_in(person)
    assert [ask(client).status_code for _ in range(6)] == [302] * 5 + [429]


def test_a_job_run_twice_mails_one_link(person):
    actions.ask_for_address(person, address=NEW, by=person)
    envelope = str(Envelope.objects.get().pk)
    for _ in range(2):
        actions.answer_address(envelope, by=None)
    assert OutboxMessage.objects.filter(address=NEW).count() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])
def test_a_link_used_by_many_at_once_changes_the_address_once(person):
    actions.ask_for_address(person, address=NEW, by=person)
    mailed()
    token = link().split("/")[-2]

    def use(_number: int) -> bool:
        actions.change_address(person, token=token, by=person)
        return True

    assert len(at_once(use)) == 1


def test_a_session_left_open_needs_the_password_and_a_code_newer_than_the_link(person):
    client = signed_in(person)
    refused = ask(client, password="not my own password")
    assert (refused.status_code, NEW in refused.content.decode()) == (422, True)  # nothing typed is lost
    assert not Envelope.objects.exists()
    ask(client)
    mailed()
    path = link()
    assert client.post(path, secure=True).url == path
    assert reverse("step_up") in client.get(path, secure=True).url
    assert User.objects.get(pk=person.pk).email != NEW
    give_code(client)
    assert client.post(path, secure=True).url == reverse("security")


def test_a_password_is_not_held_while_a_code_is_asked_for(person):
    ask(signed_in(person, fresh=False))
    assert "password" not in dict(Envelope.objects.get().words["posted"])


def test_one_address_gets_three_links_a_day_whoever_asks(person):
    clients = [signed_in(UserFactory()) for _ in range(2)]
    assert [ask(clients[n % 2]).status_code for n in range(4)] == [302] * 4
    assert Job.objects.filter(task=ANSWER_ADDRESS).count() == 3


@pytest.mark.parametrize("waits_there", [False, True])
def test_a_lost_phone_ends_and_a_request_for_access_follows_the_address(person, waits_there):
    desk, old, centre = UserFactory(), person.email, CentreFactory()
    lost = LostPhone.objects.create(person=person, how_checked="Call", asked_by=desk)
    asked = AccessRequestFactory(email=old, centre=centre)
    if waits_there:
        AccessRequestFactory(email=NEW, centre=centre)
    client = signed_in(person)
    ask(client)
    mailed()
    give_code(client)
    client.post(link(), secure=True)
    give_role(core := UserFactory(role="none"), Role.CORE_HELPDESK)
    page = signed_in(core).get(reverse("people:person", args=[person.pk]), secure=True).content.decode()
    assert ("this address since" in page, old in page) == (True, False)
    lost.refresh_from_db()
    asked.refresh_from_db()
    assert (lost.state, lost.is_stopped) == ("dropped", False)
    assert OutboxMessage.objects.get(notice="not_seconded").recipient == desk
    assert (asked.email, asked.state) == ((old, "refused") if waits_there else (NEW, "waiting"))
    assert not AccessRequest.objects.waiting().filter(email=old).exists()
