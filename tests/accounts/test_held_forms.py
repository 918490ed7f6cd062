"""A form that met a stale code goes on after the fresh one: once, as it was typed, and for nobody else."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cpms import clock
from cpms.accounts.access.holding import NAMES
from cpms.accounts.models import Delegation, TotpDevice
from cpms.accounts.roles import Role
from cpms.drafts import actions as drafts
from cpms.drafts.states import HELD_FORMS
from cpms.vault.models import Envelope
from helpdesk.people.models import AccessRequest
from tests.clients import signed_in
from tests.factories import AccessRequestFactory, CentreFactory, UserFactory, code_for, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def asked():
    return AccessRequestFactory(centre=CentreFactory())


@pytest.fixture
def representative(asked):
    user = UserFactory(role="none")
    give_role(user, Role.REPRESENTATIVE, centre=asked.centre)
    return user


def give_code(client, address, user):
    """The page after the code."""
    device = TotpDevice.objects.get(user=user)
    TotpDevice.objects.filter(pk=device.pk).update(throttling_failure_count=0, last_step=-1)
    return client.post(address, {"code": code_for(device)}, secure=True, follow=True)


def waiting_form(page) -> tuple[str, dict[str, list[str]]]:
    """Where the form of the page goes, and what it sends."""
    found = re.search(r'<form[^>]*action="([^"]+)" data-held>(.*?)</form>', page.content.decode(), re.DOTALL)
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', found.group(2)):
        fields.setdefault(name, []).append(unescape(value))
    return unescape(found.group(1)), fields


def state(asked):
    return AccessRequest.objects.get(pk=asked.pk).state


def test_one_click_and_a_code_approve_a_request_once(asked, representative):
    client, key = signed_in(representative, fresh=False), str(uuid.uuid4())
    approve = reverse("people:approve", args=[asked.pk])
    answer = client.post(approve, {"idempotency_key": key}, secure=True)
    assert "Then it goes on by itself" in client.get(answer.url, secure=True).content.decode()
    assert state(asked) == "waiting"
    to, fields = waiting_form(give_code(client, answer.url, representative))
    assert (to, fields["idempotency_key"], state(asked)) == (approve, [key], "waiting")
    done = client.post(to, fields, secure=True)
    assert (done.url, state(asked)) == (reverse("people:requests"), "approved")
    assert client.post(to, fields, secure=True).url == done.url  # sent again: where the first one led
    assert not Envelope.objects.exists()
    assert "data-held" not in client.get(answer.url, secure=True).content.decode()


def test_what_was_typed_comes_through_as_it_was():
    user = UserFactory()
    helper = UserFactory(centre=user.centre)
    client = signed_in(user, fresh=False)
    typed = {"assistant": str(helper.pk), "until": "", "more": ["Ä <b>", "two\r\nlines"]}
    answer = client.post(reverse("assistants"), typed, secure=True)
    assert "<b>" not in Envelope.objects.get().sealed
    to, fields = waiting_form(give_code(client, answer.url, user))
    assert fields["more"] == typed["more"]
    assert len(fields["idempotency_key"]) == 1
    client.post(to, fields, secure=True)
    assert Delegation.objects.get().assistant == helper


def test_nobody_else_and_no_other_session_goes_on_with_it(asked, representative):
    client = signed_in(representative, fresh=False)
    answer = client.post(reverse("people:approve", args=[asked.pk]), secure=True)
    them = UserFactory()
    for other in (signed_in(representative), signed_in(them)):
        assert "data-held" not in other.get(answer.url, secure=True).content.decode()
    stolen = signed_in(them)
    session = stolen.session
    session[NAMES] = client.session[NAMES]
    session.save()
    assert "data-held" not in stolen.get(answer.url, secure=True).content.decode()
    assert "data-held" not in client.get(answer.url, secure=True).content.decode()  # the code is still to come
    assert state(asked) == "waiting"


def test_a_right_that_is_gone_meanwhile_is_asked_again(asked, representative):
    client = signed_in(representative, fresh=False)
    answer = client.post(reverse("people:approve", args=[asked.pk]), secure=True)
    to, fields = waiting_form(give_code(client, answer.url, representative))
    representative.memberships.update(ended_at=clock.now(), ended_by=representative)
    assert client.post(to, fields, secure=True).status_code == 404
    assert state(asked) == "waiting"


def test_after_ten_minutes_it_leads_back_and_goes_by_night(asked, representative):
    client = signed_in(representative, fresh=False)
    where = f"http://localhost{reverse('people:requests')}"
    approve = reverse("people:approve", args=[asked.pk])
    answer = client.post(approve, secure=True, headers={"referer": where})
    Envelope.objects.update(written_at=clock.now() - dt.timedelta(minutes=11))
    client.post(approve, secure=True)
    Envelope.objects.filter(written_at__gt=clock.now() - dt.timedelta(minutes=1)).update(
        written_at=clock.now() - dt.timedelta(minutes=11)
    )
    page = give_code(client, answer.url, representative)
    assert page.redirect_chain[-1][0] == reverse("people:requests")
    assert Envelope.objects.count() == 1  # whoever reads throws away what is too old
    drafts.prune()
    assert not Envelope.objects.exists()


def test_two_windows_hold_a_form_each_a_fourth_ends_the_first_and_a_file_is_not_held(asked, representative):
    client = signed_in(representative, fresh=False)
    approve, other = (
        reverse("people:approve", args=[one.pk]) for one in (asked, AccessRequestFactory(centre=asked.centre))
    )
    first, second = (client.post(deed, secure=True).url for deed in (approve, other))
    assert [waiting_form(give_code(client, url, representative))[0] for url in (first, second)] == [approve, other]
    to, fields = waiting_form(client.get(second, secure=True))
    client.post(to, fields, secure=True)
    assert [one.words["path"] for one in Envelope.objects.filter(purpose=HELD_FORMS)] == [approve]
    client = signed_in(representative, fresh=False)
    urls = [client.post(approve, secure=True).url for _ in range(4)]
    assert Envelope.objects.filter(purpose=HELD_FORMS).count() == 1 + 3
    assert "data-held" not in give_code(client, urls[0], representative).content.decode()
    client = signed_in(representative, fresh=False)
    answer = client.post(approve, {"file": SimpleUploadedFile("a.txt", b"x")}, secure=True)
    assert "held" not in answer.url
