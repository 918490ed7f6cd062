"""An activation link and its owner at one moment: what is opened once is opened by nothing else."""

from __future__ import annotations

import contextlib

import pytest

from cpms.accounts import actions, queries
from cpms.accounts.actions.activation import make_link
from cpms.accounts.models import ActivationLink, TotpDevice, User
from tests.factories import UserFactory, code_for
from tests.panels.test_races import ROUNDS, race, rights  # noqa: F401 a fixture

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])


def newcomer():
    user = UserFactory(role="none")
    User.objects.filter(pk=user.pk).update(activated_at=None)
    return User.objects.get(pk=user.pk)


def test_a_link_that_was_mailed_while_the_first_was_used_opens_nothing():
    user = newcomer()
    link = queries.usable_link(make_link(user, good_for=ActivationLink.GOOD_FOR, next_path=""))
    device = actions.pending_device(user, by=user)
    assert actions.confirm_device(device, token=code_for(device), by=user)
    later = make_link(user, good_for=ActivationLink.GOOD_FOR, next_path="")  # by who saw no device yet
    actions.activate(link, by=user)
    assert queries.usable_link(later) is None


def test_a_link_is_mailed_anew_while_the_first_code_is_given():
    for _ in range(ROUNDS):
        user = newcomer()
        make_link(user, good_for=ActivationLink.GOOD_FOR, next_path="")
        device = actions.pending_device(user, by=user)

        def again(user=user):
            with contextlib.suppress(ValueError):  # the account is in use by now
                actions.resend_link(User.objects.get(pk=user.pk), by=None)

        race(lambda device=device, user=user: actions.confirm_device(device, token=code_for(device), by=user), again)
        assert TotpDevice.objects.filter(user=user, confirmed=True).count() <= 1
