"""How staff come in, and what they can do for others: mail a link, never see it, never set a password."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.urls import reverse

from cpms.accounts.access import Refused
from cpms.accounts.models import ActivationLink, User
from cpms.accounts.roles import Role
from cpms.notifications.models import OutboxMessage
from helpdesk import actions
from tests.clients import signed_in
from tests.factories import UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def staff():
    user = UserFactory(role="none")
    give_role(user, Role.CORE_HELPDESK)
    return user


def test_the_first_person_comes_by_command_and_link():
    call_command("invite_staff", "First@Cpms.Example", "First Person", verbosity=0)
    user = User.objects.get(email="first@cpms.example")
    assert user.is_staff
    assert not user.has_usable_password()
    assert OutboxMessage.objects.get(recipient=user).link.startswith("/accounts/activate/")


def test_only_helpdesk_roles_are_given_this_way_and_only_by_staff():
    with pytest.raises(Refused):
        actions.invite_staff("x@y.example", display_name="X", role=Role.CLINICIAN, by=None)
    with pytest.raises(Refused):
        actions.invite_staff("x@y.example", display_name="X", role=Role.CORE_HELPDESK, by=UserFactory())


def test_staff_mail_a_fresh_link_to_those_who_have_not_activated():
    sleeper, active = UserFactory(activated_at=None), UserFactory()
    client = signed_in(staff())
    fields = {"action": "send_activation_link", "_selected_action": [str(sleeper.pk), str(active.pk)]}
    answer = client.post(reverse("helpdesk:accounts_user_changelist"), fields, follow=True)
    assert "1 links mailed" in answer.content.decode()
    assert list(OutboxMessage.objects.values_list("recipient", flat=True)) == [sleeper.pk]
    assert ActivationLink.objects.get().user == sleeper
    with pytest.raises(Refused):
        actions.send_activation(sleeper, by=active)
    with pytest.raises(ValueError, match="active already"):
        actions.send_activation(active, by=staff())


def test_staff_see_accounts_and_no_clinical_model():
    from helpdesk.admin import site

    apps = {model._meta.app_label for model in site._registry}
    assert apps == {"accounts", "notifications", "jobs", "helpdesk"}
    page = signed_in(staff()).get(reverse("helpdesk:accounts_user_changelist"), {"activated": "no"})
    assert page.status_code == 200
    assert "delete" not in page.content.decode().lower().split("<main")[-1]
