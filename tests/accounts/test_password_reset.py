"""A forgotten password: the mail leaves by the outbox, and nobody learns who has an account."""

from __future__ import annotations

import re

import pytest
from allauth.account.adapter import get_adapter
from django.core import mail
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions
from cpms.accounts.roles import Role
from cpms.drafts import actions as drafts
from cpms.drafts.states import KEEP_ENVELOPES
from cpms.jobs import actions as jobs
from cpms.jobs.models import Job
from cpms.jobs.states import JobState
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage
from cpms.notifications.states import MailState
from cpms.vault.models import Envelope
from tests.clients import mailed_reset_path, signed_in, work_off
from tests.factories import UserFactory, give_role
from tools.local import places

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
TASK = "accounts.answer_reset"
NEW = "seven herons on a pole"


def ask(client, address):
    return client.post(reverse("account_reset_password"), {"email": address}, secure=True)


def put_away(settings):
    """The mail server does not answer; gives how to have it back."""
    before = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", places.free_port()
    return lambda: setattr(settings, "EMAIL_BACKEND", before)


def test_a_mail_server_that_is_away_keeps_the_link_waiting(client, settings):
    user = UserFactory()
    come_back = put_away(settings)
    assert ask(client, user.email).url == reverse("account_reset_password_done")
    work_off(TASK)
    assert notifications.dispatch_outbox() == 0
    assert OutboxMessage.objects.get().state == MailState.WAITING
    come_back()
    OutboxMessage.objects.update(not_before=clock.now())
    form = client.get(mailed_reset_path(), secure=True).url
    assert [sent.to for sent in mail.outbox] == [[user.email]]
    client.post(form, {"password1": NEW}, secure=True)
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_the_request_itself_sends_nothing_and_writes_the_link_sealed(client):
    user = UserFactory()
    ask(client, user.email.upper())
    assert (mail.outbox, OutboxMessage.objects.count()) == ([], 0)
    assert user.email not in Envelope.objects.get().sealed
    assert set(Job.objects.get(task=TASK).ids) == {"envelope_id"}
    work_off(TASK)
    assert not Envelope.objects.exists()
    message = OutboxMessage.objects.get()
    assert (message.notice, message.recipient) == ("password_asked", user)
    assert message.link.startswith("/accounts/password/reset/key/")
    assert "reset" not in message.path
    mailed_reset_path()
    assert OutboxMessage.objects.get().path == "/"


def test_a_link_ends_when_the_mail_says_so_and_works_once(client, settings):
    user = UserFactory()
    ask(client, user.email)
    path = mailed_reset_path()
    assert (settings.PASSWORD_RESET_TIMEOUT, "after three days" in mail.outbox[0].body) == (3 * 24 * 60 * 60, True)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert client.get(path, secure=True).status_code == 200
    settings.PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60
    form = client.get(path, secure=True).url
    assert client.post(form, {"password1": NEW}, secure=True).url == reverse("account_reset_password_from_key_done")
    again = client.get(path, secure=True)
    assert (again.status_code, "password1" in again.content.decode()) == (200, False)


def test_an_address_without_an_account_gets_the_same_answer_and_a_mail_without_a_link(client):
    known, gone, strange = UserFactory().email, UserFactory(is_active=False).email, "nobody@hospital.example"
    answers = []
    for count, address in enumerate((known, gone, strange), 1):
        answer = ask(client, address)
        work_off(TASK)
        page = client.get(answer.url, secure=True).content.decode()
        answers.append((answer.status_code, answer.url, re.sub(r"nonce=\S+|value=\"[^\"]*\"", "", page)))
        assert OutboxMessage.objects.count() == count
    assert answers[0] == answers[1] == answers[2]
    notifications.dispatch_outbox()
    mailed = {sent.to[0]: "/reset/key/" in sent.body for sent in mail.outbox}
    assert mailed == {known: True, gone: False, strange: False}


def test_no_other_mail_of_allauths_goes_past_the_outbox():
    with pytest.raises(ValueError, match="No notice"):
        get_adapter().send_mail("account/email/email_confirmation", "nobody@hospital.example", {})


def test_a_job_for_a_new_password_run_twice_mails_one_link(client):
    ask(client, UserFactory().email)
    envelope = str(Envelope.objects.get().pk)
    for _ in range(2):
        actions.answer_reset(envelope, by=None)
    assert OutboxMessage.objects.count() == 1


def test_what_no_broker_took_is_done_where_the_mails_are_sent(client):
    user = UserFactory()
    ask(client, user.email)
    assert jobs.do_here([TASK]) == 1
    assert (notifications.dispatch_outbox(), [sent.to for sent in mail.outbox]) == (1, [[user.email]])
    assert (jobs.do_here([TASK]), Job.objects.get().state) == (0, JobState.DONE)


def test_a_job_that_fails_stops_no_other(client):
    broken = jobs.enqueue(TASK, envelope_id="no key")
    ask(client, UserFactory().email)
    assert jobs.do_here([TASK]) == 1
    broken.refresh_from_db()
    assert broken.state == JobState.WAITING


def test_words_of_a_job_that_was_given_up_are_kept_for_a_while_and_staff_are_told_so(client):
    given_up, waits = (Job.objects.get(ids__envelope_id=key) for key in map(asked_for, [client] * 2))
    Job.objects.filter(pk=given_up.pk).update(state=JobState.GIVEN_UP)
    core = UserFactory(role="none")
    give_role(core, Role.CORE_HELPDESK)
    page = signed_in(core).get(reverse("helpdesk:jobs_job_changelist"), secure=True).content.decode()
    assert (page.count("sealed; removed after"), page.count("sealed, until it is done")) == (1, 1)
    Envelope.objects.update(written_at=clock.now() - KEEP_ENVELOPES)
    drafts.prune()
    assert [str(one.pk) for one in Envelope.objects.all()] == [waits.ids["envelope_id"]]


def asked_for(client) -> str:
    """The envelope of a fresh asking."""
    ask(client, UserFactory().email)
    return str(Envelope.objects.latest("written_at").pk)
