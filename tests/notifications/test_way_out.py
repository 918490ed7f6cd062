"""Mails that a preference holds back say where it is set (RFC 2369); the others make no such promise."""

from __future__ import annotations

import pytest
from django.conf import settings

from cpms.notifications import actions
from cpms.notifications.notices import Notice
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("notice", "said"), [(Notice.NEW_ADVICE, True), (Notice.REMINDER, True), (Notice.RECOVERY_USED, False)]
)
def test_only_what_can_be_set_leads_to_the_settings(mailoutbox, notice, said):
    person = UserFactory()
    actions.notify([person], notice=notice, by=None, about=person, ref="X", path="/")
    actions.dispatch_outbox()
    (mail,) = mailoutbox
    assert mail.message()["List-Unsubscribe"] == (f"<{settings.BASE_URL}/mails/>" if said else None)


def test_who_has_no_account_has_no_settings(mailoutbox):
    actions.notify_address("nobody@far.example", notice=Notice.NEW_ADVICE, about=UserFactory())
    actions.dispatch_outbox()
    assert "List-Unsubscribe" not in mailoutbox[0].message()
