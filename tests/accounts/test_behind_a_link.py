"""A password and a phone behind a mailed link: whoever was here before hears of both."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cpms.accounts import actions
from cpms.accounts.models import TotpDevice
from cpms.jobs.models import Job
from tests.accounts.test_security import told
from tests.factories import PASSWORD, UserFactory, code_for

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.mark.parametrize(("here_before", "hears"), [(True, ["password_changed", "device_changed"]), (False, [])])
def test_who_was_here_before_hears_of_a_password_and_a_phone_behind_a_link(here_before, hears):
    user = UserFactory() if here_before else UserFactory(activated_at=None)
    client, token = Client(headers={"host": "localhost"}), actions.reset_factor(user, by=user)
    Job.objects.all().delete()
    fields = {"display_name": user.display_name, "password": PASSWORD}
    assert client.post(reverse("activate", args=[token]), fields, secure=True).status_code == 302
    assert told() == hears[:1]
    enrol = reverse("otp_enrol")
    client.get(enrol, secure=True)
    code = code_for(TotpDevice.objects.get(user=user))
    assert "Keep these ten codes" in client.post(enrol, {"code": code}, secure=True).content.decode()
    assert told() == hears
