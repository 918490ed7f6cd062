"""Who cannot sign in finds the helpdesk without signing in."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.clients import signed_in
from tests.factories import CentreFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def test_the_page_of_signing_in_says_how_the_helpdesk_is_reached(client, settings):
    page = client.get(reverse("account_login"), secure=True).content.decode()
    assert ("Locked out?" in page, "mailto:" in page) == (True, False)
    settings.HELPDESK_EMAIL = "desk@network.example"
    page = client.get(reverse("account_login"), secure=True).content.decode()
    assert 'href="mailto:desk@network.example"' in page
    assert "never ask for a password or a code" in page


def test_staff_find_an_account_by_name_address_or_hospital():
    desk = UserFactory(role="none", centre=None)
    give_role(desk, "core_helpdesk")
    person = UserFactory(display_name="Dr Ada Harbour", email="harbour@far.example", centre=CentreFactory(name="Quay"))
    other, client = UserFactory(centre=CentreFactory(name="Hill")), signed_in(desk)
    for words in ("Harbour", "harbour@far", "Quay"):
        found = client.get(reverse("helpdesk:accounts_user_changelist"), {"q": words}).context["cl"].queryset
        assert (words, person in found, other in found) == (words, True, False)
